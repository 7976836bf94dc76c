import { expect, test } from "vitest";
import { statusLine } from "../../src/commands/status-line.ts";

function written(columns: number): string[] {
  const texts: string[] = [];
  statusLine(
    (text) => texts.push(text),
    () => columns,
  ).show("x".repeat(200));
  return texts;
}

test.each([
  [40, 39],
  [0, 79],
])("a status line on a terminal of %d columns has %d characters", (columns, length) => {
  expect(written(columns)).toEqual([`\r${"x".repeat(length)}\u001b[K`]);
});
