import type { Environment } from "../config/environment.ts";
import type { ParameterName } from "../model/name.ts";
import { matchesAny } from "./name-glob.ts";

/** Whose a path is: entries of `keys` with the same beginning are one owner's. */
export interface Owner {
  /** The beginning of its paths: `dba` for `/dba/**`, `all` for `/**`. */
  readonly name: string;
  readonly keys: readonly string[];
  /** `/dba/`: everything below is the owner's, but for what is excluded. */
  readonly path: string;
  /** Beginnings of paths below `path` that are another owner's. */
  readonly excluded: readonly string[];
}

/** The owner of what no entry of `keys` matches: it has followers like any other, but no key and no role. */
const UNOWNED = "unowned";

/** The owners of an environment in the order of `keys`. */
export function ownersOf({ keys }: Environment): Owner[] {
  const beginnings = [...new Set(keys.map(({ path }) => beginningOf(path)))];
  return beginnings.map((path, index) => ({
    name: nameOf(path),
    keys: [...new Set(keys.filter((entry) => beginningOf(entry.path) === path).map(({ key }) => key))],
    path,
    excluded: beginnings.slice(0, index).filter((other) => other.startsWith(path)),
  }));
}

/** Tells the owner's name of a parameter: the first match in `keys` decides, as it does for the key. */
export function ownerOf(environment: Environment): (name: ParameterName) => string {
  const pathOf = ownerPathOf(environment);
  return (name) => {
    const path = pathOf(name);
    return path === undefined ? UNOWNED : nameOf(path);
  };
}

/** The same by the owner's `path`; `undefined` for what no entry of `keys` matches. */
export function ownerPathOf({ keys }: Environment): (name: ParameterName) => string | undefined {
  const entries = keys.map(({ path }) => ({ path: beginningOf(path), matches: matchesAny([path]) }));
  return (name) => entries.find(({ matches }) => matches(name))?.path;
}

/** The whole segments in front of the first wildcard, with a slash at the end. A glob of one name is its folder's. */
export function beginningOf(glob: string): string {
  const literal = /^[^*?[\]{}()!+@]*/.exec(glob)?.[0] ?? "";
  return literal.slice(0, literal.lastIndexOf("/") + 1);
}

function nameOf(path: string): string {
  return path === "/" ? "all" : path.slice(1, -1).replaceAll(/[^A-Za-z0-9_-]/g, "-");
}
