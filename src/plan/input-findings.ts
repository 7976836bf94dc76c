import { matchesAny } from "../graph/name-glob.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision } from "./decision.ts";
import type { Diagnostic, Plan, PlanInputs } from "./plan.ts";

const MATCHES_NOTHING = "matches_nothing";

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
        code: MATCHES_NOTHING,
        summary: `--${flag}=${glob} matches no ${flag === "regenerate" ? "generated " : ""}parameter${remedyOf(glob, candidates[flag])}`,
      })),
  );
}

/** A folder is most likely meant with all that lies below it. */
function remedyOf(glob: string, names: readonly ParameterName[]): string {
  const folder = glob.endsWith("/") ? glob : `${glob}/`;
  const isMeant = glob.endsWith("/") || names.some((name) => name.startsWith(folder));
  return isMeant ? `: everything below it is ${folder}**` : "";
}

/** Whether a plan was asked for targets alone of which there is none. */
export function hasNoTarget({ inputs, diagnostics }: Pick<Plan, "inputs" | "diagnostics">): boolean {
  const unmatched = diagnostics.filter(
    ({ code, summary }) => code === MATCHES_NOTHING && summary.startsWith("--target="),
  );
  return inputs.target.length > 0 && unmatched.length === inputs.target.length;
}
