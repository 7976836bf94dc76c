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

/**
 * The graph of `replicas` alone: everything else that they follow from is only referred to, so that a plan of it can
 * write nothing but them, and delete nothing: in it nothing is adopted, moved or given up. Of `groups` every member is
 * in it, and what follows from one stands together, the copies first, behind all that it needs besides.
 */
export function replicaGraph(
  graph: DesiredGraph,
  replicas: ReadonlySet<ParameterName>,
  groups: readonly (readonly ParameterName[])[],
): DesiredGraph {
  const parameters = new Map<ParameterName, DesiredParameter>();
  const inputsIn = (name: ParameterName) => {
    const found = graph.parameters.get(name);
    return found !== undefined && replicas.has(name) ? inputsOf(found.rule) : [];
  };
  const add = (name: ParameterName) => {
    const found = graph.parameters.get(name);
    if (found === undefined || parameters.has(name)) return;
    const { adopt: _, formerly: __, ...parameter } = found;
    parameters.set(name, replicas.has(name) ? parameter : { ...parameter, rule: { kind: "exists" } });
  };
  const ancestors = ancestorsIn(graph, inputsIn);
  for (const members of groups) {
    const together = replicasOf(graph, members);
    for (const name of members) if (!replicas.has(name)) add(name);
    const meant = [...graph.parameters.keys()].filter((name) => together.has(name) && replicas.has(name));
    for (const name of ancestors(meant)) if (!together.has(name)) add(name);
    const copies = new Set<ParameterName>();
    for (const name of meant) {
      const rule = graph.parameters.get(name)?.rule;
      if (rule?.kind === "copy" && (!together.has(rule.source) || copies.has(rule.source))) copies.add(name);
    }
    for (const name of [...copies, ...meant]) add(name);
  }
  for (const name of ancestors([...replicas])) add(name);

  const followers = new Map<ParameterName, ParameterName[]>();
  for (const name of [...replicas].sort()) {
    for (const input of inputsIn(name)) followers.set(input, [...(followers.get(input) ?? []), name]);
  }
  return { parameters, followers, removals: new Map() };
}

/** `names` and all that they follow from, in the graph's order. */
function ancestorsIn(graph: DesiredGraph, inputs: (name: ParameterName) => readonly ParameterName[]) {
  return (names: readonly ParameterName[]): ParameterName[] => {
    const found = new Set(names);
    for (const name of found) for (const input of inputs(name)) found.add(input);
    return [...graph.parameters.keys()].filter((name) => found.has(name));
  };
}
