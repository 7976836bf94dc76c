import type { Config } from "../config/config.ts";
import type { Removal } from "../config/lifecycle.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { checkConfig } from "./checks.ts";
import type { DesiredParameter } from "./desired.ts";
import { collectNodes } from "./node.ts";
import { resolveParameters } from "./resolve.ts";
import { findCycles, followersOf, sortBySource } from "./topology.ts";

export type { DesiredParameter } from "./desired.ts";

/**
 * What an environment should be. `parameters` iterates in topological order: sources before what follows
 * from them, the parameters of one file together where that allows it; ties by name.
 */
export interface DesiredGraph {
  readonly parameters: ReadonlyMap<ParameterName, DesiredParameter>;
  /** Direct followers of each name, sorted; a name without followers has no entry. */
  readonly followers: ReadonlyMap<ParameterName, readonly ParameterName[]>;
  /** Names that are given up on purpose, none of them among the parameters. */
  readonly removals: ReadonlyMap<ParameterName, Removal>;
}

/**
 * Compiles a config into its graph; the problems are all that can be told without a store. With errors among
 * them there is a graph only where nothing is cyclic, and it is good for nothing but more problems. Linear in
 * parameters and edges, and as deep as they come.
 */
export function buildGraph(config: Config): { graph?: DesiredGraph; problems: Problem[] } {
  const nodes = collectNodes(config);
  const followers = followersOf(nodes);
  const order = sortBySource(nodes, followers);
  const problems: Problem[] = [];
  const parameters = resolveParameters(order, config, problems);
  problems.push(...checkConfig(config, nodes), ...findCycles(nodes, order));
  if (order.length < nodes.size) return { problems };
  const removals = new Map(config.removals.map((removal) => [removal.name, removal]));
  return { graph: { parameters, followers, removals }, problems };
}
