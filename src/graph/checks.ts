import type { Config } from "../config/config.ts";
import { environmentVariableOf } from "../config/environment-variable.ts";
import { errorAt, showPlace } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { checkAttributes } from "./attribute-checks.ts";
import { checkLifecycle } from "./lifecycle-checks.ts";
import { matchesAny } from "./name-glob.ts";
import type { GraphNode } from "./node.ts";

type Nodes = ReadonlyMap<ParameterName, GraphNode>;

/** Everything that is wrong with a config beyond its files' own problems, its types and its cycles. */
export function checkConfig(config: Config, nodes: Nodes): Problem[] {
  const declared = [...nodes.values()].filter((node) => node.rule.kind !== "exists");
  return [
    ...checkAdoptions(config, nodes),
    ...checkIgnored(config, declared),
    ...checkGrants(config, declared),
    ...checkVariables(config, nodes),
    ...checkLifecycle(config, nodes),
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

function checkGrants({ environment }: Config, declared: readonly GraphNode[]): Problem[] {
  if (environment.grants === undefined) return [];
  const sides = environment.grants.map(({ source, to }) => ({
    fromSource: matchesAny([source]),
    toDestination: matchesAny([to]),
  }));
  const grantsOf = new Map<ParameterName, readonly number[]>();
  const grantsOfSource = (source: ParameterName): readonly number[] => {
    const known = grantsOf.get(source);
    if (known !== undefined) return known;
    const found = sides.flatMap(({ fromSource }, index) => (fromSource(source) ? [index] : []));
    grantsOf.set(source, found);
    return found;
  };
  return declared.flatMap(({ name, inputs, origin }) => {
    const reaching = new Set(
      sides.flatMap(({ toDestination }, index) => (inputs.length > 0 && toDestination(name) ? [index] : [])),
    );
    return inputs
      .filter((source) => !grantsOfSource(source).some((grant) => reaching.has(grant)))
      .map((source) =>
        errorAt(
          origin,
          `no grant lets ${source} reach ${name}`,
          `its owner grants it in ${environment.file}`,
        ),
      );
  });
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
