import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { beginningOf } from "../graph/owner.ts";
import type { PathsByKey } from "./key-use.ts";

/**
 * The keys under which something may lie that the config does not declare, or declares no more, with the `paths` of
 * each: names, or prefixes that end in `*`. An entry of `keys` has those that it begins, or is begun by; every other
 * key, as the one for copies and merges, has all of them.
 */
export function possibleKeys(
  { keys, replicationKey, formerReplicationKey }: Environment,
  { parameters }: DesiredGraph,
  paths: readonly string[],
): PathsByKey {
  const possible = new Map<string, Set<string>>();
  const add = (key: string, path: string) => {
    const known = possible.get(key);
    if (known === undefined) possible.set(key, new Set([path]));
    else known.add(path);
  };
  const byPath = new Set(keys.map(({ key }) => key));
  const named = [...parameters.values()].flatMap(({ rule, key }) => (rule.kind === "exists" ? [] : [key]));
  const elsewhere = new Set([
    ...(replicationKey === undefined ? [] : [replicationKey]),
    ...(formerReplicationKey === undefined ? [] : [formerReplicationKey]),
    ...named.filter((key) => !byPath.has(key)),
  ]);
  for (const path of paths) {
    for (const { path: glob, key } of keys) {
      const shared = sharedPath(path, `${beginningOf(glob)}*`);
      if (shared !== undefined) add(key, shared);
    }
    for (const key of elsewhere) add(key, path);
  }
  return new Map([...possible].map(([key, own]) => [key, [...own].sort()]));
}

/** The narrower of two paths where one lies below the other. */
function sharedPath(one: string, other: string): string | undefined {
  if (isBelow(one, other)) return one;
  return isBelow(other, one) ? other : undefined;
}

function isBelow(path: string, above: string): boolean {
  return above.endsWith("*") ? path.startsWith(above.slice(0, -1)) : path === above;
}
