import type { Argv } from "yargs";
import { ConfigError, EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { Parity, Side } from "../plan/parity.ts";
import type { Reading } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { outputOptions, placeOptions } from "./options.ts";
import type { OpenStore } from "./session.ts";

function options(yargs: Argv) {
  return outputOptions(placeOptions(yargs))
    .positional("first", { type: "string", demandOption: true, describe: "An environment" })
    .positional("second", {
      type: "string",
      demandOption: true,
      describe: "The environment that is held against it",
    })
    .option("detailed-exitcode", {
      type: "boolean",
      default: false,
      describe: "2 where something is missing, extra or different",
    });
}

/** Compares two environments name by name: what one lacks, and what differs. Values are compared, never shown. */
async function compare(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { renderComparison } = await import("../render/human-compare.ts");
  const { renderJson } = await import("../render/json.ts");
  if (given.first === given.second) {
    throw new UserError("an environment is the same as itself", { hint: "name two of them" });
  }
  const names = [given.first, given.second] as const;
  await compileBoth(host, given, names);
  const parities = await withStore(host, { ...given, env: given.first }, (first) =>
    withStore(host, { ...given, env: given.second }, (second) => paritiesOf(first, second)),
  );
  const document = { format_version: "1.0", environments: names, parameters: parities };
  const rendering = { color: host.color.stdout, verbose: given.verbose };
  host.print(given.format === "json" ? renderJson(document) : renderComparison(names, parities, rendering));
  const differs = parities.some(({ status }) => ["missing", "extra", "different"].includes(status));
  return given.detailedExitcode && differs ? EXIT.pending : EXIT.done;
}

/**
 * Finds the problems of both before either is asked for anything; what only one of them has in a file that is not its
 * own says whose it is. @throws ConfigError
 */
async function compileBoth(
  host: Host,
  given: OptionsOf<typeof options>,
  environments: readonly [string, string],
): Promise<void> {
  const { compileEnvironment } = await import("./session.ts");
  const found = environments.map((env) => {
    try {
      compileEnvironment(host, { ...given, env });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems;
    }
  });
  const problems = new Map<string, Problem>();
  for (const [index, env] of environments.entries()) {
    const others = new Set(found[1 - index]?.map((problem) => JSON.stringify(problem)));
    for (const problem of found[index] ?? []) {
      const { file, summary } = problem;
      const key = JSON.stringify(problem);
      const isTold = others.has(key) || file.split("/").at(-2) === env;
      problems.set(
        `${isTold ? "" : env}${key}`,
        isTold ? problem : { ...problem, summary: `${summary} (in ${env})` },
      );
    }
  }
  if (problems.size > 0) throw new ConfigError([...problems.values()]);
}

async function paritiesOf(one: OpenStore, other: OpenStore): Promise<readonly Parity[]> {
  const { isLiveInBoth, pairUp, parityOf } = await import("../plan/parity.ts");
  const [first, second] = await Promise.all([sideOf(one), sideOf(other)]);
  const pairs = pairUp(first, second);
  const both = pairs.filter((pair) => isLiveInBoth(first, second, pair));
  const [mine, theirs] = await Promise.all([
    readValues(
      one,
      both.flatMap((pair) => pair.first ?? []),
    ),
    readValues(
      other,
      both.flatMap((pair) => pair.second ?? []),
    ),
  ]);
  return pairs.map((pair) =>
    parityOf(first, second, pair, [
      pair.first === null ? undefined : mine.get(pair.first),
      pair.second === null ? undefined : theirs.get(pair.second),
    ]),
  );
}

/** The digest key is read with the metadata: it proves the account and region that the config names. */
async function sideOf({ config, graph, store }: OpenStore): Promise<Side> {
  const { readLiveState } = await import("../plan/live-state.ts");
  const state = await readLiveState(store, config.environment, graph);
  if (state.kind === "unread") throw state.failure.in(config.environment.name);
  return { environment: config.environment, graph, live: state.live };
}

async function readValues(
  { config, store }: OpenStore,
  names: readonly ParameterName[],
): Promise<ReadonlyMap<ParameterName, Reading>> {
  const readings = await store.read(names.map((name) => ({ name }))).catch((error: unknown) => {
    throw error instanceof StoreError ? error.in(config.environment.name) : error;
  });
  return new Map(
    names.flatMap((name, index) => {
      const reading = readings[index];
      return reading === undefined ? [] : [[name, reading] as const];
    }),
  );
}

export const compareCommand = command({
  spec: "compare <first> <second>",
  describe: "Compare two environments name by name, showing no value",
  options,
  run: compare,
});
