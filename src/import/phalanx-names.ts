import { warningAt } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { idOf, type ResolvedSecret } from "./phalanx-rules.ts";
import { secretName } from "./secret-name.ts";

/** The names of an environment's secrets, by application and key. A secret that can have none is not in it. */
export type SecretNames = ReadonlyMap<string, ParameterName>;

/** Names every secret `/prefix/application/key`; of two that come to the same name the first has it. */
export function nameSecrets(
  resolved: readonly ResolvedSecret[],
  prefix: string,
  reports: Problem[],
): SecretNames {
  const names = new Map<string, ParameterName>();
  const taken = new Map<ParameterName, string>();
  for (const { application, definition } of resolved) {
    const id = idOf(application, definition.key);
    const report = (summary: string, hint?: string) =>
      reports.push(warningAt(definition.at, `${id}: ${summary}`, hint));
    const found = secretName(prefix, application, definition.key);
    if ("problem" in found) {
      report(`is left out: ${found.problem}`);
      continue;
    }
    const { name } = found;
    const first = taken.get(name);
    if (first !== undefined) {
      report(`is left out: its name would be ${name}, which is that of ${first}`);
      continue;
    }
    if (name !== `${prefix}/${id}`)
      report(`becomes ${name}`, "Parameter Store takes only letters, digits and _ . - in a segment");
    taken.set(name, id);
    names.set(id, name);
  }
  return names;
}
