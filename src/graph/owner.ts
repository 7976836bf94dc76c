import type { Environment } from "../config/environment.ts";

import { distinctPath, nameWithHash } from "../model/distinct-name.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { matchesAny } from "./name-glob.ts";

/** Whose a path is: entries of `keys` with the same beginning are one owner's. */
export interface Owner {
  /** The beginning of its paths: `dba` for `/dba/**`, `all` for `/**`; no other beginning has it. */
  readonly name: string;
  readonly keys: readonly string[];
  /** `/dba/`: everything below is the owner's, but for what is excluded. */
  readonly path: string;
  /** Beginnings of paths below `path` that are another owner's. */
  readonly excluded: readonly string[];
}

/** The owner of what no entry of `keys` matches: it has followers like any other, but no key and no role. */
const UNOWNED = "unowned";
/** The owner of what begins with nothing in particular. */
const ALL = "all";
/** Stands between the names of owners that are named together. */
export const JOINT = "-and-";

/**
 * The owners of an environment in the order of `keys`: each has its path but for what is deeper and another's.
 * @throws UserError where an entry matches in a deeper path that another one begins, so that both would own a name
 */
export function ownersOf({ keys }: Environment): Owner[] {
  const entries = keys.map(({ path, key }) => ({ path, key, beginning: beginningOf(path) }));
  const matching = entries.filter(
    ({ beginning }, index) => !entries.slice(0, index).some(({ path }) => covers(path, beginning)),
  );
  for (const [index, entry] of matching.entries()) {
    const deeper = matching.slice(index + 1).find(({ beginning }) => reachesInto(entry, beginning));
    if (deeper !== undefined) {
      throw new UserError(
        `keys has ${entry.path} before ${deeper.path}, and whose that is which both match nobody can tell`,
        { hint: `write ${deeper.path} first: what both match is then its owner's` },
      );
    }
  }
  for (const [index, { path, beginning }] of matching.entries()) {
    const isWhole = matching.some((entry) => entry.beginning === beginning && covers(entry.path, beginning));
    const wider = matching.slice(index + 1).find((entry) => reachesInto(entry, beginning));
    if (isWhole || wider === undefined) continue;
    throw new UserError(
      `keys has ${path} before ${wider.path}, which matches below ${beginning} too, and whose that is nobody can tell`,
      { hint: remedy(path, beginning) },
    );
  }
  const beginnings = [...new Set(matching.map(({ beginning }) => beginning))];
  return beginnings.map((path) => ({
    name: nameOf(path),
    keys: [...new Set(entries.filter(({ beginning }) => beginning === path).map(({ key }) => key))],
    path,
    excluded: beginnings.filter((other) => other !== path && other.startsWith(path)),
  }));
}

/** A path is one owner's or the other's; a key of its own has also a single name. */
function remedy(path: string, beginning: string): string {
  if (/[*?[\]{}()]/.test(path)) return `write ${beginning}**: what is below is then one owner's`;
  return `write ${beginning}**, or take it out and say "key" where ${path} is declared`;
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

/** Whether a glob matches everything below `path`. */
function covers(glob: string, path: string): boolean {
  return glob === `${beginningOf(glob)}**` && path.startsWith(beginningOf(glob));
}

/** Whether an entry may match something below another's beginning: as far as its segments are single ones and tell. */
function reachesInto({ path, beginning }: { path: string; beginning: string }, other: string): boolean {
  if (other === beginning || !other.startsWith(beginning)) return false;
  const segments = path.split("/").slice(1);
  const folders = other.split("/").slice(1, -1);
  const unclear = segments.findIndex((segment) => /\*\*|[[\](){}]/.test(segment));
  if (unclear === -1 && segments.length <= folders.length) return false;
  const telling = unclear === -1 ? folders : folders.slice(0, unclear);
  return telling.every((folder, index) => matchesAny([`/${segments[index] ?? ""}`])(`/${folder}`));
}

/**
 * `/dba/` is `dba`, `/dba/vault/` is `dba--vault`. A folder that is called like all, like nobody, or like several owners
 * together has a hash behind its name.
 */
function nameOf(path: string): string {
  if (path === "/") return ALL;
  const folder = path.slice(1, -1);
  const isTaken = folder === ALL || folder === UNOWNED || folder.includes(JOINT);
  return isTaken ? nameWithHash(folder, path) : distinctPath(folder);
}
