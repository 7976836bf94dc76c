import { environmentVariableOf } from "../config/environment-variable.ts";
import type { LocationOf } from "../config/source-location.ts";
import type { ParameterName } from "../model/name.ts";
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
      for (const name of wanted) {
        const variable = environmentVariableOf(name, prefix);
        const text = environmentVariables[variable];
        if (text !== undefined)
          values.set(name, { value: new Secret(text), from: `environment variable ${variable}`, at });
      }
      return { values, problems: [], findings: [] };
    },
  };
}
