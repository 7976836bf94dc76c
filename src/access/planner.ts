import type { Environment } from "../config/environment.ts";
import { digestKeyName } from "../model/own-name.ts";
import { DECRYPT, useKeys } from "./key-use.ts";
import { type Place, parameterArn } from "./place.ts";
import type { Statement } from "./policy-document.ts";
import type { Principal } from "./principal.ts";

/** Reads metadata and the digest key, and opens no other value: that is all that a plan takes. */
export function planner(place: Place, environment: Environment): Principal {
  return {
    kind: "planner",
    name: "",
    statements: [readMetadata(), ...readDigestKey(place, environment)],
  };
}

/** DescribeParameters knows no resource but all of them (service authorization reference, AWS Systems Manager). */
export function readMetadata(): Statement {
  return { Sid: "ReadMetadata", Effect: "Allow", Action: ["ssm:DescribeParameters"], Resource: ["*"] };
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
