import type { LiveQuery } from "./store.ts";

/** One filter of DescribeParameters. */
export interface NameFilter {
  readonly Key: "Name";
  readonly Option: "BeginsWith" | "Equals";
  readonly Values: string[];
}

/** Values in one filter (DescribeParameters, `ParameterStringFilter`). */
const MOST_VALUES = 50;

/**
 * The filters that together cover `query`, one for each chain of pages. Names fill up the last filter of prefixes,
 * where each also matches what begins with it; the rest are asked for exactly, while that is one filter. AWS filters
 * after paging, so each chain pages through the whole account: more names are asked for by the folders that they lie in.
 */
export function filterChains(query: LiveQuery): NameFilter[] {
  const prefixes = [...new Set(query.prefixes)].filter(
    (prefix) => !query.prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  );
  const names = [...new Set(query.names)]
    .filter((name) => !prefixes.some((prefix) => name.startsWith(prefix)))
    .map(spellings);
  const room = prefixes.length === 0 ? 0 : MOST_VALUES - (prefixes.length % MOST_VALUES || MOST_VALUES);
  const fitting = take(names, room);
  const rest = names.slice(fitting).flat();
  const folders = rest.length > MOST_VALUES ? foldersOf(names.flat()) : undefined;
  if (folders !== undefined) return chunks([...prefixes, ...folders], "BeginsWith");
  return [
    ...chunks([...prefixes, ...names.slice(0, fitting).flat()], "BeginsWith"),
    ...chunks(rest, "Equals"),
  ];
}

/** The deepest folders of one depth in which all of `names` lie, and names that lie in none; `undefined` where one filter cannot hold them. */
function foldersOf(names: readonly string[]): string[] | undefined {
  const deepest = names.reduce((most, name) => Math.max(most, depthOf(name)), 0);
  for (let depth = deepest; depth > 0; depth -= 1) {
    const folders = new Set(names.map((name) => folderOf(name, depth)));
    if (folders.size <= MOST_VALUES) return [...folders];
  }
  return undefined;
}

/** `/app/a/` of `/app/a/b/c` at depth 2; a name that lies less deep is its own. */
function folderOf(name: string, depth: number): string {
  return depthOf(name) < depth
    ? name
    : `${name
        .split("/")
        .slice(0, depth + 1)
        .join("/")}/`;
}

/** In how many folders a name lies. */
function depthOf(name: string): number {
  return name.split("/").length - 2;
}

/** A parameter of one segment is stored as it was spelled when it was made: with the slash or without. */
function spellings(name: string): string[] {
  return name.lastIndexOf("/") === 0 ? [name, name.slice(1)] : [name];
}

/** How many of `names`, from the first on, have room for all their spellings. */
function take(names: readonly string[][], room: number): number {
  let left = room;
  const index = names.findIndex((spelled) => {
    left -= spelled.length;
    return left < 0;
  });
  return index === -1 ? names.length : index;
}

function chunks(values: readonly string[], option: NameFilter["Option"]): NameFilter[] {
  const filters: NameFilter[] = [];
  for (let start = 0; start < values.length; start += MOST_VALUES) {
    filters.push({ Key: "Name", Option: option, Values: values.slice(start, start + MOST_VALUES) });
  }
  return filters;
}
