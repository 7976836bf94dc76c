import type { Scope } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { OWN_ROOT, type ParameterName } from "../model/name.ts";
import type { LiveParameter } from "../store/store.ts";
import type { Keyring } from "./keyring.ts";
import type { Diagnostic } from "./plan.ts";
import { type Standing, standingOf } from "./standing.ts";

/** A live parameter in scope that the config does not declare. */
export interface Undeclared {
  readonly name: ParameterName;
  readonly standing: Exclude<Standing, { kind: "absent" }>;
}

/** Sorted by name; paraform's own parameters and ignored ones are left out. */
export function findUndeclared(
  ring: Keyring,
  owner: string,
  graph: DesiredGraph,
  live: ReadonlyMap<ParameterName, LiveParameter>,
  scopes: readonly Scope[],
  ignores: (name: ParameterName) => boolean,
): readonly Undeclared[] {
  const undeclared: Undeclared[] = [];
  for (const [name, parameter] of live) {
    if (graph.parameters.has(name) || name.startsWith(OWN_ROOT) || ignores(name)) continue;
    if (!scopes.some((scope) => name.startsWith(scope.path))) continue;
    const standing = standingOf(ring, owner, name, parameter);
    if (standing.kind !== "absent") undeclared.push({ name, standing });
  }
  return undeclared.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Those that are ours, by our stamp or by an exclusive scope: another owner's, and one that does not verify, is nobody's. */
export function orphansOf(
  undeclared: readonly Undeclared[],
  scopes: readonly Scope[],
): readonly Undeclared[] {
  const isClaimed = (name: ParameterName) =>
    scopes.some((scope) => scope.exclusive && name.startsWith(scope.path));
  return undeclared.filter(({ name, standing }) =>
    standing.kind === "stamped" ? standing.ours : standing.kind === "unstamped" && isClaimed(name),
  );
}

/** A note for each other owner whose copies or merges lie in our scopes without being listed here: never ours to sweep. */
export function unlistedShares(undeclared: readonly Undeclared[]): readonly Diagnostic[] {
  const shares = new Map<string, ParameterName[]>();
  for (const { name, standing } of undeclared) {
    if (standing.kind !== "stamped" || standing.ours) continue;
    const { kind, owner } = standing.stamp;
    if (kind !== "copy" && kind !== "merge") continue;
    const known = shares.get(owner);
    if (known === undefined) shares.set(owner, [name]);
    else known.push(name);
  }
  return [...shares]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([owner, names]) => {
      const [address] = names;
      if (address === undefined) return [];
      const others = names.length > 1 ? ` and ${names.length - 1} more` : "";
      const summary = `${address}${others}, shared by ${owner}, not listed here and left alone`;
      return [{ severity: "note", code: "unlisted_share", summary, address }];
    });
}
