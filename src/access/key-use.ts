import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { foldersOf } from "./folder.ts";
import { type Place, parameterArn } from "./place.ts";
import type { Condition, Statement } from "./policy-document.ts";

/** Standard SecureStrings are encrypted by the key itself, advanced ones under a data key (KMS developer guide, "How Parameter Store uses KMS"). */
export const ENCRYPT = ["kms:Encrypt", "kms:GenerateDataKey"] as const;
export const DECRYPT = ["kms:Decrypt"] as const;

/** Paths by the key that they are encrypted under. */
export type PathsByKey = ReadonlyMap<string, readonly string[]>;

/** AWS lets everybody in the account use it through Parameter Store, whatever policies say. */
const MANAGED = "alias/aws/ssm";

/** What is or may be a SecureString, by its key. */
export function keysOf(parameters: Iterable<DesiredParameter>): Map<string, ParameterName[]> {
  const paths = new Map<string, ParameterName[]>();
  for (const { name, type, key } of parameters) {
    if (type === "String" || type === "StringList") continue;
    paths.set(key, [...(paths.get(key) ?? []), name]);
  }
  return paths;
}

/** What has a rule, and so is written. */
export function declaredIn({ parameters }: DesiredGraph): DesiredParameter[] {
  return [...parameters.values()].filter(({ rule }) => rule.kind !== "exists");
}

/** The same in folders where one holds nothing else. */
export function pathsByKey(written: Iterable<DesiredParameter>, { parameters }: DesiredGraph): PathsByKey {
  return new Map([...keysOf(written)].map(([key, names]) => [key, foldersOf(names, parameters.keys())]));
}

/**
 * Statements that let a key be used for these paths and no others: Parameter Store names the parameter in the
 * encryption context `PARAMETER_ARN` of each call.
 */
export function useKeys(
  place: Place,
  sid: string,
  actions: readonly string[],
  paths: PathsByKey,
): Statement[] {
  return [...paths]
    .filter(([key]) => key !== MANAGED)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, names]) => ({
      Sid: `${sid}With${pascalCase(key)}`,
      Effect: "Allow",
      Action: actions,
      Resource: [place.keyArn(key)],
      Condition: ofParameters(names.map((name) => parameterArn(place, name)).sort()),
    }));
}

/**
 * Forbids to encrypt with any key but these, and so with the one that everybody in the account may decrypt with:
 * whoever writes a replica cannot put it there. Of no keys at all it forbids every one. Absent where the config itself
 * names the key that AWS manages.
 */
export function useNoOtherKey(place: Place, keys: Iterable<string>): Statement[] {
  const named = [...new Set(keys)].sort();
  if (named.includes(MANAGED)) return [];
  const others =
    named.length === 0 ? { Resource: ["*"] } : { NotResource: named.map((key) => place.keyArn(key)) };
  return [{ Sid: "UseNoOtherKey", Effect: "Deny", Action: ENCRYPT, ...others }];
}

/**
 * Forbids to encrypt these paths with any key but their own: a statement that lets a wider path be encrypted leaves
 * what is declared below it as the config says.
 */
export function sealOnlyWith(place: Place, sid: string, paths: PathsByKey): Statement[] {
  return [...paths]
    .filter(([key]) => key !== MANAGED)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, names]) => ({
      Sid: `${sid}With${pascalCase(key)}`,
      Effect: "Deny",
      Action: ENCRYPT,
      NotResource: [place.keyArn(key)],
      Condition: ofParameters(names.map((name) => parameterArn(place, name)).sort()),
    }));
}

/** The condition that KMS is called for these parameters, of which some may be prefixes. */
function ofParameters(arns: readonly string[]): Condition {
  const operator = arns.some((arn) => arn.includes("*")) ? "StringLike" : "StringEquals";
  return { [operator]: { "kms:EncryptionContext:PARAMETER_ARN": arns } };
}

/** A Sid has letters and digits only: `alias/prod-dba` is `ProdDba`. */
function pascalCase(key: string): string {
  const words = key.replace(/^alias\//, "").match(/[A-Za-z0-9]+/g) ?? [];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
