import path from "node:path";
import type { Problem } from "../model/problem.ts";
import { type Base, leadsOut } from "./base.ts";
import { closestWord } from "./closest-word.ts";
import type { Entries } from "./declaration.ts";
import type { Environment } from "./environment.ts";
import {
  ENVIRONMENT_FILE,
  type EnvironmentFile,
  type NameGlob,
  readEnvironment,
} from "./environment-file.ts";
import { ENVIRONMENT_NAME } from "./environment-name.ts";
import { environmentsIn } from "./environments.ts";
import { readFiggy } from "./figgy-file.ts";
import { bundleImports } from "./figgy-import.ts";
import { globFolder, matchFiles } from "./file-glob.ts";
import { isFile, jsonFileOf, readJsonFile, showPath } from "./json-file.ts";
import { readNative } from "./native-file.ts";
import { errorAt, type Origin, warningAt } from "./origin.ts";
import { parameterNames } from "./parameter-names.ts";
import { type ReplicationFile, readReplicationFile } from "./replication-file.ts";
import { uniqueEntries } from "./unique-entries.ts";

export type { Adoption, Attributes, Declaration, Group, Reference } from "./declaration.ts";
export type { Origin } from "./origin.ts";

/** The files of one environment, native and Figgy's alike, as one model. */
export interface Config extends Entries {
  readonly environment: Environment;
  readonly nameGlobs: readonly NameGlob[];
}

export interface ConfigLocation {
  /** The folder that holds one folder for each environment, relative to `cwd` or absolute. */
  readonly configs: string;
  readonly environment: string;
  /** Files are shown relative to it. */
  readonly cwd: string;
  /** Given where the files are an outsider's proposal. */
  readonly base?: Base;
  /** A replication file that is read as if it had this text: an edit that is tried before it is written. */
  readonly edited?: { readonly path: string; readonly text: string };
}

export interface Loaded {
  readonly config?: Config;
  readonly problems: readonly Problem[];
  /** Everything that belongs to the environment, absolute: its file, what was read for it, and its sources of values. */
  readonly files: readonly string[];
  /** Where another file would be read too: the environment's folder and those of the globs, absolute. */
  readonly folders: readonly string[];
}

/**
 * Reads everything that an environment's files say, and everything that is wrong with them. With errors among the
 * problems the config is what could be understood, good for finding more problems and nothing else; it is absent
 * when there is no such environment. Never throws.
 */
export function loadConfig(location: ConfigLocation): Loaded {
  const folder = path.resolve(location.cwd, location.configs, location.environment);
  const absolute = path.join(folder, ENVIRONMENT_FILE);
  const { base, cwd } = location;
  if (!ENVIRONMENT_NAME.test(location.environment) || !(base !== undefined || isFile(absolute))) {
    return { problems: [missingEnvironment(location)], files: [], folders: [] };
  }
  const json =
    base === undefined ? readJsonFile(absolute, cwd) : jsonFileOf(base.environmentFile, absolute, cwd);
  const environment = readEnvironment(json, location.environment);
  const problems = [...environment.problems];
  const loaded = new Map<string, ReplicationFile | undefined>();
  const paths = findFiles(environment, absolute, problems);
  const entries = readEntries(environment, { paths, loaded }, location, problems);
  const { nameGlobs } = environment;
  const config = { environment: environment.environment, nameGlobs, ...uniqueEntries(entries, problems) };
  const files = [absolute, ...loaded.keys(), ...sourceFiles(environment)];
  const folders = (environment.globs ?? []).map(({ glob }) => globFolder(glob, folder));
  return { config, problems, files, folders: [folder, ...folders] };
}

function readEntries(
  { environment, variables, namespaces }: EnvironmentFile,
  { paths, loaded }: { paths: readonly string[]; loaded: Map<string, ReplicationFile | undefined> },
  { cwd, base, edited }: ConfigLocation,
  problems: Problem[],
): Entries {
  const isOutside = (absolute: string) => base !== undefined && leadsOut(absolute, base.top);
  const read = (absolute: string) => {
    if (!isOutside(absolute)) {
      const text = edited?.path === absolute ? edited.text : undefined;
      return readReplicationFile(absolute, cwd, problems, text);
    }
    const hint = "replace the link by the file itself";
    problems.push(errorAt(top(showPath(absolute, cwd)), "this file leads out of the repository", hint));
    return undefined;
  };
  const load = (absolute: string) => {
    if (!loaded.has(absolute)) loaded.set(absolute, read(absolute));
    return loaded.get(absolute);
  };
  const names = parameterNames(variables, environment.file, problems);
  const files = paths.map(load).filter((file) => file !== undefined);
  // Of what lies outside not even that is told.
  const isThere = (absolute: string) => isOutside(absolute) || isFile(absolute);
  const all = bundleImports(files, { isThere, load }, problems).flatMap((bundle) => [
    readNative(bundle.root, names, problems),
    ...(namespaces === undefined ? [] : [readFiggy(bundle, names, namespaces, problems)]),
  ]);
  return {
    declarations: all.flatMap((one) => one.declarations),
    references: all.flatMap((one) => one.references),
    adoptions: all.flatMap((one) => one.adoptions),
    groups: all.flatMap((one) => one.groups),
    moves: all.flatMap((one) => one.moves),
    removals: all.flatMap((one) => one.removals),
  };
}

function sourceFiles({ environment }: Pick<EnvironmentFile, "environment">): string[] {
  return environment.sources.flatMap((source) => ("path" in source ? [source.path] : []));
}

/** The replication files of an environment, absolute, each once, sorted. */
function findFiles(
  { environment, globs }: EnvironmentFile,
  environmentFile: string,
  problems: Problem[],
): string[] {
  const folder = path.dirname(environmentFile);
  const others = new Set(sourceFiles({ environment }));
  const matching = (glob: string) =>
    matchFiles(glob, folder).filter((file) => file !== environmentFile && !others.has(file));
  if (globs !== undefined) {
    const found = globs.flatMap(({ glob, origin }) => {
      const files = matching(glob);
      if (files.length === 0)
        problems.push(errorAt(origin, "this glob matches no file", "it is relative to this file"));
      return files;
    });
    return [...new Set(found)].sort();
  }
  const found = matching("./*.json");
  if (found.length === 0) {
    const hint = 'add one, or name those of other folders in "configs"';
    problems.push(warningAt(top(environment.file), "no replication config lies beside this file", hint));
  }
  return found;
}

function missingEnvironment({ configs, environment, cwd }: ConfigLocation): Problem {
  const folder = path.resolve(cwd, configs);
  const shown = showPath(folder, cwd);
  if (!ENVIRONMENT_NAME.test(environment)) {
    return errorAt(top(shown), "this is no name of an environment", "a name has letters, digits and _ . -");
  }
  const known = environmentsIn(folder);
  const meant = closestWord(environment, known);
  return errorAt(
    top(`${shown}/${environment}/${ENVIRONMENT_FILE}`),
    `there is no environment ${environment}`,
    known.length > 0
      ? `${meant === undefined ? "" : `did you mean ${meant}? `}known environments: ${known.join(", ")}`
      : `no folder of ${shown} has an ${ENVIRONMENT_FILE}: the README of paraform has a first one, and paraform import writes one`,
  );
}

function top(file: string): Origin {
  return { file, line: 1, column: 1 };
}
