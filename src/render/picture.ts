import { type Action, actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import { folderOf } from "./folder.ts";
import type { GraphDocument } from "./graph-document.ts";

/** A replication graph as it is drawn: every parameter, or the folders that they lie in where there are many. */
export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
  /** What the picture leaves out or draws together; empty where it draws every parameter. */
  readonly note: string;
}

export interface PictureNode {
  readonly name: string;
  /** How many parameters it stands for. */
  readonly parameters: number;
  /** How many of these change. */
  readonly changing: number;
  /** How many are blocked: they are left as they are. */
  readonly blocked: number;
  /** What happens to it, where all that changes in it changes alike. */
  readonly action: Action | undefined;
  /** Referred to and not declared. */
  readonly foreign: boolean;
}

export interface PictureEdge {
  readonly source: string;
  readonly destination: string;
  readonly merged: boolean;
}

/** More nodes than these are no picture any more. */
const MOST_NODES = 60;

/** The graph that a plan tells: what changes or is blocked, all that it follows from and all that follows from it. */
export function picturePlan(plan: Plan): Picture {
  const changes = plan.resource_changes;
  const nodes = new Map<string, PictureNode>();
  for (const change of changes) {
    const { address, origin } = change;
    nodes.set(address, nodeOf(address, actionOf(change), origin?.rule === "exists"));
    for (const source of origin?.sources ?? []) {
      if (!nodes.has(source.address)) nodes.set(source.address, nodeOf(source.address, "no-op", true));
    }
  }
  const links = changes.flatMap(({ address, origin }) =>
    (origin?.sources ?? []).map((source) => ({
      source: source.address,
      destination: address,
      merged: origin?.rule === "merge",
    })),
  );
  const stopped = plan.blocked.flatMap(({ address, on }) =>
    on === null ? [] : [{ source: on, destination: address, merged: false }],
  );
  for (const { source } of stopped) {
    if (!nodes.has(source)) nodes.set(source, nodeOf(source, "no-op", true));
  }
  for (const { address } of plan.blocked) nodes.set(address, blockedNode(address));
  const edges = [...links, ...stopped];
  const linked = new Set(edges.flatMap(({ source, destination }) => [source, destination]));
  const touched = touchedBy(
    [...nodes.values()].filter(({ name, changing, blocked }) => changing + blocked > 0 && linked.has(name)),
    edges,
  );
  const drawn = [...nodes.values()].filter(({ name }) => touched.has(name));
  const left = linked.size - drawn.length;
  return grouped(drawn, edges, left === 0 ? "" : `${left} more take part in no change and are left out.`);
}

/** The graph of the configs; where a plan is given, with what it changes and what is blocked in it. */
export function pictureGraph({ nodes, edges }: GraphDocument, plan?: Plan): Picture {
  const actions = new Map(plan?.resource_changes.map((change) => [change.address, actionOf(change)]));
  const blocked = new Set(plan?.blocked.map(({ address }) => address));
  return grouped(
    nodes.map(({ name, rule }) =>
      blocked.has(name) ? blockedNode(name) : nodeOf(name, actions.get(name) ?? "no-op", rule === "exists"),
    ),
    edges.map(({ source, destination, kind }) => ({ source, destination, merged: kind === "merge" })),
    "",
  );
}

function nodeOf(name: string, action: Action, foreign: boolean): PictureNode {
  const changes = action !== "no-op";
  return {
    name,
    parameters: 1,
    changing: changes ? 1 : 0,
    blocked: 0,
    action: changes ? action : undefined,
    foreign,
  };
}

function blockedNode(name: string): PictureNode {
  return { ...nodeOf(name, "no-op", false), blocked: 1 };
}

/** The names that are linked with one of `starts`, however far. */
function touchedBy(starts: readonly PictureNode[], edges: readonly PictureEdge[]): ReadonlySet<string> {
  const neighbours = new Map<string, string[]>();
  const join = (one: string, other: string) => {
    const known = neighbours.get(one);
    if (known === undefined) neighbours.set(one, [other]);
    else known.push(other);
  };
  for (const { source, destination } of edges) {
    join(source, destination);
    join(destination, source);
  }
  const touched = new Set(starts.map(({ name }) => name));
  for (const name of touched) for (const neighbour of neighbours.get(name) ?? []) touched.add(neighbour);
  return touched;
}

/** The same by the deepest folders that are few enough to be drawn; of what is still too much, the first ones. */
function grouped(nodes: readonly PictureNode[], edges: readonly PictureEdge[], note: string): Picture {
  if (nodes.length <= MOST_NODES) return within(nodes, edges, note);
  const notes = note === "" ? [] : [note];
  for (const depth of [3, 2, 1]) {
    const groups = byFolder(nodes, edges, depth);
    if (groups.nodes.length > MOST_NODES && depth > 1) continue;
    const drawn = groups.nodes.slice(0, MOST_NODES);
    notes.unshift(`${nodes.length} parameters are drawn as ${drawn.length} folders.`);
    if (groups.nodes.length > drawn.length) {
      notes.push(`${groups.nodes.length - drawn.length} more folders are left out.`);
    }
    return within(drawn, groups.edges, notes.join(" "));
  }
  return { nodes: [], edges: [], note };
}

function byFolder(nodes: readonly PictureNode[], edges: readonly PictureEdge[], depth: number) {
  const folders = new Map<string, PictureNode>();
  for (const node of nodes) {
    const name = `${folderOf(node.name, depth).replace(/\/$/, "")}/`;
    const known = folders.get(name);
    folders.set(name, {
      name,
      parameters: (known?.parameters ?? 0) + 1,
      changing: (known?.changing ?? 0) + node.changing,
      blocked: (known?.blocked ?? 0) + node.blocked,
      action: known === undefined ? node.action : actionOfBoth(known, node),
      foreign: (known?.foreign ?? true) && node.foreign,
    });
  }
  const links = new Map<string, PictureEdge>();
  for (const { source, destination, merged } of edges) {
    const [from, to] = [source, destination].map((name) => `${folderOf(name, depth).replace(/\/$/, "")}/`);
    if (from === undefined || to === undefined || from === to) continue;
    const key = JSON.stringify([from, to]);
    links.set(key, {
      source: from,
      destination: to,
      merged: merged && (links.get(key)?.merged ?? true),
    });
  }
  return { nodes: [...folders.values()], edges: [...links.values()] };
}

/** Of what does not change nothing is said, so it takes part in no disagreement. */
function actionOfBoth(one: PictureNode, other: PictureNode): Action | undefined {
  if (one.changing === 0) return other.action;
  return other.changing === 0 || one.action === other.action ? one.action : undefined;
}

function within(nodes: readonly PictureNode[], edges: readonly PictureEdge[], note: string): Picture {
  const drawn = new Set(nodes.map(({ name }) => name));
  return {
    nodes,
    edges: edges.filter(({ source, destination }) => drawn.has(source) && drawn.has(destination)),
    note,
  };
}
