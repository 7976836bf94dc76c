import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drivenClock } from "../../src/embedded/clock.ts";
import { type Engine, openEngine } from "../../src/embedded/engine.ts";
import { type Authority, authorityOf, type Identities } from "../../src/embedded/identities.ts";
import { synthesizeInto } from "../stacks/synthesized.ts";

/** The account and region of `prod`, whose stack is tried. */
export const ACCOUNT = "444455556666";
export const REGION = "eu-west-1";

interface Stack {
  readonly resource: {
    readonly aws_iam_role: Record<string, { name: string; path: string }>;
    readonly aws_iam_policy: Record<string, { policy: string }>;
    readonly aws_iam_role_policy_attachment: Record<string, { role: string; policy_arn: string }>;
    readonly aws_iam_role_policy: Record<string, { role: string; policy: string }>;
    readonly aws_kms_key: Record<string, { policy: string }>;
    readonly aws_kms_alias: Record<string, { name: string; target_key_id: string }>;
  };
}

/** One embedded store, seen without and with the policies that the stack of prod makes. */
export interface GuardedStore {
  /** Everybody may do everything here. */
  readonly open: Engine;
  /**
   * A call's access key is the principal's id, as `owner-dba`; `admin` has all of IAM's rights, as administrators do, and
   * so has `upstart`, a role that one of these made beside those of the services.
   */
  readonly guarded: Engine;
  readonly principals: readonly string[];
  /** The statements of IAM that a principal has, in all of its role's policies. */
  sidsOf(who: string): readonly string[];
  /**
   * Whether policies let `who` use a key by KMS's `action`, which the store itself does not answer. `widened` has a
   * service's role with all of IAM's rights: what holds it is the keys' policies alone.
   */
  permits(who: string, action: string, alias: string, use?: KeyUse): boolean;
  pass(milliseconds: number): void;
  close(): void;
}

/** For which parameter, in the encryption context that a caller may choose; and whether Parameter Store itself asks. */
export interface KeyUse {
  readonly parameter: string;
  readonly throughParameterStore: boolean;
}

export async function guardedStore(): Promise<GuardedStore> {
  const folder = mkdtempSync(join(tmpdir(), "paraform-guarded-"));
  let now = Date.UTC(2026, 0, 1);
  const options = {
    path: join(folder, "store.db"),
    account: ACCOUNT,
    region: REGION,
    strictKeys: true,
    clock: drivenClock(() => now),
  };
  const stacks = synthesizeInto(fileURLToPath(new URL("../..", import.meta.url)));
  const stack = JSON.parse(stacks.stack("prod").text) as Stack;
  stacks.remove();
  const open = openEngine(options);
  const identities = identitiesOf(stack, open);
  const authority = remembering(await authorityOf(identities));
  const guarded = openEngine({ ...options, authority });
  return {
    open,
    guarded,
    principals: identities.principals.map(({ accessKeyId }) => accessKeyId).filter((id) => id !== "widened"),
    sidsOf: (who) =>
      identities.principals
        .filter(({ accessKeyId }) => accessKeyId === who)
        .flatMap(({ policies }) => policies as { Statement: { Sid: string }[] }[])
        .flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid)),
    permits(accessKeyId, action, alias, use) {
      const { KeyMetadata } = kms(open, "DescribeKey", { KeyId: alias }) as { KeyMetadata: { Arn: string } };
      return authority.permits({
        accessKeyId,
        account: ACCOUNT,
        // By its region Parameter Store is told from any other service that could ask.
        region: use?.throughParameterStore === false ? "elsewhere" : REGION,
        action,
        resource: KeyMetadata.Arn,
        keyNames: [KeyMetadata.Arn, alias],
        ...(use === undefined
          ? {}
          : { parameterArn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${use.parameter}` }),
      });
    },
    pass: (milliseconds) => {
      now += milliseconds;
    },
    close: () => {
      open.close();
      guarded.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same answers, each worked out once. */
function remembering(authority: Authority): Authority {
  const answers = new Map<string, boolean>();
  return {
    ...authority,
    permits(request) {
      const asked = JSON.stringify(request);
      const answer = answers.get(asked) ?? authority.permits(request);
      answers.set(asked, answer);
      return answer;
    },
  };
}

/** What Terraform would make of the stack: its keys exist, and its placeholders are their ARNs. */
function identitiesOf({ resource }: Stack, engine: Engine): Identities {
  const arns = new Map<string, string>();
  const keys: [string, string][] = [];
  for (const { name, target_key_id } of Object.values(resource.aws_kms_alias)) {
    const id = /aws_kms_key\.([\w-]+)\./.exec(target_key_id)?.[1] ?? "";
    const { KeyMetadata } = kms(engine, "CreateKey", {}) as { KeyMetadata: { KeyId: string; Arn: string } };
    kms(engine, "CreateAlias", { AliasName: name, TargetKeyId: KeyMetadata.KeyId });
    arns.set(`\${aws_kms_key.${id}.arn}`, KeyMetadata.Arn);
    keys.push([name, resource.aws_kms_key[id]?.policy ?? ""]);
  }
  const documentOf = (text: string) =>
    JSON.parse(
      text.replaceAll(/\$\{[^}]+\}/g, (placeholder) => arns.get(placeholder) ?? placeholder),
    ) as object;
  const policiesOf = (role: string) => {
    const isIts = (policy: { role: string }) => policy.role === `\${aws_iam_role.${role}.name}`;
    const attached = Object.values(resource.aws_iam_role_policy_attachment)
      .filter(isIts)
      .map(({ policy_arn }) => /aws_iam_policy\.([\w-]+)\./.exec(policy_arn)?.[1] ?? "")
      .map((policy) => resource.aws_iam_policy[policy]?.policy ?? "");
    const inline = Object.values(resource.aws_iam_role_policy).filter(isIts);
    return [...attached, ...inline.map(({ policy }) => policy)].map(documentOf);
  };
  const principals = Object.entries(resource.aws_iam_role).map(([role, { name, path }]) => ({
    accessKeyId: role.replace(/^role-/, ""),
    arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
    policies: policiesOf(role),
  }));
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const service = "paraform/prod/service";
  const mighty = Object.entries({
    admin: "admin",
    upstart: `${service}/upstart`,
    widened: `${service}/paraform-prod-service-data-changer`,
  }).map(([accessKeyId, role]) => ({
    accessKeyId,
    arn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
    policies: [everything],
  }));
  return {
    principals: [...principals.sort((a, b) => (a.accessKeyId < b.accessKeyId ? -1 : 1)), ...mighty],
    keys: Object.fromEntries(keys.map(([alias, policy]) => [alias, documentOf(policy)])),
  };
}

function kms(engine: Engine, operation: string, input: object): object {
  const { outcome } = engine.handle({ service: "kms", operation, input });
  if (outcome.kind === "refused") throw new Error(`${operation}: ${outcome.code}`);
  return outcome.body;
}
