import { expect, test } from "vitest";
import { runCommandLine } from "../../src/commands/command-line.ts";
import type { Host } from "../../src/commands/host.ts";

async function widestLine(columns: number | undefined): Promise<number> {
  let help = "";
  const print = (text: string) => {
    help += text;
  };
  await runCommandLine({ stderr: { columns }, print } as unknown as Host, ["plan", "--help"], "0");
  return Math.max(...help.split("\n").map((line) => line.length));
}

test.each<[number | undefined, number]>([
  [80, 80],
  [30, 60],
  [240, 100],
  [undefined, 100],
])("a help for %s columns is %i wide", async (columns, widest) => {
  const width = await widestLine(columns);
  expect(width).toBeLessThanOrEqual(widest);
  expect(width).toBeGreaterThan(widest - 6);
});
