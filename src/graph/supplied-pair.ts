import { compilePattern, fillTemplate } from "../config/name-pattern.ts";
import type { LocationOf } from "../config/source-location.ts";
import type { ParameterName } from "../model/name.ts";
import type { Rule } from "../model/rule.ts";

/** A name that a `parameter` source may supply, and the parameter whose value it would take as a copy does. */
export type SuppliedPair = readonly [name: ParameterName, other: string];

/** What a `parameter` source may supply of these: the first entry of its map that a name fits decides. */
export function suppliedPairs(
  { map }: LocationOf<"parameter">,
  parameters: Iterable<{ readonly name: ParameterName; readonly rule: Rule }>,
): SuppliedPair[] {
  const entries = map.map(({ names, parameter }) => ({ match: compilePattern(names), parameter }));
  return [...parameters].flatMap(({ name, rule }): SuppliedPair[] => {
    if (rule.kind !== "static" && rule.kind !== "exists") return [];
    for (const { match, parameter } of entries) {
      const words = match(name);
      if (words !== undefined) return [[name, fillTemplate(parameter, words)]];
    }
    return [];
  });
}
