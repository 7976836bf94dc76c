/**
 * A cycle for every edge that closes one, in the direction that values flow, from its first name back to it:
 * `a → b → a` is `["a", "b", "a"]`. Without the names of all of them there would be none. Linear, however deep.
 */
export function findCycles(inputs: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const depths = new Map<string, number>();
  const trail: { readonly name: string; next: number }[] = [];
  const cycles: string[][] = [];

  function enter(name: string): void {
    depths.set(name, trail.length);
    trail.push({ name, next: 0 });
  }

  for (const start of [...inputs.keys()].sort()) {
    if (done.has(start)) continue;
    enter(start);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const input = inputs.get(top.name)?.[top.next++];
      if (input === undefined) {
        trail.pop();
        depths.delete(top.name);
        done.add(top.name);
        continue;
      }
      const depth = depths.get(input);
      if (depth !== undefined) cycles.push(fromFirst(trail.slice(depth).map(({ name }) => name)));
      else if (!done.has(input)) enter(input);
    }
  }
  return cycles;
}

/** The trail goes from each name to one that it follows from. */
function fromFirst(trail: readonly string[]): string[] {
  const flow = trail.toReversed();
  const [first = ""] = flow.toSorted();
  const at = flow.indexOf(first);
  return [...flow.slice(at), ...flow.slice(0, at), first];
}
