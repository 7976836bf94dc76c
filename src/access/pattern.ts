import type { ParameterName } from "../model/name.ts";
import { grouped } from "./grouped.ts";

/**
 * `names` in as few of IAM's patterns as match no other name of `known`: folders as high as may be, as `/app/a/*`, and
 * `*` for the one folder in which alike ones differ. A pattern matches names that nobody knows too,
 * so it is for a key's use alone, which takes the right to the parameter itself beside it.
 */
export function patternsOf(names: readonly ParameterName[], known: Iterable<ParameterName>): string[] {
  const wanted = new Set(names);
  const others = [...known].filter((name) => !wanted.has(name));
  const mixed = new Set(others.flatMap(foldersAbove));
  const paths = names.map((name) => {
    const folder = foldersAbove(name).find((each) => each !== "/" && !mixed.has(each));
    return folder === undefined ? name : `${folder}*`;
  });
  return likeOnes([...new Set(paths)], others);
}

/** `paths`, of which some may end in `*`, with one pattern for those that differ in a folder's name alone. */
export function likeOnes(paths: readonly string[], others: readonly ParameterName[]): string[] {
  const byEnd = grouped(others, lastSegment);
  const left = new Set(paths);
  const patterns: string[] = [];
  const groups = [...grouped(paths.flatMap(generalized), ({ pattern }) => pattern)];
  for (const [pattern, members] of groups.sort(([, a], [, b]) => b.length - a.length)) {
    const inside = members.filter(({ path }) => left.has(path));
    if (inside.length < 2) continue;
    const candidates = pattern.endsWith("*") ? others : (byEnd.get(lastSegment(pattern)) ?? []);
    const matches = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
    if (candidates.some((name) => matches.test(name))) continue;
    for (const { path } of inside) left.delete(path);
    patterns.push(pattern);
  }
  return [...left, ...patterns].sort();
}

/** A path with `*` for each of its folders in turn, but for the first. */
function generalized(path: string): { pattern: string; path: string }[] {
  const segments = path.split("/");
  return segments.slice(2, -1).map((_, index) => ({
    path,
    pattern: segments.with(index + 2, "*").join("/"),
  }));
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `/a/b/c` lies below `/`, `/a/` and `/a/b/`. */
export function foldersAbove(name: string): string[] {
  return [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index + 1));
}
