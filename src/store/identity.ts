import { UserError } from "../model/error.ts";
import { type Connection, clientOptions } from "./connection.ts";
import { brokenAnswer, mishapOf, storeError } from "./failure.ts";

/** Who calls: its account and ARN. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** What KMS tells of a key. `manager` AWS: everybody in the account may decrypt with it through Parameter Store. */
export type KeyDescription =
  | {
      readonly kind: "key";
      readonly arn: string;
      readonly manager: "AWS" | "CUSTOMER";
      /** KMS's word, such as `Enabled`, `Disabled` or `PendingDeletion`. */
      readonly state: string;
    }
  | { readonly kind: "absent" }
  | { readonly kind: "denied" };

/** STS GetCallerIdentity, which no policy can deny. @throws StoreError */
export async function readIdentity(connection: Connection): Promise<Identity> {
  const operation = "GetCallerIdentity";
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const client = new STSClient(clientOptions(connection));
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    if (!Account || !Arn) throw brokenAnswer(operation);
    return { account: Account, arn: Arn };
  } catch (error) {
    throw error instanceof UserError ? error : storeError(operation, mishapOf(error));
  }
}

/** KMS DescribeKey of an alias, an id or an ARN. @throws StoreError */
export async function describeKey(connection: Connection, key: string): Promise<KeyDescription> {
  const operation = "DescribeKey";
  const { DescribeKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
  const client = new KMSClient(clientOptions(connection));
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: key }));
    const { Arn, KeyManager, KeyState } = KeyMetadata ?? {};
    if (!Arn || !KeyState || (KeyManager !== "AWS" && KeyManager !== "CUSTOMER"))
      throw brokenAnswer(operation);
    return { kind: "key", arn: Arn, manager: KeyManager, state: KeyState };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const mishap = mishapOf(error);
    if (mishap.kind === "refused" && mishap.code === "NotFoundException") return { kind: "absent" };
    if (mishap.kind === "refused" && mishap.failure === "denied") return { kind: "denied" };
    throw storeError(operation, mishap);
  }
}

/**
 * Whether this identity may decrypt with a key by itself, not through Parameter Store: KMS's dry run, with no ciphertext,
 * so that nothing can be decrypted. `untold` where KMS answers something else, as of a key that is disabled or absent.
 * @throws StoreError when it was not asked
 */
export async function tryDecrypt(
  connection: Connection,
  key: string,
): Promise<"allowed" | "denied" | "untold"> {
  const { DecryptCommand, KMSClient } = await import("@aws-sdk/client-kms");
  const client = new KMSClient(clientOptions(connection));
  try {
    await client.send(
      new DecryptCommand({ KeyId: key, DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }),
    );
    return "untold";
  } catch (error) {
    const mishap = mishapOf(error);
    if (mishap.kind === "refused" && mishap.code === "DryRunOperationException") return "allowed";
    if (mishap.kind === "refused" && mishap.failure === "denied") return "denied";
    if (mishap.kind === "unsent" || mishap.failure === "expired") throw storeError("Decrypt", mishap);
    return "untold";
  }
}
