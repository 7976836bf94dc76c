import { environmentVariableOf } from "../config/environment-variable.ts";
import { errorAt } from "../config/origin.ts";
import type { LocationOf } from "../config/source-location.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { Secret } from "../model/secret.ts";
import type { Source, SourceContext } from "./source.ts";
import type { FoundValue } from "./source-reading.ts";

/** The values that environment variables hold. That no two names meet in one variable is the graph's check. */
export function environmentSource(
  { kind, prefix, at }: LocationOf<"environment">,
  { environmentVariables }: SourceContext,
): Source {
  return {
    kind,
    mayHave: () => true,
    async read(wanted) {
      const values = new Map<ParameterName, FoundValue>();
      const problems: Problem[] = [];
      for (const name of wanted) {
        const variable = environmentVariableOf(name, prefix);
        const text = environmentVariables[variable];
        // Node makes U+FFFD of bytes that are no UTF-8: what they were is lost.
        if (text?.includes("\uFFFD"))
          problems.push(
            errorAt(at, `the value in ${variable} is not UTF-8 text`, "encode it first, as in base64"),
          );
        else if (text !== undefined)
          values.set(name, { value: new Secret(text), from: `environment variable ${variable}`, at });
      }
      return { values, problems, findings: [] };
    },
  };
}
