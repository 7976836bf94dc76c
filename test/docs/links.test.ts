import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const documents = [
  "README.md",
  "src/README.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
];

it.each(documents)("%s links to what is there", (file) => {
  const text = readFileSync(join(root, file), "utf8");
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) => target ?? "");
  expect(targets.filter((target) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
});
