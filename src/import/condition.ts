import type { Origin } from "../config/origin.ts";
import { childOf, isMapping, type Layers, topOf } from "./layers.ts";
import { isTruthy } from "./yaml-node.ts";

/** A Helm values path that decides whether something is there, and its place. */
export interface Condition {
  readonly path: string;
  readonly at: Origin;
}

/** `absent`: the path ends in nothing. `broken`: it leads through something that has no keys, at `at`. */
export type Verdict =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "absent" }
  | { readonly kind: "broken"; readonly at: Origin };

/**
 * Walks a dotted path through the merged values and takes what it finds as Python would. No key of a path holds a
 * dot, as in Phalanx (models/applications.py, is_values_setting_true), whose walk through a non-mapping crashes.
 */
export function judge(values: Layers, path: string): Verdict {
  let layers = values;
  for (const key of path.split(".")) {
    if (!isMapping(layers)) return { kind: "broken", at: topOf(layers).at };
    const child = childOf(layers, key);
    if (child === undefined) return { kind: "absent" };
    layers = child;
  }
  return { kind: layers.some(isTruthy) ? "true" : "false" };
}
