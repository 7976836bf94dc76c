import type { ParameterName } from "../model/name.ts";
import { tellsNothing } from "../model/recipe.ts";
import { inputsOf, type Rule } from "../model/rule.ts";
import { type Decision, holdsSecret } from "./decision.ts";

/** The inputs that who reads the value learns something of: none of them for the public half of a key. */
function tellingInputs(rule: Rule): readonly ParameterName[] {
  return rule.kind === "generate" && tellsNothing(rule.recipe) ? [] : inputsOf(rule);
}

/**
 * Names whose values may appear in clear: literals, and parameters under a `public` glob. A replica or hash of a
 * SecureString that may not be shown is not shown either, whatever glob it lies under: the plan that would
 * expose it is where somebody has to notice.
 */
export function shownNames(decisions: ReadonlyMap<ParameterName, Decision>): ReadonlySet<ParameterName> {
  const shown = new Set<ParameterName>();
  for (const { parameter } of decisions.values()) {
    if (!parameter.public) continue;
    const hides = (name: ParameterName) => {
      const input = decisions.get(name);
      return input !== undefined && holdsSecret(input) && !shown.has(name);
    };
    if (!tellingInputs(parameter.rule).some(hides)) shown.add(parameter.name);
  }
  return shown;
}

/** Whether the live value may be shown as well: that of a literal only where our stamp says that it was one. */
export function showsBefore({ parameter, standing }: Decision): boolean {
  if (parameter.rule.kind !== "value") return true;
  return standing.kind === "stamped" && !standing.touched && standing.stamp.kind === "value";
}
