import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { TerraformStack } from "cdktf";
import type { Place } from "../src/access/place.ts";
import { type Principal, principalId, roleName, rolePath } from "../src/access/principal.ts";
import { rolePolicies } from "../src/access/role-policies.ts";
import { distinctName } from "../src/model/distinct-name.ts";
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
      // A service is called what its folder is; every other name is made to be distinct.
      const logicalId = principal.kind === "service" ? distinctName(id) : id;
      const role = new IamRole(stack, `role-${logicalId}`, {
        name,
        path: rolePath(place.environment, principal),
        assumeRolePolicy: JSON.stringify(trust(principal)),
      });
      const { managed, inline } = rolePolicies(principal);
      managed.forEach((document, index) => {
        // In front, and behind a sign that no principal's name has: the second of `a` is none of `a-2`.
        const part = index === 0 ? "" : `${index + 1}-`;
        const policy = new IamPolicy(stack, `policy-${part}${logicalId}`, {
          name: index === 0 ? name : `${name}+${index + 1}`,
          path,
          policy: JSON.stringify(document),
        });
        new IamRolePolicyAttachment(stack, `attachment-${part}${logicalId}`, {
          role: role.name,
          policyArn: policy.arn,
        });
      });
      inline.forEach((document, index) => {
        const part = managed.length + index + 1;
        new IamRolePolicy(stack, `policy-${part}-${logicalId}`, {
          name: `rest-${part}`,
          role: role.name,
          policy: JSON.stringify(document),
        });
      });
      return [id, role];
    }),
  );
}
