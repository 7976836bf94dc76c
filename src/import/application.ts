import path from "node:path";
import { isFile } from "../config/json-file.ts";
import type { Problem } from "../model/problem.ts";
import type { Checkout } from "./checkout.ts";
import type { Layers } from "./layers.ts";
import { readSecrets, type SecretDefinition } from "./secrets-file.ts";
import { environmentsWithValues, NO_VALUES, readValues } from "./values-files.ts";
import { readYamlFile } from "./yaml-file.ts";

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

/** Reads the secrets files of an application and, where a secret has a condition, its values files. */
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
    values: [...secrets.values()].some(isConditional)
      ? readValues([chart, inside(`values-${environment}.yaml`)], cwd, problems)
      : [NO_VALUES],
    files: files.map((base) => `applications/${name}/${base}`),
    valuesElsewhere: once(() =>
      environmentsWithValues(inside("."))
        .filter((other) => other !== environment)
        .map((other) => readValues([chart, inside(`values-${other}.yaml`)], cwd, [])),
    ),
  };
}

function isConditional({ condition, copy, generate }: SecretDefinition): boolean {
  return [condition, copy?.condition, generate?.condition].some((one) => one !== undefined);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
