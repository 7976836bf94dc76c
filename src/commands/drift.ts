import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import type { Drift, DriftFindings } from "../plan/drift.ts";
import type { LiveState } from "../plan/live-state.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { runnerOption, storeOptions } from "./options.ts";
import { underRunner } from "./runner.ts";
import type { OpenStore } from "./session.ts";

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
  return withStore(host, given, async (open) => {
    const { config, graph, store } = open;
    const { environment } = config;
    const state = await readLiveState(store, environment, graph);
    if (state.kind === "unread") throw state.failure;
    const ignores = matchesAny(environment.ignore);
    const changed = findDrift(state.ring, environment.owner, graph, state.live, ignores);
    const owners = await findRotated(host, open, state, changed);
    const found: DriftFindings = {
      drift: changed.filter((each) => !owners.has(each)),
      rotated: [...owners],
      absent: findAbsent(graph, state.live),
    };
    const texts = {
      json: () => renderJson({ format_version: "1.0", environment: environment.name, ...found }),
      markdown: () => renderMarkdownDrift(environment.name, found),
      human: () => renderDrift(environment.name, found, { color: host.color.stdout }),
    };
    host.print(texts[given.format]());
    const code = found.drift.length + found.absent.length > 0 ? EXIT.pending : EXIT.done;
    host.tellRunner?.({
      outputs: {
        drifted: String(found.drift.length),
        absent: String(found.absent.length),
        exitcode: String(code),
      },
      summary: texts.markdown(),
    });
    return given.detailedExitcode ? code : EXIT.done;
  });
}

/** What its owner wrote: no rule makes it, and no source has it. No source is asked where nothing could be meant. */
async function findRotated(
  host: Host,
  open: OpenStore,
  { ring, live }: LiveState & { kind: "read" },
  changed: readonly Drift[],
): Promise<ReadonlySet<Drift>> {
  const { isOwnersToChange } = await import("../plan/drift.ts");
  const { readStaticValues } = await import("./session.ts");
  const theirs = changed.filter((each) => isOwnersToChange(ring, open.graph, live, each));
  if (theirs.length === 0) return new Set();
  const names = new Set(theirs.map(({ address }) => address));
  const parameters = [...open.graph.parameters.values()].filter(({ name }) => names.has(name));
  const { values } = await readStaticValues(host, open, open.config.environment.sources, parameters);
  for (const [name, { whenAbsent }] of values) if (whenAbsent !== true) names.delete(name);
  return new Set(theirs.filter(({ address }) => names.has(address)));
}

export const driftCommand = command({
  spec: "drift",
  describe: "Show what others changed of what is ours",
  options,
  run: (host, given) => underRunner(host, given, (telling) => drift(telling, given)),
});
