import { hashOf } from "../model/distinct-name.ts";
import type { Place } from "./place.ts";
import type { Statement } from "./policy-document.ts";

const KINDS = ["planner", "applier", "initializer", "replicator", "owner", "service"] as const;
export type PrincipalKind = (typeof KINDS)[number];

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

/** Whether an environment's name could be that of another one, or begin with it and go on with one of its principals. */
function isAmbiguous(environment: string): boolean {
  const words = environment.split("-").slice(1);
  return /[A-Z]/.test(environment) || words.some((word) => KINDS.some((kind) => kind === word));
}

/**
 * What is called after a principal. A name that would be longer than `longest`, or that another may have, ends in a hash
 * of whose it is: IAM takes `A` and `a` for the same, and the owner `owner-x` of `prod` has the words that the owner
 * `x` of `prod-owner` has.
 */
export function ownName(
  environment: string,
  principal: Pick<Principal, "kind" | "name">,
  longest: number,
): string {
  const whole = `paraform-${environment}-${principalId(principal)}`;
  const isClear = !/[A-Z]/.test(principal.name) && !isAmbiguous(environment);
  if (whole.length <= longest && isClear) return whole;
  const hash = hashOf(isAmbiguous(environment) ? `${environment}/${principalId(principal)}` : whole);
  return `${whole.slice(0, longest - hash.length - 1)}-${hash}`;
}

export function roleArn(
  { partition, account, environment }: Place,
  principal: Pick<Principal, "kind" | "name">,
): string {
  return `arn:${partition}:iam::${account}:role${rolePath(environment, principal)}${roleName(environment, principal)}`;
}
