import { type Config, type ConfigLocation, loadConfig } from "../config/config.ts";
import { ConfigError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { buildGraph, type DesiredGraph } from "./graph.ts";

export interface Compiled {
  readonly config: Config;
  readonly graph: DesiredGraph;
  /** By file, line and column. */
  readonly warnings: readonly Problem[];
  /** See `Loaded`. */
  readonly files: readonly string[];
}

/**
 * Reads the files of one environment and makes its graph, without any call to AWS.
 * @throws ConfigError with every error of the files and of the graph, by file, line and column
 */
export function compile(location: ConfigLocation): Compiled {
  const loaded = loadConfig(location);
  const built = loaded.config === undefined ? { problems: [] } : buildGraph(loaded.config);
  const problems = [...loaded.problems, ...built.problems].sort(byPlace);
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0 || loaded.config === undefined || built.graph === undefined)
    throw new ConfigError(errors);
  return { config: loaded.config, graph: built.graph, warnings: problems, files: loaded.files };
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
