import path from "node:path";
import type { Problem } from "../model/problem.ts";
import type { Environment, Guards, Scope, StoreLocation } from "./environment.ts";
import { type EnvironmentShape, environmentSchema } from "./environment-schema.ts";
import type { JsonFile } from "./json-file.ts";
import { type JsonNode, nodeAt, placeOf } from "./json-node.ts";
import { errorAt, type Origin } from "./origin.ts";
import { foldScopes } from "./scopes.ts";
import { readShape } from "./shape.ts";
import { readSource } from "./source-location.ts";

/** What `environment.json` says, and what the replication files need to be read. */
export interface EnvironmentFile {
  /** Whole when the file has no error; else what is broken has its default, so that more problems can be found. */
  readonly environment: Environment;
  /** The globs of `configs`; absent when the file has none. */
  readonly globs?: readonly { readonly glob: string; readonly origin: Origin }[];
  /** Absent, like `namespaces`, when the file could not tell. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly namespaces?: Environment["namespaces"];
  readonly nameGlobs: readonly NameGlob[];
  readonly problems: readonly Problem[];
}

/** A glob over parameter names, and the key that it stands under. */
export interface NameGlob {
  readonly key: "public" | "protect" | "ignore" | "keys";
  readonly glob: string;
  readonly origin: Origin;
}

export const ENVIRONMENT_FILE = "environment.json";

const DEFAULT_GUARDS: Guards = {
  delete: { count: 3, percent: 10 },
  update: { percent: 50 },
  regenerate: { count: 5 },
};
const DEFAULT_NAMESPACES = { service: "/app", shared: "/shared" };

/** `name` is that of the file's folder, against which paths are resolved. */
export function readEnvironment(json: JsonFile, name: string): EnvironmentFile {
  const problems = [...json.problems];
  const shaped = json.root === undefined ? undefined : readShape(environmentSchema, json.root, problems);
  const value = shaped?.value ?? {};
  const root = shaped?.node;
  const fallback = problems.length > 0 ? STAND_IN : {};
  if (root !== undefined && value.environment !== undefined && value.environment !== name) {
    const place = placeOf(root, ["environment"]);
    problems.push(
      errorAt(place, "environment is not the name of its folder", `write "environment": "${name}"`),
    );
  }
  const told = (key: keyof EnvironmentShape) =>
    shaped !== undefined && nodeAt(shaped.node, [key]) === nodeAt(shaped.written, [key]);
  const sources =
    root === undefined
      ? []
      : (value.sources ?? []).map((source, index) =>
          readSource(source, path.dirname(json.path), placeOf(root, ["sources", index])),
        );
  const environment = { ...trusted({ ...fallback, ...value }, json, name), sources };
  return {
    environment,
    nameGlobs: root === undefined ? [] : nameGlobsOf(value, root),
    problems,
    ...(root === undefined || value.configs === undefined
      ? {}
      : { globs: value.configs.map((glob, index) => ({ glob, origin: placeOf(root, ["configs", index]) })) }),
    ...(told("variables") ? { variables: value.variables ?? {} } : {}),
    ...(told("namespaces") ? { namespaces: environment.namespaces } : {}),
  };
}

function nameGlobsOf(value: Partial<EnvironmentShape>, root: JsonNode): NameGlob[] {
  const listed = (["public", "protect", "ignore"] as const).flatMap((key) =>
    (value[key] ?? []).map((glob, index) => ({ key, glob, origin: placeOf(root, [key, index]) })),
  );
  const keyed = (value.keys ?? []).map(({ path: glob }, index) => ({
    key: "keys" as const,
    glob,
    origin: placeOf(root, ["keys", index, "path"]),
  }));
  return [...listed, ...keyed];
}

/** Keeps an error of environment.json from showing as errors of the files that it would have ruled. */
const STAND_IN = { replicationKey: "alias/unknown" };

function trusted(
  value: Partial<EnvironmentShape>,
  json: JsonFile,
  name: string,
): Omit<Environment, "sources"> {
  const folder = path.dirname(json.path);
  return {
    name,
    file: json.file,
    store: readStore(value.store, folder, name),
    owner: value.owner ?? "",
    scopes: foldScopes((value.scopes ?? []).map(readScope)),
    keys: value.keys ?? [],
    ...(value.replicationKey === undefined ? {} : { replicationKey: value.replicationKey }),
    ...(value.formerReplicationKey === undefined ? {} : { formerReplicationKey: value.formerReplicationKey }),
    digestKey: value.digestKey ?? { kmsKey: "" },
    public: value.public ?? [],
    ...(value.grants === undefined ? {} : { grants: value.grants }),
    protect: value.protect ?? [],
    ignore: value.ignore ?? [],
    guards: {
      delete: { ...DEFAULT_GUARDS.delete, ...value.guards?.delete },
      update: { ...DEFAULT_GUARDS.update, ...value.guards?.update },
      regenerate: { ...DEFAULT_GUARDS.regenerate, ...value.guards?.regenerate },
      ...(value.guards?.broaden === undefined ? {} : { broaden: value.guards.broaden }),
    },
    namespaces: {
      service: withoutSlash(value.namespaces?.service ?? DEFAULT_NAMESPACES.service),
      shared: withoutSlash(value.namespaces?.shared ?? DEFAULT_NAMESPACES.shared),
    },
    tags: { ...value.tags },
  };
}

function readStore(
  store: EnvironmentShape["store"] | undefined,
  folder: string,
  name: string,
): StoreLocation {
  if (store?.kind === "parameter-store") return store;
  const file = store?.path ?? path.join("..", "..", ".paraform", `${name}.db`);
  return { kind: "embedded", path: path.resolve(folder, file) };
}

function readScope(scope: NonNullable<EnvironmentShape["scopes"]>[number]): Scope {
  const { path: prefix, exclusive = false } = typeof scope === "string" ? { path: scope } : scope;
  return { path: `${withoutSlash(prefix)}/`, exclusive };
}

function withoutSlash(text: string): string {
  return text.endsWith("/") ? text.slice(0, -1) : text;
}
