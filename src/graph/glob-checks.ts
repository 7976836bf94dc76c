import type { Config } from "../config/config.ts";
import { warningAt } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { matchesAny } from "./name-glob.ts";

/** Everything is meant by it, also where there is nothing yet. */
const EVERYTHING = "/**";

/**
 * Globs of environment.json without any effect, most likely misspelt. What is protected or ignored need not be declared, so these
 * are told only where the sweep does not come by either; configs that declare nothing yet say nothing about any.
 */
export function checkGlobs(
  { nameGlobs, environment, moves, removals }: Config,
  declared: readonly ParameterName[],
): Problem[] {
  const names = [...declared, ...moves.map(({ from }) => from), ...removals.map(({ name }) => name)];
  if (names.length === 0) return [];
  const isSwept = (glob: string) => {
    const [fixed = ""] = glob.split(/[*?[{(!+@]/, 1);
    return environment.scopes.some(({ path }) => fixed.startsWith(path) || path.startsWith(fixed));
  };
  return nameGlobs
    .filter(({ key, glob }) => {
      if (glob === EVERYTHING || names.some(matchesAny([glob]))) return false;
      return !((key === "protect" || key === "ignore") && isSwept(glob));
    })
    .map(({ key, glob, origin }) =>
      warningAt(
        origin,
        `${glob} under "${key}" matches no parameter of the configs`,
        "correct it, or remove it: a glob is held against whole names, and /** at its end stands for all below",
      ),
    );
}
