import { isReplica } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision } from "../plan/decision.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Planned } from "../plan/make-plan.ts";
import { attributesHash, ruleHash } from "../plan/stamp.ts";

/**
 * Why a replica is left to apply: it is absent, not ours, or was written by another rule or with other attributes than
 * this config has (one of the two is outdated, and only a reviewed plan may say which); it would have to be replaced;
 * more could read it afterwards; what it follows from cannot be had.
 */
export type Withheld =
  | "absent"
  | "not_ours"
  | "other_rule"
  | "other_attributes"
  | "replace"
  | "exposure"
  | "blocked";

/** The replicas of a plan that only apply may write, and those that nothing may. */
export function withheldIn(
  ring: Keyring,
  { plan, decisions }: Planned,
): ReadonlyMap<ParameterName, Withheld> {
  const exposing = new Set(
    plan.resource_changes.flatMap(({ address, exposes }) => (exposes ? [address] : [])),
  );
  const found = new Map<ParameterName, Withheld>();
  for (const decision of decisions.values()) {
    const { name } = decision.parameter;
    const why = isReplica(decision.parameter) ? whyWithheld(ring, decision, exposing.has(name)) : undefined;
    if (why !== undefined) found.set(name, why);
  }
  return found;
}

function whyWithheld(
  ring: Keyring,
  { parameter, standing, type, verdict }: Decision,
  exposes: boolean,
): Withheld | undefined {
  if (verdict.kind === "keep") return undefined;
  if (standing.kind === "absent") return "absent";
  if (standing.kind !== "stamped" || !standing.ours) return "not_ours";
  const { stamp } = standing;
  if (ruleHash(ring, stamp.keyId, parameter.rule) !== stamp.rule) return "other_rule";
  if (verdict.kind !== "change") return "blocked";
  if (attributesHash(ring, stamp.keyId, parameter, type) !== stamp.attributes) return "other_attributes";
  if (verdict.action !== "update") return "replace";
  return exposes ? "exposure" : undefined;
}
