import { memberOf, type YamlNode } from "./yaml-node.ts";

/**
 * A value of several values files on top of one another, the last one winning: mappings that are merged key by key,
 * or the one node that replaced everything below it. Merging is done where a path leads, never as a whole.
 */
export type Layers = readonly [YamlNode, ...YamlNode[]];

/** The value of a key: a mapping over mappings is merged into them, anything else replaces (Phalanx, storage/config.py). */
export function childOf(layers: Layers, key: string): Layers | undefined {
  let child: Layers | undefined;
  for (const layer of layers) {
    const value = memberOf(layer, key)?.value;
    if (value === undefined) continue;
    const merges = child !== undefined && isMapping(child) && value.kind === "map";
    child = merges && child !== undefined ? [...child, value] : [value];
  }
  return child;
}

/** The node that decides: of a mapping the last layer's. */
export function topOf(layers: Layers): YamlNode {
  return layers.at(-1) ?? layers[0];
}

/** The text keys of a mapping, in all its layers, each once, sorted. */
export function keysOf(layers: Layers): string[] {
  const keys = layers.flatMap((layer) => (layer.kind === "map" ? [...layer.members.keys()] : []));
  return [...new Set(keys)].filter((key) => typeof key === "string").sort();
}

export function isMapping(layers: Layers): boolean {
  return topOf(layers).kind === "map";
}
