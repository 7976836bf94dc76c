import { structuredPatch } from "diff";
import { type Paint, painter } from "./colour.ts";
import { escapeText } from "./escape.ts";

/** The unified diff of a file, as `patch` reads it where nothing in it had to be escaped. Ends with a newline. */
export function renderFileDiff(
  file: string,
  before: string,
  after: string,
  options: { readonly color: boolean },
): string {
  const paint = painter(options.color);
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 3 });
  const lines = [
    ...["---", "+++"].map((mark) => paint(`${mark} ${escapeText(file)}`, "bold")),
    ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => [
      paint(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, "cyan"),
      ...changed.map((line) => diffLine(line.replace(/\r$/, ""), paint)),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function diffLine(line: string, paint: Paint): string {
  // A tab is part of a file's layout.
  const text = line.split("\t").map(escapeText).join("\t");
  if (line.startsWith("+")) return paint(text, "green");
  return line.startsWith("-") ? paint(text, "red") : text;
}
