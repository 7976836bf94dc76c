import { UserError } from "../model/error.ts";
import { documentParts, sizeOf } from "./document-parts.ts";
import type { PolicyDocument } from "./policy-document.ts";
import { type Principal, principalId } from "./principal.ts";

/** Managed policies of a role, and characters of its own ones together (IAM user guide, "IAM and AWS STS quotas"). */
const MOST_MANAGED = 10;
const MOST_INLINE = 10_240;
/** Of these a replicator takes events and writes logs. */
const OTHERWISE = 1_024;

export interface RolePolicies {
  readonly managed: readonly PolicyDocument[];
  /** What managed ones have no room for. */
  readonly inline: readonly PolicyDocument[];
}

/** A principal's policies as its role can have them. @throws UserError where they are more */
export function rolePolicies(principal: Principal): RolePolicies {
  const parts = documentParts(principal.statements);
  const inline = parts.slice(MOST_MANAGED);
  if (inline.reduce((size, part) => size + sizeOf(part), 0) > MOST_INLINE - OTHERWISE) {
    throw new UserError(
      `${principalId(principal)} needs ${parts.length} policies, and a role has ${MOST_MANAGED} and little beside`,
      { hint: "split the environment in two, each with a part of the names: a policy lists every one" },
    );
  }
  return { managed: parts.slice(0, MOST_MANAGED), inline };
}
