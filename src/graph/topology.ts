import { errorAt } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { GraphNode } from "./node.ts";

type Nodes = ReadonlyMap<ParameterName, GraphNode>;
type Followers = ReadonlyMap<ParameterName, readonly ParameterName[]>;

/** More cycles than this are not listed: who has so many starts with these. */
const MOST_CYCLES = 100;
const LONGEST_SHOWN = 12;

/** Direct followers of each name, sorted. */
export function followersOf(nodes: ReadonlyMap<ParameterName, Pick<GraphNode, "inputs">>): Followers {
  const followers = new Map<ParameterName, ParameterName[]>();
  for (const name of [...nodes.keys()].sort()) {
    for (const input of nodes.get(name)?.inputs ?? []) {
      const known = followers.get(input);
      if (known === undefined) followers.set(input, [name]);
      else known.push(name);
    }
  }
  return followers;
}

/**
 * Sources before what follows from them. Of the names that are ready it takes those of the file at hand first, by
 * name, and goes to the first file that has any when the file at hand has none. What lies on or behind a cycle is left out.
 */
export function sortBySource(nodes: Nodes, followers: Followers): GraphNode[] {
  const order: GraphNode[] = [];
  const missing = new Map<ParameterName, number>();
  const ready = new Map<string, GraphNode[]>();
  const files = [...new Set([...nodes.values()].map((node) => node.origin.file))].sort();

  function makeReady(node: GraphNode): void {
    const others = ready.get(node.origin.file);
    if (others === undefined) ready.set(node.origin.file, [node]);
    else others.push(node);
  }

  for (const node of nodes.values()) {
    missing.set(node.name, node.inputs.length);
    if (node.inputs.length === 0) makeReady(node);
  }
  for (let file = nextFile(); file !== undefined; file = nextFile()) {
    for (let batch = takeBatch(file); batch.length > 0; batch = takeBatch(file)) {
      for (const node of batch) {
        order.push(node);
        for (const name of followers.get(node.name) ?? []) {
          const left = (missing.get(name) ?? 0) - 1;
          missing.set(name, left);
          const follower = nodes.get(name);
          if (left === 0 && follower !== undefined) makeReady(follower);
        }
      }
    }
  }
  return order;

  function nextFile(): string | undefined {
    return ready.size === 0 ? undefined : files.find((file) => ready.has(file));
  }

  function takeBatch(file: string): GraphNode[] {
    const batch = ready.get(file) ?? [];
    ready.delete(file);
    return batch.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** A cycle for every edge that closes one: without these edges there would be none. `order` is what has no cycle. */
export function findCycles(nodes: Nodes, order: readonly GraphNode[]): Problem[] {
  if (order.length === nodes.size) return [];
  const done = new Set(order.map((node) => node.name));
  const problems: Problem[] = [];
  const depths = new Map<ParameterName, number>();
  const trail: { node: GraphNode; next: number }[] = [];

  function enter(name: ParameterName): void {
    const node = nodes.get(name);
    if (node === undefined) return;
    depths.set(name, trail.length);
    trail.push({ node, next: 0 });
  }

  for (const start of [...nodes.keys()].filter((name) => !done.has(name)).sort()) {
    if (done.has(start)) continue;
    enter(start);
    for (let top = trail.at(-1); top !== undefined && problems.length < MOST_CYCLES; top = trail.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        trail.pop();
        depths.delete(top.node.name);
        done.add(top.node.name);
        continue;
      }
      const depth = depths.get(input);
      if (depth !== undefined) problems.push(cycleProblem(trail.slice(depth).map((step) => step.node)));
      else if (!done.has(input)) enter(input);
    }
  }
  return problems;
}

/** `cycle` goes from each parameter to one that it follows from; it is shown the way that values flow, from its first name on. */
function cycleProblem(cycle: readonly GraphNode[]): Problem {
  const flow = cycle.toReversed();
  const first = flow.reduce((least, node) => (node.name < least.name ? node : least));
  const at = flow.indexOf(first);
  const names = [...flow.slice(at), ...flow.slice(0, at), first].map((node) => node.name);
  const shown =
    names.length <= LONGEST_SHOWN
      ? names
      : [...names.slice(0, LONGEST_SHOWN - 2), `(${names.length - LONGEST_SHOWN + 1} more)`, first.name];
  return errorAt(
    first.origin,
    `cycle: ${shown.join(" → ")}`,
    "a value cannot follow from itself: give one of these another rule",
  );
}
