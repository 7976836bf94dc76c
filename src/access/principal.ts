import { hashOf } from "../model/distinct-name.ts";
import type { Place } from "./place.ts";
import type { Statement } from "./policy-document.ts";

export type PrincipalKind = "planner" | "applier" | "initializer" | "replicator" | "owner" | "service";

/** Somebody with a role of its own in an environment, and all that this role may do. */
export interface Principal {
  readonly kind: PrincipalKind;
  /** Which replicator, owner or service; empty for those of which there is one. */
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** `planner`, `owner-dba`: unique within an environment. */
export function principalId({ kind, name }: Pick<Principal, "kind" | "name">): string {
  return name === "" ? kind : `${kind}-${name}`;
}

/** Roles have a path, by which a key's policy tells an environment's services from everybody else. */
export function rolePath(environment: string, { kind, name }: Pick<Principal, "kind" | "name">): string {
  return name === "" ? `/paraform/${environment}/` : `/paraform/${environment}/${kind}/`;
}

const LONGEST_ROLE_NAME = 64;

/** Unique in the account, whatever the path. */
export function roleName(environment: string, principal: Pick<Principal, "kind" | "name">): string {
  return ownName(environment, principal, LONGEST_ROLE_NAME);
}

/**
 * What is called after a principal; a name that would be longer than `longest`, or that another may have that differs
 * in capitals alone, ends in a hash of itself: IAM takes `A` and `a` for the same.
 */
export function ownName(
  environment: string,
  principal: Pick<Principal, "kind" | "name">,
  longest: number,
): string {
  const whole = `paraform-${environment}-${principalId(principal)}`;
  if (whole.length <= longest && !/[A-Z]/.test(principal.name)) return whole;
  const hash = hashOf(whole);
  return `${whole.slice(0, longest - hash.length - 1)}-${hash}`;
}

export function roleArn(
  { partition, account, environment }: Place,
  principal: Pick<Principal, "kind" | "name">,
): string {
  return `arn:${partition}:iam::${account}:role${rolePath(environment, principal)}${roleName(environment, principal)}`;
}
