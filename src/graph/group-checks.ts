import type { Config } from "../config/config.ts";
import { errorAt, type Origin, showPlace } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { GraphNode } from "./node.ts";

type Nodes = ReadonlyMap<ParameterName, GraphNode>;

/** A member is a source, and of one group: else nobody could tell how long what follows from it has to wait. */
export function checkGroups({ groups }: Pick<Config, "groups">, nodes: Nodes): Problem[] {
  const replicated = replicatedIn(nodes);
  const firsts = new Map<ParameterName, Origin>();
  return groups.flatMap(({ members }) =>
    members.flatMap(({ name, origin }) => {
      const first = firsts.get(name);
      firsts.set(name, first ?? origin);
      if (first !== undefined) {
        const hint = `a name is in one group; the first is at ${showPlace(first)}`;
        return [errorAt(origin, `${name} is grouped twice`, hint)];
      }
      if (replicated.has(name)) return [];
      const hint = "name the source of a copy or an input of a merge";
      return [errorAt(origin, `${name} is in a group and nothing is replicated from it`, hint)];
    }),
  );
}

/** The inputs of copies and merges. */
function replicatedIn(nodes: Nodes): ReadonlySet<ParameterName> {
  const replicas = [...nodes.values()].filter(({ rule }) => rule.kind === "copy" || rule.kind === "merge");
  return new Set(replicas.flatMap(({ inputs }) => inputs));
}
