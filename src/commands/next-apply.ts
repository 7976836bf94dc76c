import { closestWord } from "../config/closest-word.ts";
import type { SourceKind } from "../config/source-location.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { ConfigError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { counted, listed } from "../render/wording.ts";
import { readSupplied } from "../values/sources.ts";
import type { Host } from "./host.ts";
import type { OpenStore } from "./session.ts";

/** Sources that are read without a call, a program or standard input. */
const AT_HAND: readonly SourceKind[] = ["file", "dotenv", "phalanx", "environment"];

/** What the next apply makes of a value that a person puts for `name`, where a source has one too: a line, or nothing. */
export async function supplierWarning(
  host: Host,
  { config, graph, connection, store, cwd }: OpenStore,
  name: ParameterName,
): Promise<string> {
  const { sources } = config.environment;
  const rule = graph.parameters.get(name)?.rule;
  const structure = rule?.kind === "static" ? rule.structure : undefined;
  const found = await readSupplied({
    sources: sources.filter(({ kind }) => AT_HAND.includes(kind)),
    names: [name],
    structures: new Map(structure === undefined ? [] : [[name, structure]]),
    environmentVariables: host.environmentVariables,
    cwd,
    stdin: host.stdin,
    connection,
    store,
  }).then(
    ({ values }) => values.get(name),
    (error: unknown) => {
      // A source that is not in order is the next plan's to tell.
      if (error instanceof ConfigError) return undefined;
      throw error;
    },
  );
  if (found !== undefined && found.whenAbsent !== true) {
    return `warning: ${found.from} has a value for it, which wins at the next apply: change it there\n`;
  }
  const others = new Set(
    sources.map(({ kind }) => kind).filter((kind) => kind !== "prompt" && !AT_HAND.includes(kind)),
  );
  if (others.size === 0) return "";
  return `warning: where a source of the environment (${listed([...others])}) has a value for it too, that wins at the next apply\n`;
}

/** All that follows from `name`, directly or through others, in the plan's words: a line, or nothing. */
export function followersText(graph: DesiredGraph, name: ParameterName): string {
  const all = new Set<ParameterName>([name]);
  for (const each of all) for (const follower of graph.followers.get(each) ?? []) all.add(follower);
  const rules = [...all].slice(1).map((each) => graph.parameters.get(each)?.rule.kind);
  const kinds = [
    ["copy", "copy", "copies"],
    ["merge", "merge", "merges"],
    ["generate", "derived value", "derived values"],
  ] as const;
  const words = kinds.flatMap(([rule, one, many]) => {
    const count = rules.filter((each) => each === rule).length;
    return count === 0 ? [] : [counted(count, one, many)];
  });
  if (words.length === 0) return "";
  return `${listed(words)} ${rules.length === 1 ? "follows" : "follow"} it with the next apply.\n`;
}

/** The one of `names` that `name` was most likely meant to be, as a question before the rest of a hint. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const closest = closestWord(name, [...names]);
  return closest === undefined ? "" : `did you mean ${closest}? `;
}
