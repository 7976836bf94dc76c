import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import type { DesiredGraph, DesiredParameter } from "./graph.ts";

/** Whether it follows from others by what it equals: a copy or a merge. What is derived is made by apply alone. */
export function isReplica({ rule }: Pick<DesiredParameter, "rule">): boolean {
  return rule.kind === "copy" || rule.kind === "merge";
}

/**
 * The replicas that follow from `names` by copies and merges alone; a name that is itself a replica is not among them
 * unless it follows from another.
 */
export function replicasOf(
  { parameters, followers }: DesiredGraph,
  names: Iterable<ParameterName>,
): ReadonlySet<ParameterName> {
  const found = new Set<ParameterName>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const follower of followers.get(name) ?? []) {
      const parameter = parameters.get(follower);
      if (found.has(follower) || parameter === undefined || !isReplica(parameter)) continue;
      found.add(follower);
      open.push(follower);
    }
  }
  return found;
}

/** Every replica of a graph. */
export function replicasIn({ parameters }: DesiredGraph): ReadonlySet<ParameterName> {
  return new Set([...parameters.values()].filter(isReplica).map(({ name }) => name));
}

/** The replicas among `names` and all that `names` follow from by copies and merges. */
export function replicasAbove(
  { parameters }: DesiredGraph,
  names: Iterable<ParameterName>,
): ReadonlySet<ParameterName> {
  const found = new Set<ParameterName>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const parameter = parameters.get(name);
    if (found.has(name) || parameter === undefined || !isReplica(parameter)) continue;
    found.add(name);
    open.push(...inputsOf(parameter.rule));
  }
  return found;
}

/** What a replica follows from in the end, by copies and merges; of any other name, itself. */
export function originsOf(graph: DesiredGraph, name: ParameterName): readonly ParameterName[] {
  const above = replicasAbove(graph, [name]);
  if (above.size === 0) return [name];
  const inputs = [...above].flatMap((one) => inputsOf((graph.parameters.get(one) as DesiredParameter).rule));
  return [...new Set(inputs)].filter((input) => !above.has(input));
}

/**
 * `replicas` and all that they follow from, each by its own rule: so they are judged as in the whole graph. In it
 * nothing is adopted, moved or given up. Of `groups` every member is in it and every replica that follows from one;
 * these stand together, the copies first, behind all that they need besides.
 */
export function replicaGraph(
  graph: DesiredGraph,
  replicas: ReadonlySet<ParameterName>,
  groups: readonly (readonly ParameterName[])[],
): DesiredGraph {
  const parameters = new Map<ParameterName, DesiredParameter>();
  const isMissing = (name: ParameterName) => graph.parameters.has(name) && !parameters.has(name);
  const add = (wanted: ParameterName) => {
    const open = [wanted];
    for (let name = open.at(-1); name !== undefined; name = open.at(-1)) {
      const found = graph.parameters.get(name);
      const before = found === undefined ? [] : inputsOf(found.rule).filter(isMissing);
      if (before.length > 0) {
        open.push(...before);
        continue;
      }
      open.pop();
      if (found === undefined || parameters.has(name)) continue;
      const { adopt: _, formerly: __, ...parameter } = found;
      parameters.set(name, parameter);
    }
  };
  for (const members of groups) {
    const together = replicasOf(graph, members);
    for (const name of ancestorsIn(graph, [...members, ...together])) if (!together.has(name)) add(name);
    const meant = [...graph.parameters.keys()].filter((name) => together.has(name));
    const copies = new Set<ParameterName>();
    for (const name of meant) {
      const rule = graph.parameters.get(name)?.rule;
      if (rule?.kind === "copy" && (!together.has(rule.source) || copies.has(rule.source))) copies.add(name);
    }
    for (const name of [...copies, ...meant]) add(name);
  }
  for (const name of ancestorsIn(graph, replicas)) add(name);
  return { parameters, followers: followersIn(parameters.values()), removals: new Map() };
}

/** Who follows whom among `parameters`. */
export function followersIn(parameters: Iterable<DesiredParameter>): DesiredGraph["followers"] {
  const followers = new Map<ParameterName, ParameterName[]>();
  for (const { name, rule } of parameters) {
    for (const input of inputsOf(rule)) {
      const known = followers.get(input);
      if (known === undefined) followers.set(input, [name]);
      else known.push(name);
    }
  }
  return new Map([...followers].map(([name, all]) => [name, all.sort()]));
}

/** `names` and all that they follow from, in the graph's order. */
function ancestorsIn({ parameters }: DesiredGraph, names: Iterable<ParameterName>): ParameterName[] {
  const found = new Set(names);
  for (const name of found) {
    const parameter = parameters.get(name);
    for (const input of parameter === undefined ? [] : inputsOf(parameter.rule)) found.add(input);
  }
  return [...parameters.keys()].filter((name) => found.has(name));
}
