import type { Environment } from "../config/environment.ts";
import type { DesiredParameter } from "../graph/graph.ts";
import { matchesAny } from "../graph/name-glob.ts";
import { beginningOf, ownerPathOf } from "../graph/owner.ts";
import { isReplica } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import { keysOf } from "./key-use.ts";

/**
 * The keys that open `parameters`: the one that each is put under, and those under which it may lie until an apply has
 * moved it. For what is an owner's these are the other keys that `keys` has for it as that owner's, for replicas the
 * former replication key.
 */
export function openingKeys(
  environment: Environment,
  parameters: readonly DesiredParameter[],
): Map<string, ParameterName[]> {
  const pathOf = ownerPathOf(environment);
  const entries = environment.keys.map(({ path, key }) => ({
    key,
    beginning: beginningOf(path),
    matches: matchesAny([path]),
  }));
  const formerOf = (parameter: DesiredParameter): readonly string[] => {
    const { replicationKey, formerReplicationKey } = environment;
    if (isReplica(parameter)) {
      return formerReplicationKey === undefined || parameter.key !== replicationKey
        ? []
        : [formerReplicationKey];
    }
    const own = pathOf(parameter.name);
    return entries
      .filter(({ beginning, matches }) => beginning === own && matches(parameter.name))
      .map(({ key }) => key);
  };
  const all = parameters.flatMap((parameter) =>
    [...new Set([parameter.key, ...formerOf(parameter)])].map((key) => ({ ...parameter, key })),
  );
  return keysOf(all);
}
