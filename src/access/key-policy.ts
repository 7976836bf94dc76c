import { grouped } from "./grouped.ts";
import { accountRootArn, type Place, throughParameterStore } from "./place.ts";
import type { PolicyDocument, Statement } from "./policy-document.ts";
import { type Principal, type PrincipalKind, roleArn, rolePath } from "./principal.ts";

/**
 * A key's policy: the account may administer it, and IAM's policies may let those roles use it that have something
 * to do with it, each kind in its way and through Parameter Store alone. Administering it is not using it: there is
 * no CreateGrant, and an IAM policy for anybody else grants nothing.
 */
export function keyPolicy(
  place: Place,
  key: string,
  principals: readonly Principal[],
  { retiring = false } = {},
): PolicyDocument {
  const arn = place.keyArn(key);
  const uses = principals.flatMap((principal) => {
    const actions = actionsOn(arn, principal.statements);
    return actions.length === 0 ? [] : [{ principal, actions }];
  });
  const kinds = grouped(uses, ({ principal }) => principal.kind);
  return {
    Version: "2012-10-17",
    Statement: [
      administer(place),
      ...(retiring ? [retire(place)] : []),
      ...[...kinds].map(([kind, users]) =>
        delegate(
          place,
          kind,
          users.flatMap(({ actions }) => actions),
          rolesOf(
            place,
            kind,
            users.map(({ principal }) => principal),
          ),
        ),
      ),
    ],
  };
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
function delegate(
  place: Place,
  kind: PrincipalKind,
  actions: readonly string[],
  roles: readonly string[],
): Statement {
  return {
    Sid: `Let${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    Effect: "Allow",
    Principal: { AWS: accountRootArn(place) },
    Action: [...new Set(actions)].sort(),
    Resource: ["*"],
    Condition: {
      StringEquals: { "kms:ViaService": [throughParameterStore(place)] },
      ArnLike: { "aws:PrincipalArn": roles },
    },
  };
}

/** Services may be many, and a key's policy holds 32 KB: they are told by the path of their roles. */
function rolesOf(place: Place, kind: PrincipalKind, principals: readonly Principal[]): string[] {
  if (kind !== "service") return principals.map((principal) => roleArn(place, principal));
  return [
    `arn:${place.partition}:iam::${place.account}:role${rolePath(place.environment, { kind, name: "*" })}*`,
  ];
}

/** What IAM's policies may let a principal do with a key; describing it is administration, and allowed with that. */
function actionsOn(arn: string, statements: readonly Statement[]): string[] {
  const all = statements.filter(({ Resource }) => Resource?.includes(arn)).flatMap(({ Action }) => Action);
  return all.filter((action) => action !== "kms:DescribeKey");
}
