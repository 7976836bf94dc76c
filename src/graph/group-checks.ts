import type { Config, Group } from "../config/config.ts";
import { errorAt, type Origin, showPlace } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { GraphNode } from "./node.ts";
import { followersOf } from "./topology.ts";

/** As much of a node as tells what follows from what. */
export type FollowingNode = Pick<GraphNode, "name" | "rule" | "inputs">;
type Nodes = ReadonlyMap<ParameterName, FollowingNode>;
type Followers = ReadonlyMap<ParameterName, readonly ParameterName[]>;

/** A member is a source, and of one group: else nobody could tell how long what follows from it has to wait. */
export function checkGroups({ groups }: Pick<Config, "groups">, nodes: Nodes): Problem[] {
  const followers = followersOf(
    new Map([...nodes].filter(([, { rule }]) => rule.kind === "copy" || rule.kind === "merge")),
  );
  const firsts = new Map<ParameterName, Origin>();
  const problems = groups.flatMap(({ members }) =>
    members.flatMap(({ name, origin }) => {
      const first = firsts.get(name);
      firsts.set(name, first ?? origin);
      if (first !== undefined) {
        const hint = `a name is in one group; the first is at ${showPlace(first)}`;
        return [errorAt(origin, `${name} is grouped twice`, hint)];
      }
      if (followers.has(name)) return [];
      const hint = "name the source of a copy or an input of a merge";
      return [errorAt(origin, `${name} is in a group and nothing is replicated from it`, hint)];
    }),
  );
  return problems.length > 0 ? problems : sharedFollowers(groups, followers);
}

/**
 * What follows from two groups would be written with the one or the other, and tear them. A group ends where a member of
 * another begins: what follows from that one is the other's alone.
 */
function sharedFollowers(groups: readonly Group[], followers: Followers): Problem[] {
  const members = new Set(groups.flatMap((group) => group.members.map(({ name }) => name)));
  const between = new Map([...followers].filter(([name]) => !members.has(name)));
  const firsts = new Map<ParameterName, Group>();
  return groups.flatMap((group) => {
    const begun = group.members.flatMap(({ name }) => followers.get(name) ?? []);
    const own = new Set([...begun, ...reachable(begun, between)]);
    const shared = [...own].find((name) => (firsts.get(name) ?? group) !== group);
    for (const name of own) if (!firsts.has(name)) firsts.set(name, group);
    const [at] = group.members;
    const [other] = shared === undefined ? [] : (firsts.get(shared)?.members ?? []);
    if (at === undefined || other === undefined) return [];
    const hint = `make one group of both; the other is at ${showPlace(other.origin)}`;
    return [
      errorAt(
        at.origin,
        `${shared} follows from two groups, that of ${at.name} and that of ${other.name}`,
        hint,
      ),
    ];
  });
}

/** All that is reached from `starts` by one step or more. */
function reachable(starts: readonly ParameterName[], followers: Followers): ReadonlySet<ParameterName> {
  const found = new Set<ParameterName>();
  const open = [...starts];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const each of followers.get(name) ?? []) {
      if (found.has(each)) continue;
      found.add(each);
      open.push(each);
    }
  }
  return found;
}
