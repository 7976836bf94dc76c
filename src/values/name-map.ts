import { compilePattern, fillTemplate } from "../config/name-pattern.ts";
import type { ParameterName } from "../model/name.ts";

/** The entry of a `map` that has a name, with what its templates say for that name. */
export interface Mapped<Entry> {
  readonly entry: Entry;
  fill(template: string): string;
}

/** Finds the first entry whose pattern a name fits. */
export function nameMap<Entry extends { readonly names: string }>(
  entries: readonly Entry[],
): (name: ParameterName) => Mapped<Entry> | undefined {
  const patterns = entries.map((entry) => ({ entry, match: compilePattern(entry.names) }));
  return (name) => {
    for (const { entry, match } of patterns) {
      const words = match(name);
      if (words !== undefined) return { entry, fill: (template) => fillTemplate(template, words) };
    }
    return undefined;
  };
}
