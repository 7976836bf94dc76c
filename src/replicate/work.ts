import type { DesiredGraph } from "../graph/graph.ts";
import { replicaGraph, replicasAbove, replicasOf } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import type { Session } from "../pipeline.ts";
import type { SourceChange } from "./change.ts";

/** An environment, compiled and connected; no value is supplied from elsewhere. */
export interface ReplicaSession extends Omit<Session, "supplied"> {
  /** The replicas that are written here, all or one owner's; the graph has besides what these are judged by. */
  readonly replicas: ReadonlySet<ParameterName>;
}

/** A declared group, and what follows from it. */
export interface SourceGroup {
  readonly names: readonly ParameterName[];
  /** In milliseconds. */
  readonly quiet: number;
  /** What follows from a member, whoever writes it. */
  readonly followers: ReadonlySet<ParameterName>;
}

/** What some changes set in motion. */
export interface Work {
  /** What is brought up: all that follows from the sources and, before that spreads, what it follows from in turn. */
  readonly replicas: ReadonlySet<ParameterName>;
  /** The groups that some of it belongs to: each is brought up whole. */
  readonly groups: readonly SourceGroup[];
  /** `replicas` and what they are judged by. */
  readonly graph: DesiredGraph;
}

/** Every name whose change is followed: told all at once, they make everything as it should be. */
export function sourcesIn({ graph, replicas }: Pick<ReplicaSession, "graph" | "replicas">): SourceChange[] {
  const sources = new Set<ParameterName>();
  for (const name of replicasAbove(graph, replicas)) {
    const rule = graph.parameters.get(name)?.rule;
    for (const input of rule === undefined ? [] : inputsOf(rule)) sources.add(input);
  }
  return [...graph.parameters.keys()].filter((name) => sources.has(name)).map((name) => ({ name }));
}

export function groupsIn({ graph, config }: ReplicaSession): readonly SourceGroup[] {
  return config.groups.map(({ members, quietSeconds }) => {
    const names = members.map(({ name }) => name);
    return { names, quiet: quietSeconds * 1000, followers: replicasOf(graph, names) };
  });
}

export function workOf(
  { graph, replicas }: ReplicaSession,
  told: readonly SourceChange[],
  groups: readonly SourceGroup[],
): Work {
  const begun = new Set(told.map(({ name }) => name));
  for (;;) {
    const above = replicasAbove(graph, [...begun, ...replicasOf(graph, begun)]);
    const own = new Set([...above].filter((name) => replicas.has(name)));
    const touched = groups.filter(({ followers }) => [...followers].some((name) => own.has(name)));
    const members = touched.flatMap(({ names }) => names);
    if (members.every((name) => begun.has(name)))
      return { replicas: own, groups: touched, graph: replicaGraph(graph, own, membersOf(touched)) };
    for (const name of members) begun.add(name);
  }
}

function membersOf(groups: readonly SourceGroup[]): (readonly ParameterName[])[] {
  return groups.map(({ names }) => names);
}
