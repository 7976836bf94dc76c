import { environmentVariableOf } from "../config/environment-variable.ts";
import type { ParameterName } from "../model/name.ts";

/** The name that a variable stands for. That no two names meet in one variable is the graph's check. */
export function byVariable(
  names: ReadonlySet<ParameterName>,
  prefix: string,
): (variable: string) => ParameterName | undefined {
  const byKey = new Map(Array.from(names, (name) => [environmentVariableOf(name, prefix), name]));
  return (variable) => byKey.get(variable);
}
