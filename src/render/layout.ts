import type { Picture } from "./picture.ts";

/** Names in columns, sources at the left, each column from top to bottom. */
export type Columns = readonly (readonly string[])[];

/** How often the order of the columns is improved, to and fro. */
const SWEEPS = 4;

/**
 * A layered layout: each name stands right of all that it follows from, and near them. Folders may follow from one
 * another in a circle; the link that closes one does not count.
 */
export function columnsOf({ nodes, edges }: Picture): Columns {
  const inputs = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  const followers = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  for (const { source, destination } of edges) {
    inputs.get(destination)?.push(source);
    followers.get(source)?.push(destination);
  }
  const ranks = ranksOf(
    nodes.map(({ name }) => name),
    inputs,
  );
  const columns: string[][] = [];
  for (const name of [...ranks.keys()].sort()) {
    const rank = ranks.get(name) ?? 0;
    while (columns.length <= rank) columns.push([]);
    columns[rank]?.push(name);
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    for (const column of forward ? columns : columns.toReversed()) {
      sortByNeighbours(column, forward ? inputs : followers, columns);
    }
  }
  return columns;
}

/** The longest way from a name without inputs to each. */
function ranksOf(names: readonly string[], inputs: ReadonlyMap<string, readonly string[]>) {
  const ranks = new Map<string, number>();
  const open = new Set<string>();
  const trail: string[] = [];
  for (const start of names) {
    trail.push(start);
    for (let name = trail.at(-1); name !== undefined; name = trail.at(-1)) {
      const next = (inputs.get(name) ?? []).find((input) => !ranks.has(input) && !open.has(input));
      if (next !== undefined && !ranks.has(name)) {
        open.add(name);
        trail.push(next);
        continue;
      }
      trail.pop();
      open.delete(name);
      const before = (inputs.get(name) ?? []).map((input) => ranks.get(input) ?? -1);
      if (!ranks.has(name)) ranks.set(name, 1 + before.reduce((most, rank) => Math.max(most, rank), -1));
    }
  }
  return ranks;
}

/** Puts each name at the average height of its neighbours; the order stays where that says nothing. */
function sortByNeighbours(
  column: string[],
  neighbours: ReadonlyMap<string, readonly string[]>,
  columns: Columns,
): void {
  const heights = new Map(
    columns.flatMap((names) =>
      names.map((name, index): [string, number] => [name, (index + 0.5) / names.length]),
    ),
  );
  const wanted = new Map(
    column.map((name) => {
      const near = neighbours.get(name) ?? [];
      const sum = near.reduce((total, other) => total + (heights.get(other) ?? 0), 0);
      return [name, near.length === 0 ? (heights.get(name) ?? 0) : sum / near.length];
    }),
  );
  column.sort((one, other) => (wanted.get(one) ?? 0) - (wanted.get(other) ?? 0));
}
