import { matchesAny } from "../graph/name-glob.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision } from "./decision.ts";
import type { Diagnostic, PlanInputs } from "./plan.ts";

/** A flag that names nothing is most likely misspelt. */
export function inputFindings(
  inputs: PlanInputs,
  decisions: readonly Decision[],
  undeclared: readonly ParameterName[],
): readonly Diagnostic[] {
  const declared = decisions.map(({ parameter }) => parameter.name);
  const generated = decisions.flatMap(({ parameter }) =>
    parameter.rule.kind === "generate" ? [parameter.name] : [],
  );
  const all = [...declared, ...undeclared];
  const candidates = { delete: all, regenerate: generated, target: all, exclude: all };
  return (["delete", "regenerate", "target", "exclude"] as const).flatMap((flag) =>
    inputs[flag]
      .filter((glob) => !candidates[flag].some(matchesAny([glob])))
      .map((glob) => ({
        severity: "warning" as const,
        code: "matches_nothing",
        summary: `--${flag}=${glob} matches no ${flag === "regenerate" ? "generated " : ""}parameter${remedyOf(glob)}`,
      })),
  );
}

/** A folder is most likely meant with all that lies below it. */
function remedyOf(glob: string): string {
  return glob.endsWith("/") ? `: everything below it is ${glob}**` : "";
}
