import type { Environment } from "../config/environment.ts";
import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { lockName } from "../model/own-name.ts";
import { departures, forgottenNames, keysOfUndeclared } from "./departures.ts";
import { inputParameters, openInputs } from "./inputs.ts";
import { DECRYPT, declaredIn, ENCRYPT, foldersByKey, keysOf, useKeys, useNoOtherKey } from "./key-use.ts";
import { openingKeys } from "./opening-keys.ts";
import { type Place, parameterArn } from "./place.ts";
import { readDigestKey, readHistory, readMetadata } from "./planner.ts";
import type { Statement } from "./policy-document.ts";
import { possibleKeys } from "./possible-keys.ts";
import type { Principal } from "./principal.ts";
import { openSuppliers } from "./suppliers.ts";

/**
 * Plans, writes what is declared, and deletes in the scopes. It opens what something follows from, what it puts again
 * as it is, and what it may delete, of which it keeps a copy.
 */
export function applier(place: Place, environment: Environment, graph: DesiredGraph): Principal {
  const declared = declaredIn(graph);
  const path = pathInScopes(environment);
  const sealed = foldersByKey(declared, graph);
  return {
    kind: "applier",
    name: "",
    statements: [
      readMetadata(),
      readHistory(place, environment, graph),
      ...readDigestKey(place, environment),
      holdLock(place, environment),
      ...openInputs(place, graph, declared, (inputs) => openingKeys(environment, inputs)),
      ...openSuppliers(place, environment, graph),
      ...openRewritten(place, environment, graph, declared),
      {
        Sid: "WriteDeclared",
        Effect: "Allow",
        Action: ["ssm:AddTagsToResource", "ssm:PutParameter"],
        Resource: [...new Set(declared.map(({ name }) => path(name)))]
          .sort()
          .map((each) => parameterArn(place, each)),
      },
      ...useKeys(place, "SealDeclared", ENCRYPT, sealed),
      ...departures(place, environment, graph, keysOf(declared)),
      ...useNoOtherKey(place, [
        ...sealed.keys(),
        ...keysOfUndeclared(environment, graph).keys(),
        environment.digestKey.kmsKey,
      ]),
    ],
  };
}

/**
 * Opens what an apply puts again as it is, because nothing else has the value: static and generated parameters under
 * new attributes, at an earlier version, or under a new name, and what it forgets.
 */
function openRewritten(
  place: Place,
  environment: Environment,
  graph: DesiredGraph,
  declared: readonly DesiredParameter[],
): Statement[] {
  const inputs = new Set(inputParameters(graph, declared).map(({ name }) => name));
  const kept = declared.filter(
    ({ name, rule }) => (rule.kind === "static" || rule.kind === "generate") && !inputs.has(name),
  );
  const former = declared.flatMap(({ formerly = [] }) => formerly.map(({ name }) => name));
  const leaving: ParameterName[] = [...former, ...forgottenNames(graph)];
  const keys = new Map<string, readonly string[]>(openingKeys(environment, kept));
  for (const [key, names] of possibleKeys(environment, graph, leaving)) {
    keys.set(key, [...(keys.get(key) ?? []), ...names]);
  }
  return [
    {
      Sid: "ReadRewritten",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters"],
      Resource: [...kept.map(({ name }) => name), ...leaving].sort().map((name) => parameterArn(place, name)),
    },
    ...useKeys(place, "OpenRewritten", DECRYPT, keys),
  ];
}

/** The lock is read and written like any String; its history is told by version. */
export function holdLock(place: Place, { name }: Environment): Statement {
  return {
    Sid: "HoldLock",
    Effect: "Allow",
    Action: ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:PutParameter"],
    Resource: [parameterArn(place, lockName(name))],
  };
}

/** A whole scope for what lies in one, since all of it is paraform's to write; else the name itself. */
function pathInScopes({ scopes }: Environment): (name: string) => string {
  return (name) => {
    const scope = scopes.find(({ path }) => name.startsWith(path));
    return scope === undefined ? name : `${scope.path}*`;
  };
}
