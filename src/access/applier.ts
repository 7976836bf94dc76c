import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { lockName } from "../model/own-name.ts";
import { foldersOf } from "./folder.ts";
import { openInputs } from "./inputs.ts";
import { ENCRYPT, keysOf, useKeys, useNoOtherKey } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import { readDigestKey, readMetadata } from "./planner.ts";
import type { Statement } from "./policy-document.ts";
import type { Principal } from "./principal.ts";

/**
 * Plans, writes what is declared, deletes in the scopes, and opens what something follows from: no replica that
 * nothing follows from, and no generated value.
 */
export function applier(place: Place, environment: Environment, graph: DesiredGraph): Principal {
  const { parameters } = graph;
  const declared = [...parameters.values()].filter(({ rule }) => rule.kind !== "exists");
  const path = pathInScopes(environment);
  const arns = (paths: Iterable<string>) =>
    [...new Set(paths)].sort().map((each) => parameterArn(place, each));
  const sealed = [...keysOf(declared)].map(
    ([key, names]) => [key, foldersOf(names, parameters.keys())] as const,
  );
  return {
    kind: "applier",
    name: "",
    statements: [
      readMetadata(),
      ...readDigestKey(place, environment),
      holdLock(place, environment),
      ...openInputs(place, graph, declared),
      {
        Sid: "WriteDeclared",
        Effect: "Allow",
        Action: ["ssm:AddTagsToResource", "ssm:GetParameterHistory", "ssm:PutParameter"],
        Resource: arns(declared.map(({ name }) => path(name))),
      },
      ...useKeys(place, "SealDeclared", ENCRYPT, new Map(sealed)),
      ...useNoOtherKey(place, keysOf(declared).keys()),
      {
        Sid: "DeleteInScopes",
        Effect: "Allow",
        Action: ["ssm:DeleteParameter"],
        Resource: arns(environment.scopes.map((scope) => `${scope.path}*`)),
      },
    ],
  };
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

/** A whole scope for what lies in one, since all of it may be deleted anyway; else the name itself. */
function pathInScopes({ scopes }: Environment): (name: string) => string {
  return (name) => {
    const scope = scopes.find(({ path }) => name.startsWith(path));
    return scope === undefined ? name : `${scope.path}*`;
  };
}
