import type { ParameterName } from "../model/name.ts";
import { grouped } from "./grouped.ts";
import { foldersAbove } from "./pattern.ts";

/**
 * `names` in as few paths as say nothing else: a folder, as `/app/a/replicated/*`, stands for its members where
 * all that `known` has below it is among `names`, and there are two. In the order of the alphabet.
 */
export function foldersOf(names: readonly ParameterName[], known: Iterable<ParameterName>): string[] {
  const wanted = new Set(names);
  const mixed = new Set([...known].filter((name) => !wanted.has(name)).flatMap(foldersAbove));
  const members = grouped(wanted, parentOf);
  const paths = [...members].flatMap(([folder, inside]) =>
    inside.length > 1 && !mixed.has(folder) && folder !== "/" ? [`${folder}*`] : inside,
  );
  return paths.sort();
}

function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}
