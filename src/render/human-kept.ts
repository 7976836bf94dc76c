import { escapeText } from "./escape.ts";
import { aligned } from "./wording.ts";

/** What `undelete` can bring back, by name, each with the day that its copy goes. Ends with a newline. */
export function renderKeptCopies(
  copies: readonly { readonly name: string; readonly until: string }[],
): string {
  if (copies.length === 0) return "No copies are kept: nothing was deleted in the last 30 days.\n";
  const rows = copies
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, until }) => [escapeText(name), `until ${escapeText(until)}`] as const);
  return `${aligned(rows).join("\n")}\n`;
}
