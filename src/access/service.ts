import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { DECRYPT, useKeys } from "./key-use.ts";
import { openingKeys } from "./opening-keys.ts";
import { type Place, parameterArn } from "./place.ts";
import type { Principal } from "./principal.ts";

/** Reads its own path, whatever lies there, and nothing else. */
export function service(
  place: Place,
  environment: Environment,
  graph: DesiredGraph,
  name: string,
): Principal {
  const path = `${environment.namespaces.service}/${name}`;
  const own = [...graph.parameters.values()].filter((parameter) => parameter.name.startsWith(`${path}/`));
  const keys = [...openingKeys(environment, own).keys()];
  return {
    kind: "service",
    name,
    statements: [
      {
        Sid: "ReadOwn",
        Effect: "Allow",
        Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
        Resource: [path, `${path}/*`].map((each) => parameterArn(place, each)),
      },
      ...useKeys(place, "OpenOwn", DECRYPT, new Map(keys.map((key) => [key, [`${path}/*`]]))),
    ],
  };
}
