import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { keptRoot } from "../model/own-name.ts";
import { DECRYPT, ENCRYPT, type NamesByKey, type PathsByKey, sealOnlyWith, useKeys } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import type { Statement } from "./policy-document.ts";
import { possibleKeys } from "./possible-keys.ts";

/** Below which an apply may delete: the scopes, but those of which all is protected. */
function deletablePaths({ scopes, protect }: Environment): string[] {
  const isProtected = (path: string) =>
    protect.some((glob) => glob.endsWith("/**") && path.startsWith(glob.slice(0, -2)));
  return scopes.flatMap(({ path }) => (isProtected(path) ? [] : [`${path}*`]));
}

/** Names that are given up without being destroyed: what lies there is put again without its stamp. */
export function forgottenNames({ removals }: DesiredGraph): ParameterName[] {
  return [...removals.values()].flatMap(({ name, destroy }) => (destroy ? [] : [name]));
}

/** The keys under which an apply puts what the config does not declare: what it forgets, and what comes back. */
export function keysOfUndeclared(environment: Environment, graph: DesiredGraph): PathsByKey {
  return possibleKeys(environment, graph, [...deletablePaths(environment), ...forgottenNames(graph)]);
}

/**
 * What it takes to delete, to keep a copy first, and to bring back what was deleted. Without the statements whose names
 * begin with `ReadDeletable` and `OpenDeletable`, an apply opens none of it and deletes with `--purge` alone. `declared`
 * is what is put under no key but its own, each by its name: what comes back may lie in the same folder.
 */
export function departures(
  place: Place,
  environment: Environment,
  graph: DesiredGraph,
  declared: NamesByKey,
): Statement[] {
  const deletable = deletablePaths(environment);
  const arns = (paths: readonly string[]) => paths.map((path) => parameterArn(place, path)).sort();
  const undeclared = keysOfUndeclared(environment, graph);
  return [
    { Sid: "DeleteInScopes", Effect: "Allow", Action: ["ssm:DeleteParameter"], Resource: arns(deletable) },
    ...(deletable.length === 0 ? [] : keepDeleted(place, environment)),
    {
      Sid: "ReadDeletable",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters"],
      Resource: arns(deletable),
    },
    ...useKeys(place, "OpenDeletable", DECRYPT, possibleKeys(environment, graph, deletable)),
    {
      Sid: "WriteUndeclared",
      Effect: "Allow",
      Action: ["ssm:AddTagsToResource", "ssm:PutParameter"],
      Resource: arns([...deletable, ...forgottenNames(graph)]),
    },
    ...useKeys(place, "SealUndeclared", ENCRYPT, undeclared),
    ...(undeclared.size === 0 ? [] : sealOnlyWith(place, "SealDeclaredOnly", declared)),
  ];
}

/** The copies are advanced parameters, and so under data keys of the environment's own key, for these names alone. */
function keepDeleted(place: Place, { name, digestKey }: Environment): Statement[] {
  const path = `${keptRoot(name)}*`;
  return [
    {
      Sid: "KeepDeleted",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:PutParameter"],
      Resource: [parameterArn(place, path)],
    },
    ...useKeys(
      place,
      "OpenKept",
      ["kms:Decrypt", "kms:GenerateDataKey"],
      new Map([[digestKey.kmsKey, [path]]]),
    ),
  ];
}
