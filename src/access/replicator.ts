import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { holdLock } from "./applier.ts";
import { openInputs } from "./inputs.ts";
import { ENCRYPT, keysOf, patternsByKey, useKeys, useNoOtherKey } from "./key-use.ts";
import { openingKeys } from "./opening-keys.ts";
import { type Place, parameterArn } from "./place.ts";
import { readDigestKey, readMetadata } from "./planner.ts";
import type { Principal } from "./principal.ts";
import type { Replication } from "./replication.ts";

/**
 * Replicates what is made of the same owners' values: it opens what its destinations follow from and writes these, each
 * by its name, so that no bundle, however edited, leads another owner's source to them.
 */
export function replicator(
  place: Place,
  environment: Environment,
  graph: DesiredGraph,
  { name, destinations }: Replication,
): Principal {
  return {
    kind: "replicator",
    name,
    statements: [
      readMetadata(),
      ...readDigestKey(place, environment),
      holdLock(place, environment),
      ...openInputs(place, graph, destinations, (inputs) =>
        patternsByKey(openingKeys(environment, inputs), graph),
      ),
      {
        Sid: "WriteDestinations",
        Effect: "Allow",
        Action: ["ssm:AddTagsToResource", "ssm:GetParameterHistory", "ssm:PutParameter"],
        Resource: destinations.map(({ name }) => parameterArn(place, name)).sort(),
      },
      ...useKeys(place, "SealDestinations", ENCRYPT, patternsByKey(keysOf(destinations), graph)),
      ...useNoOtherKey(place, keysOf(destinations).keys()),
    ],
  };
}
