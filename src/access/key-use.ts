import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { foldersOf } from "./folder.ts";
import { likeOnes, patternsOf } from "./pattern.ts";
import { type Place, parameterArn, throughParameterStore } from "./place.ts";
import type { Condition, Statement } from "./policy-document.ts";

/** Standard SecureStrings are encrypted by the key itself, advanced ones under a data key (KMS developer guide, "How Parameter Store uses KMS"). */
export const ENCRYPT = ["kms:Encrypt", "kms:GenerateDataKey"] as const;
export const DECRYPT = ["kms:Decrypt"] as const;

/** Paths by the key that they are encrypted under. */
export type PathsByKey = ReadonlyMap<string, readonly string[]>;

/** Names by that key: what is forbidden is forbidden of names alone, for a path has also what nobody declares. */
export type NamesByKey = ReadonlyMap<string, readonly ParameterName[]>;

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

/**
 * The same in patterns that match no other name of the graph: for who has a right to no parameter but by its name, since
 * what nobody declares may lie in a pattern too.
 */
export function patternsByKey(byKey: NamesByKey, { parameters: known }: DesiredGraph): PathsByKey {
  return new Map([...byKey].map(([key, names]) => [key, patternsOf(names, known.keys())]));
}

/** The same, but that a folder stands for all that is in it only where that is all that is below. */
export function foldersByKey(
  parameters: Iterable<DesiredParameter>,
  { parameters: known }: DesiredGraph,
): PathsByKey {
  return new Map(
    [...keysOf(parameters)].map(([key, names]) => {
      const own = new Set(names);
      const others = [...known.keys()].filter((name) => !own.has(name));
      return [key, likeOnes(foldersOf(names, known.keys()), others)];
    }),
  );
}

/**
 * Statements that let a key be used by Parameter Store, for these paths and no others: it names the parameter in the
 * encryption context `PARAMETER_ARN` of each call. Nothing is opened or sealed without the right to the parameter too.
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
      Condition: ofParameters(
        names.map((name) => parameterArn(place, name)),
        { "kms:ViaService": [throughParameterStore(place)] },
      ),
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
 * Forbids to encrypt these names with any key but their own: a statement that lets a wider path be encrypted leaves
 * what is declared below it as the config says.
 */
export function sealOnlyWith(place: Place, sid: string, declared: NamesByKey): Statement[] {
  return [...declared]
    .filter(([key]) => key !== MANAGED)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, names]) => ({
      Sid: `${sid}With${pascalCase(key)}`,
      Effect: "Deny",
      Action: ENCRYPT,
      NotResource: [place.keyArn(key)],
      Condition: ofParameters(names.map((name) => parameterArn(place, name))),
    }));
}

/** The condition that KMS is called for these parameters, of which some may be patterns, and what else has to equal. */
function ofParameters(arns: readonly string[], equal: Condition[string] = {}): Condition {
  const context = { "kms:EncryptionContext:PARAMETER_ARN": arns.toSorted() };
  if (!arns.some((arn) => arn.includes("*"))) return { StringEquals: { ...equal, ...context } };
  return { ...(Object.keys(equal).length === 0 ? {} : { StringEquals: equal }), StringLike: context };
}

/** A Sid has letters and digits only: `alias/prod-dba` is `ProdDba`. */
function pascalCase(key: string): string {
  const words = key.replace(/^alias\//, "").match(/[A-Za-z0-9]+/g) ?? [];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
