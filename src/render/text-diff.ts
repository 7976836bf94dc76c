import { structuredPatch } from "diff";
import type { Paint } from "./colour.ts";
import { escapeText } from "./escape.ts";

/**
 * The unified diff of two texts that may be shown, without file headers. Every line stands behind a gutter,
 * so that no line of a value can pass for a line of the plan.
 */
export function textDiff(before: string, after: string, paint: Paint): string[] {
  const patch = structuredPatch("", "", before, after, "", "", { context: 3 });
  return patch.hunks.flatMap((hunk) => [
    paint(`| @@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, "cyan"),
    ...hunk.lines.map((line) => diffLine(line, paint)),
  ]);
}

function diffLine(line: string, paint: Paint): string {
  const text = `| ${escapeText(line)}`;
  if (line.startsWith("+")) return paint(text, "green");
  if (line.startsWith("-")) return paint(text, "red");
  return text.trimEnd();
}
