import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { isFile, showPath } from "../config/json-file.ts";
import { errorAt, type Origin } from "../config/origin.ts";
import { UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { childOf, isMapping, keysOf, type Layers, topOf } from "./layers.ts";
import { readSecrets, type SecretDefinition } from "./secrets-file.ts";
import { readYamlFile } from "./yaml-file.ts";
import { isTruthy, textOf, type YamlMap } from "./yaml-node.ts";

/** A folder with a Phalanx checkout, read for one environment. */
export interface Checkout {
  /** Absolute. */
  readonly folder: string;
  readonly environment: string;
  /** Files are shown relative to it. */
  readonly cwd: string;
}

/** What the environment's values files say of it, as far as secrets are concerned. */
export interface PhalanxEnvironment {
  /** The names of all applications that the values files know, sorted, each with whether it is enabled. */
  readonly applications: ReadonlyMap<string, boolean>;
  readonly vaultUrl: string;
  readonly vaultPathPrefix: string;
  /** The place of `vaultPathPrefix`. */
  readonly at: Origin;
  /** Absent where the environment does not use 1Password. */
  readonly onepassword?: { readonly connect: string; readonly vault: string; readonly at: Origin };
}

/** An enabled application: its secrets, overrides applied, sorted by key, and its values. */
export interface Application {
  readonly name: string;
  readonly secrets: readonly SecretDefinition[];
  readonly values: Layers;
  /** The secrets files that are there, as shown to users inside the checkout: with forward slashes. */
  readonly files: readonly string[];
  /** The values of every other environment, each over the chart's own; read when first asked for. */
  readonly valuesElsewhere: () => readonly Layers[];
}

const NO_VALUES: YamlMap = { kind: "map", at: { file: "", line: 1, column: 1 }, members: new Map() };

/** The environments that have a values file, sorted. @throws UserError when this is no Phalanx checkout */
export function environmentsOf({ folder, cwd }: Pick<Checkout, "folder" | "cwd">): string[] {
  if (!isFile(path.join(folder, "environments", "values.yaml"))) {
    throw new UserError(
      `${showPath(folder, cwd)} is no Phalanx checkout: it has no environments/values.yaml`,
      {
        hint: "name the folder that holds environments/ and applications/",
      },
    );
  }
  return otherValues(path.join(folder, "environments"));
}

/** `name` must be one of `environmentsOf`. */
export function readPhalanxEnvironment(
  { folder, cwd }: Checkout,
  name: string,
  problems: Problem[],
): PhalanxEnvironment {
  const file = (base: string) => path.join(folder, "environments", base);
  const values = layersOf([file("values.yaml"), file(`values-${name}.yaml`)], cwd, problems);
  const applications = childOf(values, "applications");
  const prefix = childOf(values, "vaultPathPrefix");
  const onepassword = childOf(values, "onepassword");
  const connectAt = onepassword && childOf(onepassword, "connectUrl");
  const connect = textAt(connectAt);
  if (applications === undefined || !isMapping(applications)) {
    const at = topOf(applications ?? values).at;
    problems.push(errorAt(at, "applications is no mapping of names to true or false"));
  }
  return {
    applications: new Map(
      keysOf(applications ?? values).map((key) => {
        const enabled = applications && childOf(applications, key);
        return [key, enabled !== undefined && isTruthy(topOf(enabled))];
      }),
    ),
    vaultUrl: textAt(childOf(values, "vaultUrl")),
    vaultPathPrefix: textAt(prefix),
    at: topOf(prefix ?? values).at,
    ...(connect === "" || connectAt === undefined || onepassword === undefined
      ? {}
      : {
          onepassword: {
            connect,
            vault: textAt(childOf(onepassword, "vaultTitle")),
            at: topOf(connectAt).at,
          },
        }),
  };
}

/** Reads `values*.yaml` and `secrets*.yaml` of an application; one without a folder has neither. */
export function readApplication(
  { folder, environment, cwd }: Checkout,
  name: string,
  problems: Problem[],
  reports: Problem[],
): Application {
  const inside = (base: string) => path.join(folder, "applications", name, base);
  const chart = inside("values.yaml");
  const secrets = new Map<string, SecretDefinition>();
  const files = ["secrets.yaml", `secrets-${environment}.yaml`].filter((base) => isFile(inside(base)));
  for (const base of files) {
    const root = readYamlFile(inside(base), cwd, problems);
    if (root === undefined) continue;
    for (const secret of readSecrets(root, name, reports)) secrets.set(secret.key, secret);
  }
  return {
    name,
    secrets: [...secrets.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    values: layersOf([chart, inside(`values-${environment}.yaml`)], cwd, problems),
    files: files.map((base) => `applications/${name}/${base}`),
    valuesElsewhere: once(() =>
      otherValues(inside("."))
        .filter((other) => other !== environment)
        .map((other) => layersOf([chart, inside(`values-${other}.yaml`)], cwd, [])),
    ),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Whether the checkout has a chart of this name, enabled or not. */
export function hasApplication({ folder }: Checkout, name: string): boolean {
  return CHART_NAME.test(name) && existsSync(path.join(folder, "applications", name));
}

/** A folder among charts, and nothing that leads elsewhere. */
const CHART_NAME = /^(?!\.)[A-Za-z0-9_.-]+$/;

/** The environments `E` of the files `values-E.yaml` of a folder, sorted. */
function otherValues(folder: string): string[] {
  try {
    const names = readdirSync(folder).map((file) => /^values-(.+)\.yaml$/.exec(file)?.[1]);
    return names.filter((name) => name !== undefined).sort();
  } catch {
    return [];
  }
}

/** What lies in those of the files that are there, the first one lowest. */
function layersOf(files: readonly string[], cwd: string, problems: Problem[]): Layers {
  const [lowest = NO_VALUES, ...above] = files
    .filter(isFile)
    .map((file) => readYamlFile(file, cwd, problems))
    .filter((root) => root !== undefined);
  return [lowest, ...above];
}

function textAt(layers: Layers | undefined): string {
  return (layers === undefined ? undefined : textOf(topOf(layers))) ?? "";
}
