import type { Config } from "../config/config.ts";
import type { Attributes } from "../config/declaration.ts";
import type { Origin } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf, type Rule } from "../model/rule.ts";

/** A name of the graph before its attributes are resolved. */
export interface GraphNode {
  readonly name: ParameterName;
  readonly rule: Rule;
  readonly attributes: Attributes;
  /** Where it is declared, or first referred to. */
  readonly origin: Origin;
  readonly expected: boolean;
  readonly inputs: readonly ParameterName[];
}

/** Every name that is declared, referred to or an input, once; names without a rule are `exists`. */
export function collectNodes(config: Config): ReadonlyMap<ParameterName, GraphNode> {
  const nodes = new Map<ParameterName, GraphNode>();
  const expected = new Set(config.references.map((reference) => reference.name));
  for (const { name, rule, attributes, origin } of config.declarations) {
    nodes.set(name, { name, rule, attributes, origin, expected: expected.has(name), inputs: inputsOf(rule) });
  }
  const refer = (name: ParameterName, origin: Origin) => {
    if (nodes.has(name)) return;
    nodes.set(name, {
      name,
      rule: { kind: "exists" },
      attributes: {},
      origin,
      expected: expected.has(name),
      inputs: [],
    });
  };
  for (const { name, origin } of config.references) refer(name, origin);
  for (const { inputs, origin } of [...nodes.values()]) for (const name of inputs) refer(name, origin);
  return nodes;
}
