import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { Replication } from "../replicate/replicate.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host, StopSignal } from "./host.ts";
import { storeOptions, wholeNumber } from "./options.ts";

function options(yargs: Argv) {
  return storeOptions(yargs)
    .option("watch", { type: "boolean", default: false, describe: "Again and again, until told to stop" })
    .option("once", { type: "boolean", default: false, describe: "Once" })
    .option("interval", {
      type: "string",
      default: "15",
      requiresArg: true,
      describe: "Seconds between two looks at the metadata",
    });
}

/** How soon a signal is noticed between two looks, in milliseconds. */
const STEP = 200;

/** Replicates what follows from changed sources, told of them by metadata alone: for those who want no Lambda. */
async function replicateEnvironment(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const interval = wholeNumber("interval", given.interval, [1, 86_400]) * 1000;
  if (given.watch === given.once)
    throw new UserError("replicate takes one of --once and --watch", {
      hint: "--watch runs until it is stopped",
    });
  const { withStore } = await import("./session.ts");
  const { replicasIn } = await import("../graph/replicas.ts");
  const { replicate } = await import("../replicate/replicate.ts");
  const { sourcesIn } = await import("../replicate/work.ts");
  const { renderReplication } = await import("../render/human-replication.ts");
  let signal: StopSignal | null = null;
  void host.untilStopped().then((asked) => {
    signal = asked;
  });
  const stopped = () => signal;
  return withStore(host, given, async (session) => {
    const look = async (): Promise<Replication> => {
      const around = { holder: host.holder, monotonic: () => host.monotonic(), stopped };
      const replicated = { ...session, replicas: replicasIn(session.graph) };
      const result = await replicate(replicated, sourcesIn(replicated), { ...around, sleep: host.sleep });
      host.print(renderReplication(result));
      return result;
    };
    if (given.once) {
      const stop = stopCode(stopped());
      if (stop !== undefined) return stop;
      const result = await look();
      if (renderReplication(result) === "")
        host.say("Nothing to replicate: every copy and merge that is here is as its sources.\n");
      return exitCodeOf(result);
    }
    host.say(`Replicating ${session.config.environment.name} every ${interval / 1000} s.\n`);
    while (stopped() === null) {
      try {
        await look();
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        host.say(`${error.message}\n`);
      }
      for (let rested = 0; rested < interval && stopped() === null; rested += STEP) await host.sleep(STEP);
    }
    return EXIT.done;
  });
}

function stopCode(signal: StopSignal | null): ExitCode | undefined {
  return signal === null ? undefined : EXIT[signal];
}

/** A group that is not quiet yet is no failure; what is left to a reviewed plan is refused, as apply refuses it. */
function exitCodeOf({ again, outcomes, withheld }: Replication): ExitCode {
  const reasons = new Set([...again.values()].map(({ why }) => why));
  if (reasons.has("locked")) return EXIT.locked;
  if (reasons.has("stale")) return EXIT.stale;
  if (!reasons.has("failed")) return withheld.size > 0 ? EXIT.refused : EXIT.done;
  return outcomes.some(({ outcome }) => outcome.kind === "applied") ? EXIT.partial : EXIT.error;
}

export const replicateCommand = command({
  spec: "replicate",
  describe: "Bring copies and merges up with their sources, once or continuously",
  options,
  run: replicateEnvironment,
});
