import type { Reader } from "../graph/reader.ts";
import type { ParameterName } from "../model/name.ts";
import { changesValue, type Decision } from "./decision.ts";
import type { Lineage, Secrets } from "./lineage.ts";
import type { Plan } from "./plan.ts";

/**
 * Who reads what a plan changes: for each reader the names below its path whose values come, change or go, and the
 * secrets that it could not read before and can read then, with the names that it reads them by. Only a secret that is
 * there before the plan can be gained: what the plan makes itself nobody could read before. `all` are also decisions that
 * `--exclude` and `--target` leave out, for a copy may follow from them.
 */
export function readersOf(
  lineage: Lineage,
  readerOf: (name: ParameterName) => Reader,
  all: ReadonlyMap<ParameterName, Decision>,
  deleted: readonly ParameterName[],
): Plan["readers"] {
  const readable = new Map<string, Set<ParameterName>>();
  for (const [name, secrets] of lineage.live) {
    const { path } = readerOf(name);
    const known = readable.get(path) ?? new Set();
    for (const secret of secrets) known.add(secret);
    readable.set(path, known);
  }
  const entries = new Map<string, Entry>();
  const entryOf = (name: ParameterName): Entry => {
    const reader = readerOf(name);
    const entry = entries.get(reader.path) ?? { reader, changes: new Set(), gains: new Map() };
    entries.set(reader.path, entry);
    return entry;
  };
  for (const name of deleted) entryOf(name).changes.add(name);
  for (const decision of all.values()) {
    const { parameter, verdict, hidden, moving } = decision;
    const { name } = parameter;
    if (hidden || verdict.kind !== "change") continue;
    if (moving !== undefined) entryOf(moving.from.name).changes.add(moving.from.name);
    if (verdict.action !== "update" || changesValue(decision)) entryOf(name).changes.add(name);
    const known: Secrets = readable.get(readerOf(name).path) ?? new Set();
    for (const secret of lineage.planned.get(name) ?? []) {
      if (known.has(secret) || !lineage.isLive(secret)) continue;
      const { gains } = entryOf(name);
      gains.set(secret, [...(gains.get(secret) ?? []), name]);
    }
  }
  return [...entries.values()]
    .sort((one, other) => inOrder(one.reader.path, other.reader.path))
    .map(({ reader, changes, gains }) => ({
      reader: reader.path,
      kind: reader.kind,
      changes: [...changes].sort(),
      gains: [...gains]
        .sort(([one], [other]) => inOrder(one, other))
        .map(([secret, by]) => ({ secret, by: by.sort() })),
    }));
}

/** The changes by which somebody gains a secret: the guard `broaden` counts these. */
export function broadeningNames(readers: Plan["readers"]): ReadonlySet<string> {
  return new Set(readers.flatMap(({ gains }) => gains.flatMap(({ by }) => by)));
}

interface Entry {
  readonly reader: Reader;
  readonly changes: Set<ParameterName>;
  readonly gains: Map<ParameterName, ParameterName[]>;
}

function inOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
