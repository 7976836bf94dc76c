import type { KeptLabel } from "../apply/kept-copy.ts";
import { escapeText } from "./escape.ts";
import { aligned } from "./wording.ts";

/** As many versions does Parameter Store keep of a parameter. */
const HISTORY = 100;

/**
 * What `undelete` can bring back, by name, each with the day that its copies go, and how to name the earlier ones; nothing
 * is brought back over a name that `isLive`. Ends with a newline.
 */
export function renderKeptCopies(
  copies: readonly KeptLabel[],
  isLive: (name: string) => boolean = () => false,
): string {
  if (copies.length === 0) return "No copies are kept: nothing was deleted in the last 30 days.\n";
  const rows = copies
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, until, copy }) =>
        [
          escapeText(name),
          `until ${escapeText(until)}${isLive(name) ? "; there again by now" : earlier(copy)}`,
        ] as const,
    );
  return `${aligned(rows).join("\n")}\n`;
}

/** How copies of earlier deletions are brought back. */
function earlier(copy: number): string {
  if (copy === 1) return "";
  const first = Math.max(1, copy - HISTORY + 1);
  const last = copy - 1;
  return first === last ? `; an earlier one: --copy ${first}` : `; earlier ones: --copy ${first} to ${last}`;
}
