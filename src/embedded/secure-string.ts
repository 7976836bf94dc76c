import { UserError } from "../model/error.ts";
import { accessDenied } from "./authorization.ts";
import { type Context, parameterArn } from "./context.ts";
import { findKey, type KmsKey, keyArn, keyById, namesOfKey } from "./kms-key.ts";
import type { StoredTier, VersionRow } from "./parameter-rows.ts";
import { type SealContext, seal, unseal } from "./seal.ts";
import { ServiceError } from "./service-error.ts";

/** A value as it is stored, and the id of the KMS key it is encrypted under; `null` for what is no SecureString. */
export interface SealedValue {
  readonly sealed: Buffer;
  readonly kmsKey: string | null;
}

/**
 * Encrypts a SecureString as the caller: under the key itself in the standard tier (kms:Encrypt), under a data key in
 * the advanced tier (kms:GenerateDataKey).
 * @throws ServiceError InvalidKeyId, AccessDeniedException
 */
export function encryptSecureString(
  context: Context,
  path: string,
  keyId: string,
  tier: StoredTier,
  value: string,
): SealedValue {
  const key = usableKey(context, keyId);
  const action = tier === "Advanced" ? "kms:GenerateDataKey" : "kms:Encrypt";
  if (!context.permits(action, namesOfKey(context, key.id), path)) {
    const denial = accessDenied(context, action, keyArn(context, key.id));
    throw new ServiceError(denial.code, `${denial.message} ${kmsDetail(context, denial.code)}`);
  }
  const where = { keyArn: keyArn(context, key.id), parameterArn: parameterArn(context, path) };
  return { sealed: seal(context.master, where, value), kmsKey: key.id };
}

export function sealPlain(context: Context, path: string, value: string): SealedValue {
  const where = { keyArn: undefined, parameterArn: parameterArn(context, path) };
  return { sealed: seal(context.master, where, value), kmsKey: null };
}

/**
 * The value of `row` as a reader gets it: a SecureString without decryption is its ciphertext in base64.
 * @throws ServiceError InvalidKeyId, AccessDeniedException in KMS's words, which tell it from a missing ssm: permission
 */
export function openValue(context: Context, row: VersionRow, withDecryption: boolean): string {
  if (row.kmsKey === null) {
    const where = { keyArn: undefined, parameterArn: parameterArn(context, row.path) };
    return unsealRow(context, where, row);
  }
  if (!withDecryption) return Buffer.from(row.sealed).toString("base64");
  if (!context.permits("kms:Decrypt", namesOfKey(context, row.kmsKey), row.path)) {
    throw new ServiceError(
      "AccessDeniedException",
      `The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access. ${kmsDetail(context, "AccessDeniedException")}`,
    );
  }
  const key = keyById(context, row.kmsKey);
  if (key === undefined) throw keyNotFound(context, keyArn(context, row.kmsKey));
  refuseUnusable(context, key);
  const where = { keyArn: keyArn(context, key.id), parameterArn: parameterArn(context, row.path) };
  return unsealRow(context, where, row);
}

/** @throws UserError for a value that was moved, or changed behind the store's back */
function unsealRow(context: Context, where: SealContext, row: VersionRow): string {
  try {
    return unseal(context.master, where, Buffer.from(row.sealed));
  } catch {
    throw new UserError(`the embedded store's value of ${row.path} is damaged`, {
      hint: "restore the store from a copy together with its key file",
    });
  }
}

function usableKey(context: Context, keyId: string): KmsKey {
  let key: KmsKey;
  try {
    key = findKey(context, keyId);
  } catch (error) {
    if (error instanceof ServiceError) throw keyNotFound(context, keyId);
    throw error;
  }
  refuseUnusable(context, key);
  return key;
}

function keyNotFound(context: Context, name: string): ServiceError {
  return new ServiceError(
    "InvalidKeyId",
    `Key '${name}' does not exist ${kmsDetail(context, "NotFoundException")}`,
  );
}

function refuseUnusable(context: Context, key: KmsKey): void {
  if (key.state === "Enabled") return;
  const [code, state] =
    key.state === "Disabled"
      ? ["DisabledException", "disabled"]
      : ["KMSInvalidStateException", "pending deletion"];
  throw new ServiceError(
    "InvalidKeyId",
    `${keyArn(context, key.id)} is ${state}. ${kmsDetail(context, code)}`,
  );
}

/** How SSM passes KMS's refusals on; clients tell them from SSM's own by this tail. */
function kmsDetail(context: Context, code: string): string {
  return `(Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: ${context.requestId}; Proxy: null)`;
}
