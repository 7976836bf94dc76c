import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";

/** What an editor does with the sample configs: it follows `$schema` to the published file and checks. */
const root = fileURLToPath(new URL("../../configs", import.meta.url));
const samples = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".json") && !file.endsWith("values.json"))
  .map((file) => ({
    file,
    sample: parse(readFileSync(join(root, file), "utf8")) as Record<string, unknown>,
  }));

function schemaOf(file: string, named: unknown): string {
  return resolve(root, dirname(file), String(named));
}

describe.each(samples)("configs/$file", ({ file, sample }) => {
  it.skipIf("replicate_figs" in sample)("names a published schema by a relative path", () => {
    expect(sample.$schema).toMatch(/^\.\.\/\.\.\/schemas\/(environment|replication)\.schema\.json$/);
    expect(existsSync(schemaOf(file, sample.$schema))).toBe(true);
  });

  it("is what its schema says", () => {
    const named = sample.$schema ?? "../../schemas/replication.schema.json";
    const isRight = new Ajv2020().compile(JSON.parse(readFileSync(schemaOf(file, named), "utf8")));
    expect(isRight(sample), JSON.stringify(isRight.errors)).toBe(true);
    expect(isRight({ ...sample, nonsense: true })).toBe(false);
  });
});
