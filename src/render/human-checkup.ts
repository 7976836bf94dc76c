import type { Check, Checkup } from "../plan/checkup.ts";
import { painter, type Style } from "./colour.ts";
import { escapeText } from "./escape.ts";
import { counted } from "./wording.ts";

const MARKS: Readonly<Record<Check["state"], readonly [string, Style]>> = {
  fine: ["✓", "green"],
  missing: ["✗", "red"],
  excess: ["!", "yellow"],
  untested: ["?", "grey"],
};

/** A checkup as a line for each check, with the remedy below what is missing or too much. Ends with a newline. */
export function renderCheckup(
  { environment, identity, checks }: Checkup,
  options: { readonly color: boolean },
): string {
  const paint = painter(options.color);
  const lines = checks.map(({ name, state, detail, hint }) => {
    const [mark, style] = MARKS[state];
    const remedy = hint === undefined ? "" : `      hint: ${escapeText(hint)}\n`;
    return `  ${paint(mark, style)} ${paint(escapeText(name), "bold")}: ${escapeText(detail)}\n${remedy}`;
  });
  const count = (wanted: Check["state"]) => checks.filter(({ state }) => state === wanted).length;
  const [missing, excess, untested] = [count("missing"), count("excess"), count("untested")];
  const verdict = [
    missing === 0 ? "Nothing that a plan needs is missing" : `${counted(missing, "thing")} missing`,
    ...(excess === 0 ? [] : [`${counted(excess, "thing")} too much`]),
    ...(untested === 0 ? [] : [`${counted(untested, "thing")} not tested`]),
  ].join("; ");
  return `Environment ${escapeText(environment)} as ${escapeText(identity)}:\n${lines.join("")}${verdict}.\n`;
}
