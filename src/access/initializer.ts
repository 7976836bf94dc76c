import type { Environment } from "../config/environment.ts";
import { digestKeyName } from "../model/own-name.ts";
import { ENCRYPT, useKeys, useNoOtherKey } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import { readDigestKey, readMetadata } from "./planner.ts";
import type { Principal } from "./principal.ts";

/** Runs `init`: the one that may write the digest key. */
export function initializer(place: Place, environment: Environment): Principal {
  const path = digestKeyName(environment.name);
  const { kmsKey } = environment.digestKey;
  return {
    kind: "initializer",
    name: "",
    statements: [
      readMetadata(),
      ...readDigestKey(place, environment),
      {
        Sid: "MakeDigestKey",
        Effect: "Allow",
        Action: ["ssm:PutParameter"],
        Resource: [parameterArn(place, path)],
      },
      ...useKeys(place, "SealDigestKey", ENCRYPT, new Map([[kmsKey, [path]]])),
      ...useNoOtherKey(place, [kmsKey]),
      {
        Sid: "DescribeDigestKeysKey",
        Effect: "Allow",
        Action: ["kms:DescribeKey"],
        Resource: [place.keyArn(kmsKey)],
      },
    ],
  };
}
