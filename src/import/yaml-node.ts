import type { Origin } from "../config/origin.ts";

/** YAML as PyYAML's `safe_load` understands it, with places: aliases followed, merge keys merged in. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: "map";
  readonly at: Origin;
  /** By the key's own value: the number 1 and the text "1" are two keys. */
  readonly members: ReadonlyMap<unknown, YamlMember>;
}

export interface YamlMember {
  readonly keyAt: Origin;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: "list";
  readonly at: Origin;
  readonly items: readonly YamlNode[];
}

export interface YamlScalar {
  readonly kind: "scalar";
  readonly at: Origin;
  readonly value: unknown;
}

/** The member of a mapping, or `undefined`: also where there is no mapping. */
export function memberOf(node: YamlNode | undefined, key: string): YamlMember | undefined {
  return node?.kind === "map" ? node.members.get(key) : undefined;
}

/** The text of a scalar that is one; `undefined` for a number, a date and everything else. */
export function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

/** Whether Python takes the node for true: empty text, zero, null, false and what holds nothing are not. */
export function isTruthy(node: YamlNode): boolean {
  switch (node.kind) {
    case "map":
      return node.members.size > 0;
    case "list":
      return node.items.length > 0;
    case "scalar":
      if (node.value instanceof Uint8Array) return node.value.length > 0;
      return Boolean(node.value) || Number.isNaN(node.value);
  }
}
