import type { Picture, PictureEdge } from "./picture.ts";

/** Where everything stands, sources at the left. */
export interface Layout {
  /** Names and waypoints of long links, each column from top to bottom. */
  readonly columns: readonly (readonly string[])[];
  /** Each link with the waypoints that it takes on its way over other columns, so that it crosses no box. */
  readonly routes: readonly { readonly edge: PictureEdge; readonly waypoints: readonly string[] }[];
}

/** How often the order of the columns is improved, to and fro. */
const SWEEPS = 4;

/**
 * A layered layout: each name stands right of all that it follows from, and near them. Folders may follow from one
 * another in a circle; the link that closes one does not count.
 */
export function layoutOf({ nodes, edges }: Picture): Layout {
  const names = nodes.map(({ name }) => name);
  const ranks = ranksOf(names, neighboursOf(names, edges, "source"));
  const routes = edges.map((edge) => ({ edge, waypoints: waypointsOf(edge, ranks) }));
  const columns: string[][] = [];
  const place = (name: string, rank: number) => {
    while (columns.length <= rank) columns.push([]);
    columns[rank]?.push(name);
  };
  for (const name of [...ranks.keys()].sort()) place(name, ranks.get(name) ?? 0);
  for (const { edge, waypoints } of routes) {
    for (const [index, waypoint] of waypoints.entries()) {
      place(waypoint, (ranks.get(edge.source) ?? 0) + 1 + index);
    }
  }
  const steps = routes.flatMap(({ edge, waypoints }) => {
    const stops = [edge.source, ...waypoints, edge.destination];
    return stops.slice(1).map((destination, index) => ({ source: stops[index] ?? "", destination }));
  });
  const inputs = neighboursOf(columns.flat(), steps, "source");
  const followers = neighboursOf(columns.flat(), steps, "destination");
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    for (const column of forward ? columns : columns.toReversed()) {
      sortByNeighbours(column, forward ? inputs : followers, columns);
    }
  }
  return { columns, routes };
}

type Link = Pick<PictureEdge, "source" | "destination">;

/** The names at the `end` of each name's links. */
function neighboursOf(names: readonly string[], links: readonly Link[], end: keyof Link) {
  const neighbours = new Map<string, string[]>(names.map((name) => [name, []]));
  const start = end === "source" ? "destination" : "source";
  for (const link of links) neighbours.get(link[start])?.push(link[end]);
  return neighbours;
}

function waypointsOf({ source, destination }: Link, ranks: ReadonlyMap<string, number>): string[] {
  const between = (ranks.get(destination) ?? 0) - (ranks.get(source) ?? 0) - 1;
  return Array.from({ length: Math.max(0, between) }, (_, index) =>
    JSON.stringify([source, destination, index]),
  );
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
  columns: Layout["columns"],
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
