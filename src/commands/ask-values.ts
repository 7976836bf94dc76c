import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { Plan } from "../plan/plan.ts";
import { askFor } from "../values/asked.ts";
import { hiddenPrompt } from "../values/prompt.ts";
import type { Host } from "./host.ts";
import { mustBeInteractive } from "./session.ts";

/** Asks for every value that the plan leaves to a person, before the first write. @throws UserError without a terminal */
export async function askForValues(
  host: Host,
  plan: Plan,
  todo: ReadonlySet<string>,
): Promise<ReadonlyMap<ParameterName, Secret>> {
  const names = plan.resource_changes.flatMap(({ address, origin }) =>
    origin?.supplied_by === "prompt" && todo.has(address) ? [address as ParameterName] : [],
  );
  const [first] = names;
  if (first === undefined) return new Map();
  mustBeInteractive(
    host,
    `the value of ${first} has to be asked for`,
    "supply it by a file or an environment variable",
  );
  return askFor(names, hiddenPrompt({ input: host.stdin, output: host.stderr }));
}
