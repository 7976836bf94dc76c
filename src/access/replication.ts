import type { Environment } from "../config/environment.ts";
import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import { ownerOf } from "../graph/owner.ts";
import { isReplica } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import { grouped } from "./grouped.ts";

/** What follows one owner's sources by itself. */
export interface Replication {
  readonly owner: string;
  /** The owner's parameters that a copy or merge follows. */
  readonly sources: readonly ParameterName[];
  /** The copies and merges that follow them, directly or not, in topological order. */
  readonly destinations: readonly DesiredParameter[];
}

/**
 * One replication for each owner of a source. A merge of two owners' values is in both: whoever of them changes
 * first, it has to be written.
 */
export function replicationsOf(environment: Environment, graph: DesiredGraph): Replication[] {
  const owner = ownerOf(environment);
  const sources = [...graph.parameters.values()].filter(
    (parameter) => !isReplica(parameter) && replicasOf(graph, parameter.name).length > 0,
  );
  const byOwner = grouped(sources, ({ name }) => owner(name));
  return [...byOwner]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, owned]) => {
      const reached = new Set(owned.flatMap((source) => replicasOf(graph, source.name)));
      for (const replica of reached) for (const next of replicasOf(graph, replica)) reached.add(next);
      return {
        owner: name,
        sources: owned.map((source) => source.name).sort(),
        destinations: [...graph.parameters.values()].filter((parameter) => reached.has(parameter.name)),
      };
    });
}

function replicasOf({ parameters, followers }: DesiredGraph, name: ParameterName): ParameterName[] {
  return (followers.get(name) ?? []).filter((follower) => {
    const parameter = parameters.get(follower);
    return parameter !== undefined && isReplica(parameter);
  });
}
