import { type SourceKind, type SourceLocation, TOUCHES_MACHINE } from "../config/source-location.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision } from "../plan/decision.ts";
import type { Supplied } from "../values/sources.ts";

/** The kinds of sources whose values a plan writes, and that `plan --untrusted` leaves out. */
export function unproposedKinds(
  sources: readonly SourceLocation[],
  supplied: Supplied["values"],
  decisions: ReadonlyMap<ParameterName, Decision>,
): readonly SourceKind[] {
  const kinds = [...decisions.values()].flatMap(({ parameter, verdict, source }): SourceKind[] => {
    if (verdict.kind !== "change") return [];
    if (source.kind === "asked") return ["prompt"];
    const at = source.kind === "supplied" ? supplied.get(parameter.name)?.at : undefined;
    return sources.filter((each) => each.at === at).map(({ kind }) => kind);
  });
  return [...new Set(kinds)].filter((kind) => TOUCHES_MACHINE[kind]).sort();
}
