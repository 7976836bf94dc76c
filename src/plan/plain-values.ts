import { tellsNothing } from "../model/recipe.ts";
import type { Decision } from "./decision.ts";
import type { Diagnostic } from "./plan.ts";

const MOST_NAMED = 3;

/**
 * One warning of all values that are no literals, are to be created in clear, and are not said to be public: whoever may
 * read the parameter needs no key for it. Hosts and ports are fine as Strings, so it is no guard; `public` says so for good.
 */
export function plainValues(decisions: readonly Decision[]): readonly Diagnostic[] {
  const names = decisions.filter(isNewInClear).map(({ parameter }) => parameter.name);
  if (names.length === 0) return [];
  const more = names.length - MOST_NAMED;
  const named = `${names.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const what =
    names.length === 1 ? "a value that is no literal is" : `${names.length} values that are no literals are`;
  return [
    {
      severity: "warning",
      code: "plain_value",
      summary: `${what} created in clear, not as a SecureString: ${named}; under public in environment.json, this is meant`,
    },
  ];
}

function isNewInClear({ parameter, standing, type, verdict, source, moving }: Decision): boolean {
  if (verdict.kind !== "change" || standing.kind !== "absent" || moving !== undefined) return false;
  if (type === "SecureString" || parameter.public) return false;
  const { rule } = parameter;
  if (rule.kind === "generate") return !tellsNothing(rule.recipe);
  return (source.kind === "supplied" && rule.kind !== "value") || source.kind === "asked";
}
