import { escapeText } from "./escape.ts";

/**
 * What somebody else wrote, as a code span: in it nothing is a link, a mention, an image, a tag or an entity, and
 * there is no line to end. A comment's beginning is broken up too, for who updates a comment searches for one.
 * `longest` bounds the text with its backticks, but for one at each end and what says that it was cut, in UTF-16 units.
 */
export function code(text: string, longest = Number.POSITIVE_INFINITY): string {
  const escaped = inert(text);
  const room = Math.max(0, longest - 2 * (fenceAround(beginning(escaped, longest), 1).length - 1));
  const shown = escaped.length <= room ? escaped : `${beginning(escaped, room)} (cut)`;
  if (shown === "") return "(empty)";
  const fence = fenceAround(shown, 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A fenced block; each of `lines` is escaped already, so that it ends no line. */
export function fenced(language: "diff" | "sh", lines: readonly string[]): string[] {
  const text = lines.map(withoutComment);
  const fence = fenceAround(text.join("\n"), 3);
  return [`${fence}${language}`, ...text, fence];
}

/** Whether `text` is one line that a fenced block shows as it is, so that it may be copied from there. */
export function isCopyable(text: string): boolean {
  return inert(text) === text;
}

/** A list item with the lines that belong to it below. */
export function item(text: string, below: readonly string[] = []): string[] {
  return [`- ${text}`, ...below.map((line) => (line === "" ? "" : `  ${line}`))];
}

/** Folded away until somebody opens it; `summary` is of our own words. */
export function folded(summary: string, lines: readonly string[]): string[] {
  return [`<details><summary>${summary}</summary>`, "", ...lines, "", "</details>"];
}

/** The first `length` units, without half a surrogate pair at their end. */
function beginning(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function inert(text: string): string {
  return withoutComment(escapeText(text));
}

function withoutComment(text: string): string {
  return text.replaceAll("<!--", "<\\x21--");
}

/** One backtick more than the longest run inside, and `least` at the least. */
function fenceAround(text: string, least: number): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  return "`".repeat(Math.max(least, longest + 1));
}

/** A page of the sections that have something to say. Ends with a newline. */
export function page(sections: readonly (readonly string[])[]): string {
  const told = sections.filter((section) => section.length > 0);
  return `${told.map((section) => section.join("\n")).join("\n\n")}\n`;
}
