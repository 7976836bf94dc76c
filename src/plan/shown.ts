import type { ParameterName } from "../model/name.ts";
import { tellsNothing } from "../model/recipe.ts";
import { inputsOf, type Rule } from "../model/rule.ts";
import { type Decision, holdsSecret } from "./decision.ts";
import type { Keyring } from "./keyring.ts";
import { isMadeOf, ruleHash } from "./stamp.ts";

/** Names whose values may appear in clear, as they lie live and as they are planned. */
export interface ShownNames {
  readonly before: ReadonlySet<ParameterName>;
  readonly after: ReadonlySet<ParameterName>;
}

/**
 * Literals, and parameters under a `public` glob. A replica or hash of a SecureString that may not be shown is not
 * shown either, whatever glob it lies under: the plan that would expose it is where somebody has to notice. The live
 * value is shown where it is known to come from what is shown now: a config that points a replica elsewhere would
 * otherwise print the secret that was there.
 */
export function shownNames(ring: Keyring, decisions: ReadonlyMap<ParameterName, Decision>): ShownNames {
  const before = new Set<ParameterName>();
  const after = new Set<ParameterName>();
  for (const decision of decisions.values()) {
    const { parameter, source } = decision;
    if (!parameter.public) continue;
    const inputs = tellingInputs(parameter.rule);
    if (source.kind === "earlier" && !source.byRule) continue;
    const readFrom = source.kind === "supplied" ? source.readFrom : undefined;
    if (readFrom?.type === "SecureString" && !after.has(readFrom.name)) continue;
    const hiddenIn = (shown: ReadonlySet<ParameterName>) => (name: ParameterName) => {
      const input = decisions.get(name);
      return input !== undefined && holdsSecret(input) && !shown.has(name);
    };
    if (isMadeByRule(ring, decision) && !inputs.some(hiddenIn(before))) before.add(parameter.name);
    const shows = source.kind === "live" ? before.has(parameter.name) : !inputs.some(hiddenIn(after));
    if (shows && !publishesMoved(decision)) after.add(parameter.name);
  }
  return { before, after };
}

/**
 * A secret that moves from where it may not be shown to where it may; also where something supplies it for the new name,
 * for that may be the same one.
 */
function publishesMoved({ source, moving }: Decision): boolean {
  if (source.kind === "followed" || source.kind === "derived") return false;
  return moving?.standing.live.type === "SecureString" && !moving.from.public;
}

/** The inputs that who reads the value learns something of: none of them for the public half of a key. */
export function tellingInputs(rule: Rule): readonly ParameterName[] {
  return rule.kind === "generate" && tellsNothing(rule.recipe) ? [] : inputsOf(rule);
}

/**
 * Whether the live value was made by the rule that the parameter has now, of its inputs as they lie. What a person
 * put where a person may put it counts as such; what nobody can tell of does not.
 */
function isMadeByRule(ring: Keyring, { parameter: { rule }, standing, inputs }: Decision): boolean {
  const byHand =
    rule.kind === "static" || rule.kind === "exists" || (rule.kind === "generate" && !inputs.length);
  if (standing.kind === "unstamped") return byHand;
  if (standing.kind !== "stamped") return false;
  const { stamp, touched } = standing;
  if (rule.kind === "exists") return stamp.kind !== "copy" && stamp.kind !== "merge";
  if (stamp.rule !== ruleHash(ring, stamp.keyId, rule)) return false;
  if (touched || inputs.length === 0) return !touched || byHand;
  return isMadeOf(ring, stamp, inputs);
}
