import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const STACKS = new URL("../../stacks/", import.meta.url);
const README = readFileSync(new URL("../../src/README.md", import.meta.url), "utf8");

it("stacks read access/ and the rows below it, but for the file that runs them", () => {
  const rows = new Map(
    [...README.matchAll(/^\| (\d) \| `([^`]+?)\/?` \|/gm)].map(([, row, room]) => [room, Number(row)]),
  );
  const breaches = readdirSync(STACKS)
    .filter((file) => file !== "main.ts")
    .flatMap((file) => {
      const imports = readFileSync(new URL(file, STACKS), "utf8").matchAll(/from "\.\.\/src\/([^/"]+)\//g);
      return [...imports].map(([, room]) => [file, room]);
    })
    .filter(([, room]) => room !== "access" && (rows.get(room) ?? 9) > 2);
  expect(breaches).toEqual([]);
});

it("cdktf is imported in stacks/ alone", () => {
  const src = new URL("../../src/", import.meta.url);
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const importers = files.filter((file) =>
    /from "(@?cdktf|constructs)/.test(readFileSync(new URL(file, src), "utf8")),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(importers).toEqual([]);
});
