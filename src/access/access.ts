import type { Config } from "../config/config.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { ownersOf } from "../graph/owner.ts";
import { servicesAmong } from "../graph/reader.ts";
import { applier } from "./applier.ts";
import { initializer } from "./initializer.ts";
import { ownerPrincipal } from "./owner-principal.ts";
import type { Place } from "./place.ts";
import { planner } from "./planner.ts";
import type { Principal } from "./principal.ts";
import { replicationsOf } from "./replication.ts";
import { replicator } from "./replicator.ts";
import { service } from "./service.ts";

/** Everybody who has to do with an environment, with the least that their work takes: computed, not written. */
export function principalsOf({ environment }: Config, graph: DesiredGraph, place: Place): Principal[] {
  return [
    planner(place, environment, graph),
    applier(place, environment, graph),
    initializer(place, environment),
    ...replicationsOf(environment, graph).map((each) => replicator(place, environment, graph, each)),
    ...ownersOf(environment).map((owner) => ownerPrincipal(place, graph, owner)),
    ...servicesAmong(environment, graph.parameters.keys()).map((name) =>
      service(place, environment, graph, name),
    ),
  ];
}

/** The KMS keys that an environment's config names, each once, but those that AWS manages. */
export function keysNamed({ environment }: Config, graph: DesiredGraph): string[] {
  const { keys, replicationKey, formerReplicationKey, digestKey } = environment;
  const own = [...graph.parameters.values()].flatMap(({ rule, key }) =>
    rule.kind === "exists" ? [] : [key],
  );
  const all = [
    ...keys.map(({ key }) => key),
    ...(replicationKey === undefined ? [] : [replicationKey]),
    ...(formerReplicationKey === undefined ? [] : [formerReplicationKey]),
    digestKey.kmsKey,
    ...own,
  ];
  return [...new Set(all)].filter((key) => !key.startsWith("alias/aws/"));
}
