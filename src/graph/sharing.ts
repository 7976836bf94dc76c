import { readFileSync } from "node:fs";
import path from "node:path";
import type { ConfigLocation, Declaration } from "../config/config.ts";
import { addCopy } from "../config/copy-edit.ts";
import { nodeAt } from "../config/json-node.ts";
import { showPlace } from "../config/origin.ts";
import { type ReplicationFile, readReplicationFile } from "../config/replication-file.ts";
import { ConfigError, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { type Compiled, compile } from "./compile.ts";
import type { DesiredGraph } from "./graph.ts";

/** An edit of one replication file by which a source is copied to one destination more, found good. */
export interface Sharing {
  /** Absolute. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The environment with the edit. */
  readonly compiled: Compiled;
}

export interface Share {
  readonly source: ParameterName;
  readonly destination: ParameterName;
  /** The file to edit, absolute; else the one file that already shares the source, or writes into the destination's service. */
  readonly file: string | undefined;
}

/**
 * Finds the file that is to say it and makes the edit, of which only what compiles is returned. Writes nothing.
 * @throws UserError when no file or several could say it, or the destination is declared; ConfigError for a cycle, a
 * missing grant and whatever else the edited configs would have wrong
 */
export function planSharing(
  location: ConfigLocation,
  { config, graph }: Pick<Compiled, "config" | "graph">,
  share: Share,
): Sharing {
  const { source, destination, file } = share;
  if (source === destination) {
    throw new UserError(`${source} would be copied to itself`, { hint: "name another destination" });
  }
  const declared = graph.parameters.get(destination);
  if (declared !== undefined && declared.rule.kind !== "exists") {
    if (downstreamOf(graph, destination).has(source)) {
      throw new UserError(`${source} follows from ${destination}, which cannot follow from it`, {
        hint: "a value cannot follow from itself: name another destination",
      });
    }
    const rule = declared.rule.kind === "copy" ? `a copy of ${declared.rule.source}` : declared.rule.kind;
    throw new UserError(`${destination} is declared already: ${rule}, at ${showPlace(declared.origin)}`, {
      hint: "a name has one rule: choose another destination, or change that entry",
    });
  }
  if (file !== undefined) return edited(location, config.declarations, share, file);
  let failure: ConfigError | undefined;
  for (const group of candidates(config.declarations, source, destination)) {
    const sound = group.flatMap((name) => {
      try {
        return [edited(location, config.declarations, share, path.resolve(location.cwd, name))];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        failure ??= error;
        return [];
      }
    });
    const [first, second] = sound;
    if (first !== undefined && second === undefined) return first;
    if (first !== undefined) {
      throw new UserError(`several files could share it: ${group.join(", ")}`, {
        hint: "name one of them with --config",
      });
    }
  }
  throw (
    failure ??
    new UserError(`no file shares ${source} or writes beside ${destination} yet`, {
      hint: "name the file that shall say it with --config",
    })
  );
}

/** The name itself, and all that follows from it, directly or through others. */
function downstreamOf({ followers }: DesiredGraph, name: ParameterName): ReadonlySet<ParameterName> {
  const all = new Set([name]);
  for (const each of all) for (const follower of followers.get(each) ?? []) all.add(follower);
  return all;
}

/**
 * Groups of files as users see them, the likeliest first: sharing the source and writing into the destination's folder,
 * writing into that folder, sharing and writing into the service, sharing, writing into the service, the only file.
 */
function candidates(
  declarations: readonly Declaration[],
  source: ParameterName,
  destination: ParameterName,
): string[][] {
  const folder = destination.slice(0, destination.lastIndexOf("/") + 1);
  const service = `${destination.split("/").slice(0, 3).join("/")}/`;
  const files = (says: (declaration: Declaration) => boolean) => [
    ...new Set(declarations.filter(says).map(({ origin }) => origin.file)),
  ];
  const sharing = files(({ rule }) => rule.kind === "copy" && rule.source === source);
  const serving = files(({ name }) => name.startsWith(service));
  const beside = files(({ name }) => name.startsWith(folder) && !name.includes("/", folder.length));
  const all = files(() => true);
  return [
    sharing.filter((file) => beside.includes(file)),
    beside,
    sharing.filter((file) => serving.includes(file)),
    sharing,
    serving,
    all.length === 1 ? all : [],
  ];
}

function edited(
  location: ConfigLocation,
  declarations: readonly Declaration[],
  { source, destination }: Share,
  absolute: string,
): Sharing {
  const problems: Problem[] = [];
  const file = readReplicationFile(absolute, location.cwd, problems);
  if (file === undefined || problems.some(({ severity }) => severity === "error"))
    throw new ConfigError(problems);
  const before = readFileSync(absolute, "utf8");
  const mark = before.startsWith("\uFEFF") ? "\uFEFF" : "";
  const sharedAs = keyOf(file, declarations, source);
  const edit = { language: file.language, source, destination };
  const text = addCopy(before.slice(mark.length), sharedAs === undefined ? edit : { ...edit, sharedAs });
  const compiled = compile({ ...location, edited: { path: absolute, text } });
  const rule = compiled.graph.parameters.get(destination)?.rule;
  if (rule?.kind !== "copy" || rule.source !== source) {
    throw new UserError(`${file.file} is no config of environment ${location.environment}`, {
      hint: 'name one of its files, or add this one to "configs" in environment.json',
    });
  }
  return { path: absolute, before, after: mark + text, compiled };
}

/** The key of a Figgy file that stands for the source, which may be spelled with variables. */
function keyOf(
  file: ReplicationFile,
  declarations: readonly Declaration[],
  source: ParameterName,
): string | undefined {
  const section = nodeAt(file.node, ["replicate_figs"]);
  if (section?.kind !== "object") return undefined;
  const places = new Set(
    declarations
      .filter(({ rule }) => rule.kind === "copy" && rule.source === source)
      .map(({ origin }) => showPlace(origin)),
  );
  return [...section.members].find(([, { value }]) =>
    (value.kind === "array" ? value.items : [value]).some(({ at }) => places.has(showPlace(at))),
  )?.[0];
}
