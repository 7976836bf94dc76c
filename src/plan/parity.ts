import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { matchesAny } from "../graph/name-glob.ts";
import { OWN_ROOT, type ParameterName } from "../model/name.ts";
import { inputsOf, type Rule } from "../model/rule.ts";
import type { LiveParameter, Reading } from "../store/store.ts";

/** One environment of two that are compared. */
export interface Side {
  readonly environment: Environment;
  readonly graph: DesiredGraph;
  readonly live: ReadonlyMap<ParameterName, LiveParameter>;
}

/** A parameter in one environment and its counterpart in the other; `null` where there is none. */
export interface Pair {
  readonly first: ParameterName | null;
  readonly second: ParameterName | null;
}

/**
 * How the two stand to each other. `missing`: the second environment lacks it. `extra`: the first one does.
 * `absent`: configured in both and live in neither. `by_design`: each is generated for its environment, or made of
 * nothing but what is.
 * `unknown`: both are there, and this identity may not read both.
 */
export type ParityStatus = "same" | "different" | "by_design" | "missing" | "extra" | "absent" | "unknown";

export interface Parity extends Pair {
  readonly status: ParityStatus;
  /** What told it: the values themselves, or the rules in the configs; null where nothing had to be compared. */
  readonly by: "value" | "config" | null;
}

/**
 * The parameters of two environments, each with its counterpart: of the same name; else declared at the same place
 * of a file that both include, where variables make the names differ; else of the same name below the scope, with
 * the environment's own name in a segment left out. Sorted by name.
 */
export function pairUp(first: Side, second: Side): readonly Pair[] {
  const [open, others] = [namesOf(first), namesOf(second)];
  const pairs: Pair[] = [];
  for (const keyOf of [exactKey, originKey, relativeKey]) {
    const candidates = uniqueByKey(others, (name) => keyOf(second, name));
    for (const [key, name] of uniqueByKey(open, (each) => keyOf(first, each))) {
      const other = candidates.get(key);
      if (other === undefined) continue;
      pairs.push({ first: name, second: other });
      open.delete(name);
      others.delete(other);
    }
  }
  return [
    ...pairs,
    ...[...open].map((name) => ({ first: name, second: null })),
    ...[...others].map((name) => ({ first: null, second: name })),
  ].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

/** Whether both are live, so that only their values can tell whether they are the same. */
export function isLiveInBoth(first: Side, second: Side, pair: Pair): boolean {
  return isLive(first, pair.first) && isLive(second, pair.second);
}

/** How a pair stands, from both readings where both are live. Equality is told, never what is equal. */
export function parityOf(
  first: Side,
  second: Side,
  pair: Pair,
  readings: readonly [Reading | undefined, Reading | undefined],
): Parity {
  if (!isLiveInBoth(first, second, pair)) return { ...pair, status: presence(first, second, pair), by: null };
  const [one, other] = [ruleOf(first, pair.first), ruleOf(second, pair.second)];
  const byDesign = isOfGenerated(first, pair.first) && isOfGenerated(second, pair.second);
  const [mine, theirs] = readings;
  if (mine?.kind === "value" && theirs?.kind === "value") {
    if (mine.value.equals(theirs.value)) return { ...pair, status: "same", by: "value" };
    return byDesign
      ? { ...pair, status: "by_design", by: "config" }
      : { ...pair, status: "different", by: "value" };
  }
  if (byDesign) return { ...pair, status: "by_design", by: "config" };
  if (one?.kind === "value" && other?.kind === "value") {
    return { ...pair, status: one.value === other.value ? "same" : "different", by: "config" };
  }
  return { ...pair, status: "unknown", by: null };
}

function presence(first: Side, second: Side, pair: Pair): "missing" | "extra" | "absent" {
  const [here, there] = [isLive(first, pair.first), isLive(second, pair.second)];
  if (here !== there) return here ? "missing" : "extra";
  if (pair.first === null) return "extra";
  return pair.second === null ? "missing" : "absent";
}

function namesOf({ environment, graph, live }: Side): Set<ParameterName> {
  const ignores = matchesAny(environment.ignore);
  const all = [...graph.parameters.keys(), ...live.keys()];
  return new Set(all.filter((name) => !name.startsWith(OWN_ROOT) && !ignores(name)));
}

function uniqueByKey(
  names: ReadonlySet<ParameterName>,
  keyOf: (name: ParameterName) => string | undefined,
): ReadonlyMap<string, ParameterName> {
  const found = new Map<string, ParameterName | null>();
  for (const name of names) {
    const key = keyOf(name);
    if (key !== undefined) found.set(key, found.has(key) ? null : name);
  }
  return new Map([...found].flatMap(([key, name]) => (name === null ? [] : [[key, name] as const])));
}

function exactKey(_: Side, name: ParameterName): string {
  return name;
}

function originKey({ graph }: Side, name: ParameterName): string | undefined {
  const origin = graph.parameters.get(name)?.origin;
  return origin && `${origin.file}:${origin.line}:${origin.column}`;
}

function relativeKey({ environment }: Side, name: ParameterName): string | undefined {
  const index = environment.scopes.findIndex(({ path }) => name.startsWith(path));
  const scope = environment.scopes[index];
  if (scope === undefined) return undefined;
  const segments = name.slice(scope.path.length).split("/");
  return [index, ...segments.map((segment) => (segment === environment.name ? "" : segment))].join("/");
}

function ruleOf({ graph }: Side, name: ParameterName | null): Rule | undefined {
  return name === null ? undefined : graph.parameters.get(name)?.rule;
}

function isOfGenerated(side: Side, name: ParameterName | null): boolean {
  const roots = new Set([name]);
  for (const each of roots) {
    const rule = ruleOf(side, each);
    if (rule?.kind === "generate") continue;
    const inputs = rule === undefined ? [] : inputsOf(rule);
    if (inputs.length === 0) return false;
    for (const input of inputs) roots.add(input);
  }
  return true;
}

function isLive({ live }: Side, name: ParameterName | null): boolean {
  return name !== null && live.has(name);
}

function nameOf({ first, second }: Pair): string {
  return first ?? second ?? "";
}
