import { nameProblem, OWN_ROOT, type ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { errorAt, type Origin } from "./origin.ts";

/** Turns the text of config files into names; what cannot be one is reported and `undefined`. */
export interface ParameterNames {
  /** Puts the values of `${NAME}` in. */
  expand(text: string, origin: Origin): string | undefined;
  /** `what` says what the text is, such as `source`. */
  check(expanded: string, what: string, origin: Origin): ParameterName | undefined;
  /** Expands and checks. */
  read(text: string, what: string, origin: Origin): ParameterName | undefined;
}

/**
 * `variables` is absent when environment.json could not tell them: then names with variables are passed over in
 * silence. An undefined variable is one problem per file, at its first use.
 */
export function parameterNames(
  variables: Readonly<Record<string, string>> | undefined,
  environmentFile: string,
  problems: Problem[],
): ParameterNames {
  const names = new Map<string, ParameterName>();
  const reported = new Set<string>();

  function expand(text: string, origin: Origin): string | undefined {
    if (!text.includes("${")) return text;
    let defined = true;
    const expanded = text.replaceAll(/\$\{(\w{1,64})\}/g, (_, variable: string) => {
      if (variables !== undefined && Object.hasOwn(variables, variable)) return variables[variable] ?? "";
      defined = false;
      reportUndefined(variable, origin);
      return "";
    });
    return defined ? expanded : undefined;
  }

  function reportUndefined(variable: string, origin: Origin): void {
    const use = `${origin.file}:${variable}`;
    if (variables === undefined || reported.has(use)) return;
    reported.add(use);
    problems.push(
      errorAt(origin, `variable ${variable} is not defined`, `add it to "variables" in ${environmentFile}`),
    );
  }

  function check(expanded: string, what: string, origin: Origin): ParameterName | undefined {
    const known = names.get(expanded);
    if (known !== undefined) return known;
    const fault = nameProblem(expanded);
    if (fault !== undefined) {
      problems.push(
        errorAt(origin, `this ${what} is no parameter name: ${fault}`, "names look like /team/service/key"),
      );
      return undefined;
    }
    if (expanded.startsWith(OWN_ROOT)) {
      problems.push(
        errorAt(
          origin,
          `${expanded} is not for configs: paraform keeps its own records under ${OWN_ROOT}`,
          "choose another path",
        ),
      );
      return undefined;
    }
    names.set(expanded, expanded as ParameterName);
    return expanded as ParameterName;
  }

  return {
    expand,
    check,
    read(text, what, origin) {
      const expanded = expand(text, origin);
      return expanded === undefined ? undefined : check(expanded, what, origin);
    },
  };
}
