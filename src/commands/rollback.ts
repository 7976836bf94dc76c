import type { Argv } from "yargs";
import type { DesiredGraph } from "../graph/graph.ts";
import type { ExitCode } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { PlanInputs } from "../plan/plan.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { NO_INPUTS, storeOptions, wholeNumber } from "./options.ts";
import { parameterNamed } from "./parameter-argument.ts";
import { planFileOptions, planWith } from "./plan.ts";

function options(yargs: Argv) {
  return planFileOptions(storeOptions(yargs))
    .positional("name", {
      type: "string",
      demandOption: true,
      describe: "A static parameter, or a generated one that is not derived from another",
    })
    .option("to-version", {
      type: "string",
      demandOption: true,
      requiresArg: true,
      describe: "The version whose value comes back: paraform history lists them",
    });
}

/** Plans that a parameter has an earlier version's value again, and what follows from it. `apply FILE` carries it out. */
async function rollback(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const name = parameterNamed(given.name);
  const version = wholeNumber("to-version", given.toVersion, [1, Number.MAX_SAFE_INTEGER]);
  return planWith(host, { ...given, deep: false }, (graph) => rollbackInputs(graph, name, version));
}

/** The parameter and all that follows from it; other changes that are due wait for their own plan. */
function rollbackInputs(graph: DesiredGraph, name: ParameterName, version: number): PlanInputs {
  const affected = new Set([name]);
  for (const each of affected) {
    for (const follower of graph.followers.get(each) ?? []) affected.add(follower);
  }
  return { ...NO_INPUTS, target: [...affected].sort(), rollback: { [name]: version } };
}

export const rollbackCommand = command({
  spec: "rollback <name>",
  describe: "Plan that a parameter has an earlier version's value again",
  options,
  run: rollback,
});
