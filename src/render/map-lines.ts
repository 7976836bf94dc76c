import type { Paint } from "./colour.ts";
import { quoteText } from "./escape.ts";
import { counted } from "./wording.ts";

/** The entries that differ between two maps, with Terraform's signs; empty where none does. */
export function mapLines(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  paint: Paint,
): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  const lines = keys.flatMap((key) => {
    const [from, to] = [before.get(key), after.get(key)];
    const name = quoteText(key);
    if (from === to) return [];
    if (from === undefined) return [`${paint("+", "green")} ${name} = ${quoteText(to ?? "")}`];
    if (to === undefined) return [`${paint("-", "red")} ${name} = ${quoteText(from)}`];
    return [`${paint("~", "yellow")} ${name} = ${quoteText(from)} ${paint("->", "yellow")} ${quoteText(to)}`];
  });
  const hidden = keys.length - lines.length;
  if (lines.length === 0 || hidden === 0) return lines;
  return [...lines, paint(`  # (${counted(hidden, "unchanged element")} hidden)`, "grey")];
}

/** A whole map on one line. */
export function mapText(map: ReadonlyMap<string, string>): string {
  const entries = [...map].map(([key, value]) => `${quoteText(key)} = ${quoteText(value)}`);
  return `{ ${entries.join(", ")} }`;
}
