import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import { type Decision, holdsSecret } from "./decision.ts";

/**
 * Names whose values may appear in clear: literals, and parameters under a `public` glob. A replica of a
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
    if (!inputsOf(parameter.rule).some(hides)) shown.add(parameter.name);
  }
  return shown;
}

/** Whether the live value may be shown as well: that of a literal only where our stamp says that it was one. */
export function showsBefore({ parameter, standing }: Decision): boolean {
  if (parameter.rule.kind !== "value") return true;
  return standing.kind === "stamped" && !standing.touched && standing.stamp.kind === "value";
}
