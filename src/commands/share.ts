import { readFile, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Argv } from "yargs";
import type { Sharing } from "../graph/sharing.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { describeOne } from "../store/describe-one.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { placeGiven, storeOptions } from "./options.ts";
import { parameterNamed } from "./parameter-argument.ts";
import type { OpenStore } from "./session.ts";

function options(yargs: Argv) {
  return storeOptions(yargs)
    .positional("source", { type: "string", demandOption: true, describe: "The parameter to share" })
    .positional("destination", { type: "string", demandOption: true, describe: "Where its copy shall be" })
    .option("config", { type: "string", requiresArg: true, describe: "The file that shall say it" })
    .option("auto-approve", { type: "boolean", default: false, describe: "Do not ask" });
}

type ShareOptions = OptionsOf<typeof options>;

/** Declares one copy more: edits the config that is to say it, and shows the edit first. It writes no parameter. */
async function share(host: Host, given: ShareOptions): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { planSharing } = await import("../graph/sharing.ts");
  const { showPath } = await import("../config/json-file.ts");
  const { publishConfigs } = await import("./public-texts.ts");
  const { commandText } = await import("../render/command-text.ts");
  const { renderFileDiff } = await import("../render/file-diff.ts");
  const source = parameterNamed(given.source);
  const destination = parameterNamed(given.destination);
  return withStore(host, given, async (open) => {
    const { config, graph, cwd } = open;
    const location = { configs: resolve(cwd, given.configs), environment: given.env, cwd };
    const file = given.config === undefined ? undefined : resolve(cwd, given.config);
    await checkSource(open, source);
    const sharing = planSharing(location, { config, graph }, { source, destination, file });
    publishConfigs(sharing.compiled);
    await checkLive(open, sharing, source, destination);
    const shown = showPath(sharing.path, cwd);
    host.print(renderFileDiff(shown, sharing.before, sharing.after, { color: host.color.stdout }));
    if (!given.autoApprove) {
      if (!host.interactive) {
        throw new UserError("share cannot ask without a terminal, and wrote nothing", {
          hint: "if the edit above is right, add --auto-approve",
        });
      }
      const { askLine } = await import("./ask-line.ts");
      const question = `\nWrite this to ${shown}? Only 'yes' will be accepted.\n\n  Enter a value: `;
      if ((await askLine(host, question)) !== "yes") {
        host.say("Share cancelled.\n");
        return EXIT.error;
      }
    }
    await write(host, sharing, shown);
    const next = commandText(["plan"], { env: given.env, ...placeGiven(given) });
    host.print(`\nWrote ${shown}. See what it changes with:\n    ${next}\n`);
    return EXIT.done;
  });
}

/** @throws UserError for a source that is nowhere: which file would share it is no question then */
async function checkSource({ graph, store }: OpenStore, source: ParameterName): Promise<void> {
  const rule = graph.parameters.get(source)?.rule;
  if (rule !== undefined && rule.kind !== "exists") return;
  if ((await describeOne(store, source)) !== undefined) return;
  const { didYouMean } = await import("./next-apply.ts");
  const others = [...graph.parameters.keys()].filter((name) => name !== source);
  throw new UserError(`${source} is neither declared nor there`, {
    hint: `${didYouMean(source, others)}declare it, or let its owner put it first`,
  });
}

/** @throws UserError for a destination that is somebody else's */
async function checkLive(
  { store }: Pick<OpenStore, "store">,
  { compiled: { config, graph } }: Sharing,
  source: ParameterName,
  destination: ParameterName,
): Promise<void> {
  const { readLiveState } = await import("../plan/live-state.ts");
  const { standingOf } = await import("../plan/standing.ts");
  const { isFiggyReplica } = await import("../plan/figgy-replica.ts");
  const { environment } = config;
  const state = await readLiveState(store, environment, graph);
  if (state.kind === "unread") throw state.failure;
  const standing = standingOf(state.ring, environment.owner, destination, state.live.get(destination));
  if (standing.kind === "absent" || (standing.kind === "stamped" && standing.ours)) return;
  if (standing.kind === "unstamped" && isFiggyReplica(standing.text, { kind: "copy", source })) return;
  throw new UserError(`${destination} exists already and is not this configuration's`, {
    hint: "choose another destination; what shall be taken over is named under adopt in a config",
  });
}

/** Whole or not at all, with the file's own mode, and not over what somebody wrote meanwhile. @throws UserError */
async function write(host: Host, { path, before, after }: Sharing, shown: string): Promise<void> {
  const file = await realpath(path);
  if ((await readFile(file, "utf8")) !== before) {
    throw new UserError(`${shown} was changed meanwhile, and is left as it is`, { hint: "share again" });
  }
  await host.save(file, after, (await stat(file)).mode & 0o777);
}

export const shareCommand = command({
  spec: "share <source> <destination>",
  describe: "Declare one copy more: edit the config, after showing the edit",
  options,
  run: share,
});
