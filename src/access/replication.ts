import type { Environment } from "../config/environment.ts";
import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import { JOINT, ownerOf } from "../graph/owner.ts";
import { isReplica } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import { grouped } from "./grouped.ts";

/** What follows the values of the same owners by itself: of one, or of several together. */
export interface Replication {
  /** The owner's name, or the owners' joined by `-and-`; no other replication of the environment has it. */
  readonly name: string;
  /** In the order of the alphabet. */
  readonly owners: readonly string[];
  /** What the destinations follow from directly, and are not themselves: a change of one of these begins it. */
  readonly sources: readonly ParameterName[];
  /** The copies and merges that follow from values of all these owners and of nobody else, in topological order. */
  readonly destinations: readonly DesiredParameter[];
}

/**
 * Each copy and merge is in one replication, by the owners of the values that it is made of in the end. So whoever may
 * open one owner's sources writes nothing that is not made of that owner's values: a merge of two owners' is in a
 * replication of both, which begins when what it follows from is written.
 */
export function replicationsOf(environment: Environment, graph: DesiredGraph): Replication[] {
  const owners = ownersOfReplicas(environment, graph);
  const replicas = [...graph.parameters.values()].filter(({ name }) => (owners.get(name)?.length ?? 0) > 0);
  const groups = [...grouped(replicas, ({ name }) => JSON.stringify(owners.get(name)))].map(
    ([, destinations]) => destinations,
  );
  const replications = groups.map((destinations) => {
    const own = new Set(destinations.map(({ name }) => name));
    const inputs = new Set(destinations.flatMap(({ rule }) => inputsOf(rule)));
    const together = owners.get(destinations[0]?.name ?? "") ?? [];
    return {
      name: together.join(JOINT),
      owners: together,
      sources: [...inputs].filter((input) => !own.has(input)).sort(),
      destinations,
    };
  });
  return replications.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of each replica the owners of what it is made of, sorted; of a merge of literals nobody. */
function ownersOfReplicas(
  environment: Environment,
  { parameters }: DesiredGraph,
): ReadonlyMap<string, readonly string[]> {
  const owner = ownerOf(environment);
  const owners = new Map<string, readonly string[]>();
  for (const parameter of parameters.values()) {
    if (!isReplica(parameter)) continue;
    const all = inputsOf(parameter.rule).flatMap((input) => owners.get(input) ?? [owner(input)]);
    owners.set(parameter.name, [...new Set(all)].sort());
  }
  return owners;
}
