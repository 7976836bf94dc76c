import type { DesiredGraph } from "../graph/graph.ts";
import type { Owner } from "../graph/owner.ts";
import { isReplica } from "../graph/replicas.ts";
import { OWN_ROOT } from "../model/name.ts";
import { DECRYPT, ENCRYPT, useKeys, useNoOtherKey } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import { readMetadata } from "./planner.ts";
import type { Principal } from "./principal.ts";

/**
 * Writes and reads what is its own, under its own keys. What paraform replicates into its paths it may neither
 * read nor write: put again under a key of the owner's, a replica would be the owner's to read from then on. Each is
 * denied by its name, for the folder that it is in is the owner's all the same.
 * There is no GetParametersByPath: allowed on a path, it reads also what is denied below.
 */
export function ownerPrincipal(place: Place, graph: DesiredGraph, owner: Owner): Principal {
  const path = `${owner.path}*`;
  const replicas = [...graph.parameters.values()]
    .filter((parameter) => isReplica(parameter) && parameter.name.startsWith(owner.path))
    .map(({ name }) => name);
  const foreign = [...owner.excluded.map((each) => `${each}*`), `${OWN_ROOT}*`];
  return {
    kind: "owner",
    name: owner.name,
    statements: [
      readMetadata(),
      {
        Sid: "KeepOwn",
        Effect: "Allow",
        Action: [
          "ssm:AddTagsToResource",
          "ssm:DeleteParameter",
          "ssm:GetParameter",
          "ssm:GetParameterHistory",
          "ssm:GetParameters",
          "ssm:PutParameter",
        ],
        Resource: [parameterArn(place, path)],
      },
      ...useKeys(place, "UseOwn", [...DECRYPT, ...ENCRYPT], new Map(owner.keys.map((key) => [key, [path]]))),
      ...useNoOtherKey(place, owner.keys),
      {
        Sid: "LeaveReplicas",
        Effect: "Deny",
        Action: EVERY_USE,
        Resource: replicas.sort().map((each) => parameterArn(place, each)),
      },
      {
        Sid: "LeaveOthers",
        Effect: "Deny",
        Action: EVERY_USE,
        Resource: foreign.map((each) => parameterArn(place, each)),
      },
    ],
  };
}

const EVERY_USE = [
  "ssm:AddTagsToResource",
  "ssm:DeleteParameter",
  "ssm:DeleteParameters",
  "ssm:GetParameter*",
  "ssm:LabelParameterVersion",
  "ssm:PutParameter",
  "ssm:RemoveTagsFromResource",
  "ssm:UnlabelParameterVersion",
];
