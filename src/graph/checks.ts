import type { Config } from "../config/config.ts";
import { environmentVariableOf } from "../config/environment-variable.ts";
import { errorAt, type Origin, showPlace } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { valueKindOf } from "../model/rule.ts";
import { checkAttributes } from "./attribute-checks.ts";
import { formerNames } from "./former-name.ts";
import { checkGlobs } from "./glob-checks.ts";
import { checkGroups } from "./group-checks.ts";
import { checkReplicationKeys } from "./key-checks.ts";
import { checkLifecycle } from "./lifecycle-checks.ts";
import { matchesAny } from "./name-glob.ts";
import type { GraphNode } from "./node.ts";
import { readerOf } from "./reader.ts";
import { suppliedPairs } from "./supplied-pair.ts";

type Nodes = ReadonlyMap<ParameterName, GraphNode>;

/** Everything that is wrong with a config beyond its files' own problems, its types and its cycles. */
export function checkConfig(config: Config, nodes: Nodes): Problem[] {
  const declared = [...nodes.values()].filter((node) => node.rule.kind !== "exists");
  return [
    ...checkAdoptions(config, nodes),
    ...checkIgnored(config, declared),
    ...checkGrants(config, nodes),
    ...checkGroups(config, nodes),
    ...checkVariables(config, nodes),
    ...checkReplicationKeys(config.environment),
    ...checkLifecycle(config, nodes),
    ...checkGlobs(config, [...nodes.keys()]),
    ...declared.flatMap((node) => checkAttributes(node, config.environment.tags)),
  ];
}

function checkAdoptions({ adoptions }: Config, nodes: Nodes): Problem[] {
  return adoptions
    .filter(({ name }) => (nodes.get(name)?.rule.kind ?? "exists") === "exists")
    .map(({ name, origin }) =>
      errorAt(
        origin,
        `${name} is adopted but not declared`,
        "give it an entry with the rule that it shall have",
      ),
    );
}

function checkIgnored({ environment }: Config, declared: readonly GraphNode[]): Problem[] {
  const isIgnored = matchesAny(environment.ignore);
  return declared
    .filter(({ name }) => isIgnored(name))
    .map(({ name, origin }) =>
      errorAt(
        origin,
        `${name} is declared and ignored`,
        `remove it, or narrow "ignore" in ${environment.file}`,
      ),
    );
}

function checkGrants({ environment, moves }: Config, nodes: Nodes): Problem[] {
  if (environment.grants === undefined) return [];
  const mayReach = grantedBy(environment.grants);
  const placeOf = readerOf(environment);
  const refused = (at: Origin, source: string, name: string) =>
    errorAt(at, `no grant lets ${source} reach ${name}`, `its owner grants it in ${environment.file}`);
  const copied = [...nodes.values()].flatMap(({ name, inputs, origin }) => {
    const mayReachIt = mayReach(name);
    return inputs.filter((source) => !mayReachIt(source)).map((source) => refused(origin, source, name));
  });
  const supplied = environment.sources.flatMap((source) =>
    source.kind === "parameter"
      ? suppliedPairs(source, nodes.values())
          .filter(([name, other]) => !mayReach(name)(other))
          .map(([name, other]) => refused(source.at, other, name))
      : [],
  );
  const originOf = new Map(moves.map(({ from, origin }) => [from, origin]));
  const moved = [...formerNames(moves)].flatMap(([to, names]) =>
    carriesValue(nodes.get(to))
      ? names.flatMap((from) => {
          const origin = originOf.get(from);
          const isFar = placeOf(from).path !== placeOf(to).path && !mayReach(to)(from);
          return isFar && origin !== undefined ? [refused(origin, from, to)] : [];
        })
      : [],
  );
  return [...copied, ...supplied, ...moved];
}

/** Whether a name has the value of another that moves to it: what follows a rule is made anew. */
function carriesValue(node: GraphNode | undefined): boolean {
  const kind = node === undefined ? undefined : valueKindOf(node.rule);
  return kind === "static" || kind === "generated";
}

/** Whether a grant lets a source reach a name: asked of one name after the other, often of the same sources. */
function grantedBy(
  grants: NonNullable<Config["environment"]["grants"]>,
): (name: string) => (source: string) => boolean {
  const sides = grants.map(({ source, to }) => ({
    fromSource: matchesAny([source]),
    toDestination: matchesAny([to]),
  }));
  const grantsOf = new Map<string, readonly number[]>();
  const grantsOfSource = (source: string): readonly number[] => {
    const known = grantsOf.get(source);
    if (known !== undefined) return known;
    const found = sides.flatMap(({ fromSource }, index) => (fromSource(source) ? [index] : []));
    grantsOf.set(source, found);
    return found;
  };
  return (name) => {
    let reaching: ReadonlySet<number> | undefined;
    return (source) => {
      reaching ??= new Set(sides.flatMap(({ toDestination }, index) => (toDestination(name) ? [index] : [])));
      return grantsOfSource(source).some((grant) => reaching?.has(grant));
    };
  };
}

/** Two names that one variable would supply, of the environment or of a dotenv file: its value could not be told apart. */
function checkVariables({ environment }: Config, nodes: Nodes): Problem[] {
  const supplied = [...nodes.values()]
    .filter(({ rule }) => rule.kind === "static" || rule.kind === "exists")
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const prefixes = environment.sources.flatMap((source) => ("prefix" in source ? [source.prefix] : []));
  return [...new Set(prefixes)].flatMap((prefix) => meetingVariables(prefix, supplied));
}

function meetingVariables(prefix: string, supplied: readonly GraphNode[]): Problem[] {
  const firsts = new Map<string, GraphNode>();
  return supplied.flatMap((node) => {
    const variable = environmentVariableOf(node.name, prefix);
    const first = firsts.get(variable);
    if (first === undefined) {
      firsts.set(variable, node);
      return [];
    }
    const summary = `${first.name} and ${node.name} would both be read from ${variable}`;
    return [errorAt(node.origin, summary, `rename one of them; the first is at ${showPlace(first.origin)}`)];
  });
}
