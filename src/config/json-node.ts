import { nameProblem } from "../model/name.ts";
import type { Origin } from "./origin.ts";

/** JSON as it stands in its file. A key that is repeated keeps its first value here; the parser has reported the rest. */
export type JsonNode = ObjectNode | ArrayNode | ScalarNode;

export interface ObjectNode {
  readonly kind: "object";
  readonly at: Origin;
  readonly members: ReadonlyMap<string, { readonly keyAt: Origin; readonly value: JsonNode }>;
}

export interface ArrayNode {
  readonly kind: "array";
  readonly at: Origin;
  readonly items: readonly JsonNode[];
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly at: Origin;
  readonly value: string | number | boolean | null;
}

export type JsonPath = readonly PropertyKey[];

/** The plain value. Objects have no prototype, so that no key means more than itself. */
export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "array":
      return node.items.map(plainValue);
    case "object": {
      const value: Record<string, unknown> = Object.create(null);
      for (const [key, member] of node.members) value[key] = plainValue(member.value);
      return value;
    }
  }
}

/** The node at `path`, or `undefined` where the path leads nowhere. */
export function nodeAt(root: JsonNode, path: JsonPath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of path) node = node === undefined ? undefined : childOf(node, step);
  return node;
}

/** The place of what `path` leads to, or of the last thing on the way that is there. */
export function placeOf(root: JsonNode, path: JsonPath): Origin {
  let node = root;
  for (const step of path) {
    const child = childOf(node, step);
    if (child === undefined) break;
    node = child;
  }
  return node.at;
}

/** The same tree without what the paths lead to; the items that stay in an array close up. */
export function withoutPaths(node: JsonNode, paths: readonly JsonPath[]): JsonNode {
  if (node.kind === "scalar" || paths.length === 0) return node;
  const below = new Map<string, JsonPath[]>();
  const gone = new Set<string>();
  for (const [step, ...rest] of paths) {
    const key = String(step);
    if (rest.length === 0) gone.add(key);
    else below.set(key, [...(below.get(key) ?? []), rest]);
  }
  if (node.kind === "array") {
    const kept = node.items.map((item, index) => withoutPaths(item, below.get(String(index)) ?? []));
    return { ...node, items: kept.filter((_, index) => !gone.has(String(index))) };
  }
  const members = new Map(node.members);
  for (const [key, inner] of below) {
    const member = members.get(key);
    if (member !== undefined) members.set(key, { ...member, value: withoutPaths(member.value, inner) });
  }
  for (const key of gone) members.delete(key);
  return { ...node, members };
}

/**
 * The key in a message, quoted, or `undefined` where it may not stand in one: a secret can have slipped into the
 * place of a key, so only what reads as a word or as a parameter's name (with variables) is repeated.
 */
export function showKey(key: string): string | undefined {
  if (/^\$?[A-Za-z_]{1,32}$/.test(key)) return `"${key}"`;
  const name = key.replaceAll(/\$\{\w{1,64}\}/g, "x");
  return nameProblem(name) === undefined ? `"${key}"` : undefined;
}

function childOf(node: JsonNode, step: PropertyKey): JsonNode | undefined {
  if (node.kind === "object") return node.members.get(String(step))?.value;
  if (node.kind === "array") return node.items[Number(step)];
  return undefined;
}
