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
  for (const decision of decisions.values()) {
    const { parameter } = decision;
    if (!parameter.public) continue;
    const hides = (name: ParameterName) => {
      const input = decisions.get(name);
      return input !== undefined && holdsSecret(input) && !shown.has(name);
    };
    if (!inputsOf(parameter.rule).some(hides) && !publishesMoved(decision)) shown.add(parameter.name);
  }
  return shown;
}

/** A secret that moves from where it may not be shown to where it may. */
function publishesMoved({ source, moving }: Decision): boolean {
  return source.kind === "moved" && moving?.standing.live.type === "SecureString" && !moving.from.public;
}

/** Whether the live value may be shown as well: that of a literal only where our stamp says that it was one. */
export function showsBefore({ parameter, standing }: Decision): boolean {
  if (parameter.rule.kind !== "value") return true;
  return standing.kind === "stamped" && !standing.touched && standing.stamp.kind === "value";
}
