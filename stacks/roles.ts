import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { TerraformStack } from "cdktf";
import { documentParts } from "../src/access/document-parts.ts";
import type { Place } from "../src/access/place.ts";
import { type Principal, principalId, roleName, rolePath } from "../src/access/principal.ts";
import type { Settings } from "./settings.ts";
import { trustIn } from "./trust.ts";

/** A role for each principal, by `principalId`, with its policies attached. */
export type Roles = ReadonlyMap<string, IamRole>;

export function addRoles(
  stack: TerraformStack,
  place: Place,
  principals: readonly Principal[],
  settings: Settings,
): Roles {
  const trust = trustIn(stack, place, settings);
  const path = `/paraform/${place.environment}/`;
  return new Map(
    principals.map((principal) => {
      const id = principalId(principal);
      const name = roleName(place.environment, principal);
      const role = new IamRole(stack, `role-${id}`, {
        name,
        path: rolePath(place.environment, principal),
        assumeRolePolicy: JSON.stringify(trust(principal)),
      });
      documentParts(principal.statements).forEach((document, index) => {
        const part = index === 0 ? "" : `-${index + 1}`;
        const policy = new IamPolicy(stack, `policy-${id}${part}`, {
          name: `${name}${part}`,
          path,
          policy: JSON.stringify(document),
        });
        new IamRolePolicyAttachment(stack, `attachment-${id}${part}`, {
          role: role.name,
          policyArn: policy.arn,
        });
      });
      return [id, role];
    }),
  );
}
