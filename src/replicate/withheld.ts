import type { Decision } from "../plan/decision.ts";
import type { Keyring } from "../plan/keyring.ts";
import { attributesHash, ruleHash } from "../plan/stamp.ts";

/**
 * Why a replica is left to apply: it is absent, not ours, or was written by another rule or with other attributes than
 * this config has (one of the two is outdated, and only a reviewed plan may say which); it would have to be replaced;
 * more could read it afterwards, or somebody would gain a secret by it; what it follows from cannot be had or waits for apply itself; one of its group is left.
 */
export type Withheld =
  | "absent"
  | "not_ours"
  | "other_rule"
  | "other_attributes"
  | "replace"
  | "exposure"
  | "broaden"
  | "blocked"
  | "group";

/**
 * Why only apply may write this replica, or nothing may; `undefined` where it is right or a replicator may. `more`:
 * whether its plan makes something readable for more.
 */
export function whyWithheld(
  ring: Keyring,
  { parameter, standing, type, verdict }: Decision,
  more: "exposure" | "broaden" | undefined,
): Withheld | undefined {
  if (verdict.kind === "keep") return undefined;
  if (standing.kind === "absent") return "absent";
  if (standing.kind !== "stamped" || !standing.ours) return "not_ours";
  const { stamp } = standing;
  if (ruleHash(ring, stamp.keyId, parameter.rule) !== stamp.rule) return "other_rule";
  if (attributesHash(ring, stamp.keyId, parameter, type) !== stamp.attributes) return "other_attributes";
  if (standing.live.dataType !== parameter.dataType) return "replace";
  if (verdict.kind === "conflict" || (verdict.kind === "blocked" && verdict.reason !== "held"))
    return "blocked";
  return more;
}
