import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { digestKeyName } from "../model/own-name.ts";
import { DECRYPT, useKeys } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import type { Statement } from "./policy-document.ts";
import type { Principal } from "./principal.ts";

/** Reads metadata and the digest key, and opens no other value: that is all that a plan takes. */
export function planner(place: Place, environment: Environment, graph: DesiredGraph): Principal {
  return {
    kind: "planner",
    name: "",
    statements: [
      readMetadata(),
      readHistory(place, environment, graph),
      ...readDigestKey(place, environment),
    ],
  };
}

/** DescribeParameters knows no resource but all of them (service authorization reference, AWS Systems Manager). */
export function readMetadata(): Statement {
  return { Sid: "ReadMetadata", Effect: "Allow", Action: ["ssm:DescribeParameters"], Resource: ["*"] };
}

/**
 * Lists versions, as `history` and the plan of a rollback do: an action of its own, which without a key tells Strings
 * in clear and SecureStrings encrypted. No other plan takes it.
 */
export function readHistory(place: Place, { scopes }: Environment, { parameters }: DesiredGraph): Statement {
  const paths = scopes.map(({ path }) => path);
  const others = [...parameters.keys()].filter((name) => !paths.some((path) => name.startsWith(path)));
  return {
    Sid: "ReadHistory",
    Effect: "Allow",
    Action: ["ssm:GetParameterHistory"],
    Resource: [...paths.map((path) => `${path}*`), ...others].sort().map((path) => parameterArn(place, path)),
  };
}

export function readDigestKey(place: Place, { name, digestKey }: Environment): Statement[] {
  const path = digestKeyName(name);
  return [
    {
      Sid: "ReadDigestKey",
      Effect: "Allow",
      Action: ["ssm:GetParameter"],
      Resource: [parameterArn(place, path)],
    },
    ...useKeys(place, "OpenDigestKey", DECRYPT, new Map([[digestKey.kmsKey, [path]]])),
  ];
}
