import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { outputOptions, storeOptions } from "./options.ts";
import { parameterNamed } from "./parameter-argument.ts";

function options(yargs: Argv) {
  return outputOptions(storeOptions(yargs)).positional("name", {
    type: "string",
    demandOption: true,
    describe: "A parameter, declared or not",
  });
}

/** Lists the versions that Parameter Store keeps: when, by whom, by which plan, and whose value is an earlier one's. Reads no value. */
async function history(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { readLiveState } = await import("../plan/live-state.ts");
  const { versionRecords } = await import("../plan/version-record.ts");
  const { renderHistory } = await import("../render/human-history.ts");
  const { renderJson } = await import("../render/json.ts");
  const name = parameterNamed(given.name);
  return withStore(host, given, async ({ config, graph, store }) => {
    const { environment } = config;
    const state = await readLiveState(store, environment, graph);
    if (state.kind === "unread") throw state.failure;
    const versions = versionRecords(state.ring, environment.owner, await store.history(name));
    if (versions.length === 0) {
      const { didYouMean } = await import("./next-apply.ts");
      const meant = graph.parameters.has(name) ? "" : didYouMean(name, graph.parameters.keys());
      throw new UserError(`${name} is not there`, {
        hint: `${meant}a deleted parameter takes its history with it`,
      });
    }
    const document = { format_version: "1.0", environment: environment.name, address: name, versions };
    const human = () => renderHistory(name, versions, { color: host.color.stdout });
    host.print(given.format === "json" ? renderJson(document) : human());
    return EXIT.done;
  });
}

export const historyCommand = command({
  spec: "history <name>",
  describe: "List a parameter's versions: when, by whom, by which plan",
  options,
  run: history,
});
