import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { storeOptions, wholeNumber } from "./options.ts";
import { parameterNamed } from "./parameter-argument.ts";

function options(yargs: Argv) {
  return storeOptions(yargs)
    .positional("name", {
      type: "string",
      describe: "The parameter; without it, what can be brought back is listed",
    })
    .option("copy", {
      type: "string",
      requiresArg: true,
      describe: "Bring back this earlier deletion's copy",
    });
}

/** Brings back what apply deleted, from the copy that it kept; without a name lists the copies. */
async function undelete(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { readLiveState } = await import("../plan/live-state.ts");
  const { undelete: bringBack } = await import("../apply/undelete.ts");
  const { keptLabel } = await import("../apply/kept-copy.ts");
  const { renderKeptCopies } = await import("../render/human-kept.ts");
  const { restTeller } = await import("./waits.ts");
  const name = given.name === undefined ? undefined : parameterNamed(given.name);
  if (name === undefined && given.copy !== undefined)
    throw new UserError("--copy needs a parameter", { hint: "paraform undelete NAME --copy NUMBER" });
  const copy =
    given.copy === undefined ? {} : { copy: wholeNumber("copy", given.copy, [1, Number.MAX_SAFE_INTEGER]) };
  return withStore(host, given, async ({ config, graph, store }) => {
    const state = await readLiveState(store, config.environment, graph);
    if (state.kind === "unread") throw state.failure;
    const { ring, kept, live } = state;
    if (name === undefined) {
      const labels = [...kept.values()].flatMap((copy) => keptLabel(copy) ?? []);
      host.print(renderKeptCopies(labels, (name) => live.has(name as ParameterName)));
      return EXIT.done;
    }
    const waiting = restTeller(host, "undelete");
    const sleep = (milliseconds: number) => host.sleep(milliseconds);
    await bringBack({ store, ring, kept, sleep, waiting, ...copy }, name).finally(() => host.status?.hide());
    host.print(`${name} is back.\n`);
    return EXIT.done;
  });
}

export const undeleteCommand = command({
  spec: "undelete [name]",
  describe: "Bring back what apply deleted, or list what can be",
  options,
  run: undelete,
});
