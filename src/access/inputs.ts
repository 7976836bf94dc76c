import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import { inputsOf } from "../model/rule.ts";
import { DECRYPT, type PathsByKey, useKeys } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import type { Statement } from "./policy-document.ts";

/** What `followers` take their values from, each once. */
export function inputParameters(
  { parameters }: DesiredGraph,
  followers: readonly DesiredParameter[],
): DesiredParameter[] {
  const names = new Set(followers.flatMap(({ rule }) => inputsOf(rule)));
  return [...names].flatMap((name) => parameters.get(name) ?? []);
}

/** Opens what `followers` take their values from, with keys for the paths that `byKey` says. */
export function openInputs(
  place: Place,
  graph: DesiredGraph,
  followers: readonly DesiredParameter[],
  byKey: (inputs: readonly DesiredParameter[]) => PathsByKey,
): Statement[] {
  const inputs = inputParameters(graph, followers);
  return [
    {
      Sid: "ReadInputs",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters"],
      Resource: inputs.map(({ name }) => parameterArn(place, name)).sort(),
    },
    ...useKeys(place, "OpenInputs", DECRYPT, byKey(inputs)),
  ];
}
