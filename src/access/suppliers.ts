import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { suppliedPairs } from "../graph/supplied-pair.ts";
import type { ParameterName } from "../model/name.ts";
import { isSupplier } from "../values/parameter-source.ts";
import { DECRYPT, useKeys } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import type { Statement } from "./policy-document.ts";
import { possibleKeys } from "./possible-keys.ts";

/** The parameters in which static values lie by a source of kind `parameter`, each once, in the order of the alphabet. */
export function suppliersOf({ sources }: Environment, { parameters }: DesiredGraph): ParameterName[] {
  const others = sources.flatMap((source) =>
    source.kind === "parameter"
      ? suppliedPairs(source, parameters.values()).flatMap(([name, other]) =>
          isSupplier(other, name) ? [other] : [],
        )
      : [],
  );
  return [...new Set(others)].sort();
}

/** Opens them. One that the config does not declare may lie under any key that the config has for its path. */
export function openSuppliers(place: Place, environment: Environment, graph: DesiredGraph): Statement[] {
  const suppliers = suppliersOf(environment, graph);
  return [
    {
      Sid: "ReadSuppliers",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters"],
      Resource: suppliers.map((name) => parameterArn(place, name)),
    },
    ...useKeys(place, "OpenSuppliers", DECRYPT, possibleKeys(environment, graph, suppliers)),
  ];
}
