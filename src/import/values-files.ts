import { readdirSync } from "node:fs";
import { isFile } from "../config/json-file.ts";
import type { Problem } from "../model/problem.ts";
import type { Layers } from "./layers.ts";
import { readYamlFile } from "./yaml-file.ts";
import type { YamlMap } from "./yaml-node.ts";

/** What an environment or application without values has. */
export const NO_VALUES: YamlMap = { kind: "map", at: { file: "", line: 1, column: 1 }, members: new Map() };

/** What lies in those of the files that are there, the first one lowest. */
export function readValues(files: readonly string[], cwd: string, problems: Problem[]): Layers {
  const [lowest = NO_VALUES, ...above] = files
    .filter(isFile)
    .map((file) => readYamlFile(file, cwd, problems))
    .filter((root) => root !== undefined);
  return [lowest, ...above];
}

/** The environments `E` of the files `values-E.yaml` of a folder, sorted. */
export function environmentsWithValues(folder: string): string[] {
  try {
    const names = readdirSync(folder).map((file) => /^values-(.+)\.yaml$/.exec(file)?.[1]);
    return names.filter((name) => name !== undefined).sort();
  } catch {
    return [];
  }
}
