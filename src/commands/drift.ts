import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { runnerOption, storeOptions } from "./options.ts";
import { underRunner } from "./runner.ts";

function options(yargs: Argv) {
  return runnerOption(storeOptions(yargs))
    .option("format", {
      choices: ["human", "markdown", "json"] as const,
      default: "human" as const,
      describe: "How to print",
    })
    .option("detailed-exitcode", {
      type: "boolean",
      default: false,
      describe: "2 where something drifted or is not there",
    });
}

/** Says what others changed of what is ours: which version, when, who. Proposes nothing. */
async function drift(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { readLiveState } = await import("../plan/live-state.ts");
  const { findAbsent, findDrift } = await import("../plan/drift.ts");
  const { matchesAny } = await import("../graph/name-glob.ts");
  const { renderDrift } = await import("../render/human-drift.ts");
  const { renderMarkdownDrift } = await import("../render/markdown-drift.ts");
  const { renderJson } = await import("../render/json.ts");
  return withStore(host, given, async ({ config, graph, store }) => {
    const { environment } = config;
    const state = await readLiveState(store, environment, graph);
    if (state.kind === "unread") throw state.failure;
    const ignores = matchesAny(environment.ignore);
    const drifts = findDrift(state.ring, environment.owner, graph, state.live, ignores);
    const absent = findAbsent(graph, state.live);
    const document = { format_version: "1.0", environment: environment.name, drift: drifts, absent };
    const texts = {
      json: () => renderJson(document),
      markdown: () => renderMarkdownDrift(environment.name, drifts, absent),
      human: () => renderDrift(environment.name, drifts, absent, { color: host.color.stdout }),
    };
    host.print(texts[given.format]());
    const found = drifts.length + absent.length > 0 ? EXIT.pending : EXIT.done;
    host.tellRunner?.({
      outputs: {
        drifted: String(drifts.length),
        absent: String(absent.length),
        exitcode: String(found),
      },
      summary: texts.markdown(),
    });
    return given.detailedExitcode ? found : EXIT.done;
  });
}

export const driftCommand = command({
  spec: "drift",
  describe: "Show what others changed of what is ours",
  options,
  run: (host, given) => underRunner(host, given, (telling) => drift(telling, given)),
});
