import { errorAt } from "../config/origin.ts";
import type { ParameterNames } from "../config/parameter-names.ts";
import { nameProblem, OWN_ROOT, type ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";

const VARIABLE = /\$\{(\w{1,64})\}/g;

/** Names as they are written, with their variables: what a file that is written again has to say. */
export function namesAsWritten(problems: Problem[]): ParameterNames {
  const check: ParameterNames["check"] = (text, what, origin) => {
    const fault = nameProblem(text.replaceAll(VARIABLE, "x"));
    if (fault === undefined && !text.startsWith(OWN_ROOT)) return text as ParameterName;
    problems.push(errorAt(origin, `this ${what} is no parameter name: ${fault ?? "it is paraform's own"}`));
    return undefined;
  };
  return { expand: (text) => text, check, read: check };
}

/** The names of the variables of a text. */
export function variablesOf(text: string): string[] {
  return Array.from(text.matchAll(VARIABLE), ([, variable = ""]) => variable);
}

/** Puts the values of those variables in that have one. */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(VARIABLE, (written, variable: string) =>
    Object.hasOwn(variables, variable) ? (variables[variable] ?? "") : written,
  );
}
