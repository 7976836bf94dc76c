import type { Decision } from "./decision.ts";
import type { Diagnostic } from "./plan.ts";

/**
 * One note that the plan of a proposal leaves open whether values fit what the proposal asks of them: an answer for each
 * pattern would read a secret out. The plan after the merge, and the write itself, look at it.
 */
export function uncheckedValues(decisions: readonly Decision[]): readonly Diagnostic[] {
  const count = decisions.filter(isUnchecked).length;
  if (count === 0) return [];
  const which = count === 1 ? "1 parameter is" : `${count} parameters are`;
  return [
    {
      severity: "note",
      code: "values_unchecked",
      summary: `${which} limited by an allowedPattern or the Standard tier: in a proposal no value is held against these, the plan after the merge does it`,
    },
  ];
}

function isUnchecked({ parameter, verdict, source }: Decision): boolean {
  const { rule, allowedPattern, tier } = parameter;
  if (verdict.kind !== "change" || rule.kind === "value") return false;
  if (source.kind !== "supplied" && source.kind !== "followed") return false;
  return allowedPattern !== undefined || tier === "Standard";
}
