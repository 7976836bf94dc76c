import type { Config } from "../config/config.ts";
import { errorAt, showPlace, warningAt } from "../config/origin.ts";
import { AWS_MANAGED_KEY } from "../model/aws-managed-key.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { isPublicKey } from "../model/recipe.ts";
import type { ParameterType } from "../model/rule.ts";
import type { DesiredParameter } from "./desired.ts";
import { formerNames } from "./former-name.ts";
import { matchesAny } from "./name-glob.ts";
import type { GraphNode } from "./node.ts";

const DEFAULT_DATA_TYPE = "text";

/** Fills every default in, in the order given, which must have sources before what follows from them. */
export function resolveParameters(
  order: readonly GraphNode[],
  config: Config,
  problems: Problem[],
): ReadonlyMap<ParameterName, DesiredParameter> {
  const { environment } = config;
  const isPublic = matchesAny(environment.public);
  const isProtected = matchesAny(environment.protect);
  const keys = environment.keys.map(({ path, key }) => ({ key, matches: matchesAny([path]) }));
  const former = formerNames(config.moves);
  const adoptions = new Map(config.adoptions.map((adoption) => [adoption.name, adoption]));
  const parameters = new Map<ParameterName, DesiredParameter>();
  const withoutReplicationKey: GraphNode[] = [];
  const underDefaultKey: GraphNode[] = [];

  for (const node of order) {
    const { name, rule, attributes, origin, expected } = node;
    const type = resolveType(node, parameters, problems);
    const adopt = adoptions.get(name);
    const formerly = former
      .get(name)
      ?.map((one) => ({ name: one, public: isPublic(one), protected: isProtected(one) }));
    const { description = "", dataType = DEFAULT_DATA_TYPE, tier, policies, allowedPattern } = attributes;
    parameters.set(name, {
      name,
      rule,
      expected,
      ...(type === undefined ? {} : { type }),
      key: resolveKey(node, type),
      description,
      ...(tier === undefined ? {} : { tier }),
      ...(policies === undefined ? {} : { policies }),
      ...(allowedPattern === undefined ? {} : { allowedPattern }),
      dataType,
      tags: { ...environment.tags, ...attributes.tags },
      public: rule.kind === "value" || isPublic(name),
      protected: isProtected(name),
      inScope: environment.scopes.some(({ path }) => name.startsWith(path)),
      ...(adopt === undefined ? {} : { adopt }),
      ...(formerly === undefined ? {} : { formerly }),
      origin,
    });
  }
  reportKeys();
  return parameters;

  function resolveKey(node: GraphNode, type: ParameterType | undefined): string {
    if (node.attributes.key !== undefined) return node.attributes.key;
    const replica = node.rule.kind === "copy" || node.rule.kind === "merge";
    if (replica && environment.replicationKey !== undefined) return environment.replicationKey;
    if (replica && type !== "String" && type !== "StringList") withoutReplicationKey.push(node);
    const found = keys.find(({ matches }) => matches(node.name))?.key;
    if (!replica && found === undefined && type === "SecureString") underDefaultKey.push(node);
    return found ?? AWS_MANAGED_KEY;
  }

  function reportKeys(): void {
    const at = { file: environment.file, line: 1, column: 1 };
    if (withoutReplicationKey.length > 0) {
      const summary = `replicationKey is missing, and ${describe(withoutReplicationKey)} has no key of its own`;
      problems.push(errorAt(at, summary, 'add "replicationKey", the KMS key of every copy and merge'));
    }
    if (underDefaultKey.length > 0) {
      const summary = `${describe(underDefaultKey)} falls to ${AWS_MANAGED_KEY}, which every identity of the account may use`;
      problems.push(warningAt(at, summary, 'give its path a key in "keys"'));
    }
  }
}

function resolveType(
  { name, rule, attributes: { type }, origin }: GraphNode,
  sources: ReadonlyMap<ParameterName, DesiredParameter>,
  problems: Problem[],
): ParameterType | undefined {
  switch (rule.kind) {
    case "exists":
      return undefined;
    case "value":
      return type ?? "String";
    case "generate":
      return type ?? (isPublicKey(rule.recipe) ? "String" : "SecureString");
    case "static":
      return type ?? "SecureString";
    case "merge":
      if (type !== undefined && type !== "SecureString") {
        problems.push(
          errorAt(origin, `${name} is a merge and always a SecureString`, `remove "type": "${type}"`),
        );
      }
      return "SecureString";
    case "copy": {
      const inherited = sources.get(rule.source)?.type;
      if (inherited !== "SecureString" || type === undefined || type === "SecureString")
        return type ?? inherited;
      const summary = `${name} would be a ${type} although its source ${rule.source} is a SecureString`;
      problems.push(errorAt(origin, summary, 'a secret stays one: remove "type"'));
      return inherited;
    }
  }
}

/** The first by name, with its place, and how many others there are. */
function describe(nodes: readonly GraphNode[]): string {
  const first = nodes.reduce((least, node) => (node.name < least.name ? node : least));
  const others = nodes.length - 1;
  const more = others === 0 ? "" : `, like ${others} ${others === 1 ? "other" : "others"},`;
  return `${first.name} (${showPlace(first.origin)})${more}`;
}
