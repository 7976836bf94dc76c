import { grouped } from "./grouped.ts";
import { accountRootArn, type Place, throughParameterStore } from "./place.ts";
import type { PolicyDocument, Statement } from "./policy-document.ts";
import { type Principal, type PrincipalKind, roleArn, rolePath } from "./principal.ts";

/** Of a key's policy, in bytes (KMS developer guide, "Resource quotas"). */
const LARGEST = 32_768;

/**
 * A key's policy: the account may administer it, and IAM's policies may let those roles use it that have something
 * to do with it, each kind in its way and through Parameter Store alone. Administering it is not using it: there is
 * no CreateGrant, and an IAM policy for anybody else grants nothing. Services that are too many to be named are told by
 * the path of their roles.
 */
export function keyPolicy(
  place: Place,
  key: string,
  principals: readonly Principal[],
  { retiring = false } = {},
): PolicyDocument {
  const arn = place.keyArn(key);
  const users = principals.flatMap(({ kind, name, statements }): User[] => {
    const actions = actionsOn(arn, statements);
    return actions.length === 0 ? [] : [{ kind, actions, role: roleArn(place, { kind, name }) }];
  });
  const documentOf = (all: readonly User[]): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: [
      administer(place),
      ...(retiring ? [retire(place)] : []),
      ...[...grouped(all, ({ kind }) => kind)].map(([kind, alike]) => delegate(place, kind, alike)),
    ],
  });
  const exact = documentOf(users);
  if (Buffer.byteLength(JSON.stringify(exact)) <= LARGEST) return exact;
  return documentOf(users.map((user) => (user.kind === "service" ? byPath(place, user) : user)));
}

/** What a role, or all roles of a pattern, may do with a key. */
interface User {
  readonly kind: PrincipalKind;
  readonly role: string;
  readonly actions: readonly string[];
}

function byPath(place: Place, user: User): User {
  const path = rolePath(place.environment, { kind: user.kind, name: "*" });
  return { ...user, role: `arn:${place.partition}:iam::${place.account}:role${path}*` };
}

function administer(place: Place): Statement {
  return {
    Sid: "Administer",
    Effect: "Allow",
    Principal: { AWS: accountRootArn(place) },
    Action: [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListGrants",
      "kms:ListKeyPolicies",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:RevokeGrant",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ],
    Resource: ["*"],
  };
}

/** Nobody deletes a key that has not this statement, nor its alias: what lies under a key is lost with it. */
function retire(place: Place): Statement {
  return {
    Sid: "Retire",
    Effect: "Allow",
    Principal: { AWS: accountRootArn(place) },
    Action: ["kms:DeleteAlias", "kms:ScheduleKeyDeletion"],
    Resource: ["*"],
  };
}

/** The roles are a condition, not the principal: KMS refuses a policy that names a role before it exists. */
function delegate(place: Place, kind: PrincipalKind, users: readonly User[]): Statement {
  return {
    Sid: `Let${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    Effect: "Allow",
    Principal: { AWS: accountRootArn(place) },
    Action: [...new Set(users.flatMap(({ actions }) => actions))].sort(),
    Resource: ["*"],
    Condition: {
      StringEquals: { "kms:ViaService": [throughParameterStore(place)] },
      ArnLike: { "aws:PrincipalArn": [...new Set(users.map(({ role }) => role))] },
    },
  };
}

/** What IAM's policies may let a principal do with a key; describing it is administration, and allowed with that. */
function actionsOn(arn: string, statements: readonly Statement[]): string[] {
  const all = statements.filter(({ Resource }) => Resource?.includes(arn)).flatMap(({ Action }) => Action);
  return all.filter((action) => action !== "kms:DescribeKey");
}
