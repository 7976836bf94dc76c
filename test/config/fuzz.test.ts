import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { buildGraph } from "../../src/graph/graph.ts";
import { environment } from "./config-folder.ts";

/** What a person may have put in the wrong place; it reads neither as a word nor as a parameter's name. */
const CANARY = 'dummy "password" of 2031 + \u00fc';
const FORMS = [
  CANARY,
  JSON.stringify(CANARY).slice(1, -1),
  Buffer.from(CANARY).toString("base64"),
  encodeURIComponent(CANARY),
];

const cwd = mkdtempSync(path.join(tmpdir(), "paraform-fuzz-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
mkdirSync(path.join(cwd, "configs/dev"), { recursive: true });
const write = (name: string, text: string | Uint8Array) =>
  writeFileSync(path.join(cwd, "configs/dev", name), text);

const URL_NAME = `/app/\${SERVICE}/url`;

const seeds = {
  "environment.json": environment({
    scopes: ["/app/", { path: "/dba/", exclusive: true }],
    configs: ["./a.json", "./b.json"],
    variables: { SERVICE: "svc" },
    sources: [{ kind: "environment" }, { kind: "file", path: "values.json" }],
    grants: [{ source: "/**", to: "/**" }],
    tags: { team: "dba" },
  }),
  "a.json": {
    parameters: {
      [URL_NAME]: { merge: ["x://", `\${/dba/user:uri}`], description: "of all", tags: { a: "b" } },
      "/app/literal": { value: "a", type: "String", allowedPattern: "a" },
      "/app/copy": { copy: "/dba/user" },
      "/dba/user": { generate: { type: "password" } },
      "/dba/other": { exists: true },
    },
    adopt: [{ name: "/app/copy", owner: "them" }],
  },
  "b.json": {
    twig: "/app/b",
    import: ["c.json"],
    app_figs: ["x", "/app/b/y"],
    shared_figs: ["z"],
    replicate_figs: { "/shared/s": ["/app/b/s"], "/shared/t": "/app/b/t" },
    merged_figs: { "/app/b/m": [`\${/app/b/s:uri}`, "@"] },
    replicate_from: { source_twig: "/app/c", parameters: ["p"] },
  },
};
const files = Object.keys(seeds) as (keyof typeof seeds)[];

/** Everything that the loader and the graph say of these files, as one text. */
function said(texts: Readonly<Record<string, string | Uint8Array>>): string {
  for (const file of files) write(file, texts[file] ?? JSON.stringify(seeds[file], null, 1));
  const { config, problems } = loadConfig({ configs: "configs", environment: "dev", cwd });
  const graph = config === undefined ? [] : buildGraph(config).problems;
  const all = [...problems, ...graph];
  for (const problem of all) {
    expect(problem.file).toMatch(/^configs\/dev\/\w+\.json$/);
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.column).toBeGreaterThan(0);
    expect(problem.summary).toMatch(/^[^A-Z].*[^.]$/su);
  }
  return all.map(({ summary, hint }) => `${summary}\n${hint ?? ""}`).join("\n");
}

function expectNoCanary(text: string): void {
  for (const form of FORMS) expect(text).not.toContain(form);
}

const anyFile = fc.constantFrom(...files);

it("has seeds without a problem", () => {
  write("c.json", "{}");
  expect(said({})).toBe("");
});

it("says something, and never a value, of a value in the wrong place", () => {
  write("c.json", "{}");
  const json = fc.constantFrom<unknown>(
    CANARY,
    [CANARY],
    { [CANARY]: CANARY },
    { value: CANARY },
    7,
    null,
    true,
    [],
  );
  fc.assert(
    fc.property(anyFile, fc.nat(), json, (file, place, value) => {
      expectNoCanary(said({ [file]: JSON.stringify(replaceAt(seeds[file], place, value)) }));
    }),
    { numRuns: 400 },
  );
});

it("takes any cut, insertion or repetition of text", () => {
  write("c.json", "{}");
  const piece = fc.oneof(
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "/*",
      "*/",
      "//",
      "\n",
      "\0",
      "\ufeff",
      "\ud800",
      `\${`,
      "null",
      "1e999",
      "-",
    ),
    fc.constant(JSON.stringify(CANARY)),
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  const edit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 40 }), insert: piece });
  fc.assert(
    fc.property(anyFile, fc.array(edit, { minLength: 1, maxLength: 4 }), (file, edits) => {
      let text = JSON.stringify(replaceAt(seeds[file], 3, CANARY), null, 1);
      for (const { at, cut, insert } of edits) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert + text.slice(from + cut);
      }
      expectNoCanary(said({ [file]: text }));
    }),
    { numRuns: 800 },
  );
});

it("takes any bytes and any JSON", () => {
  write("c.json", "{}");
  fc.assert(
    fc.property(
      anyFile,
      fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (file, bytes) => {
        said({ [file]: bytes });
      },
    ),
    { numRuns: 400 },
  );
});

/** A copy of `root` with the value at one of its places, counted in depth-first order, exchanged. */
function replaceAt(root: unknown, place: number, value: unknown): unknown {
  let places = 0;
  const count = (node: unknown): void => {
    places++;
    if (typeof node === "object" && node !== null) Object.values(node).forEach(count);
  };
  count(root);
  let left = place % places;
  const copy = (node: unknown): unknown => {
    if (left-- === 0) return value;
    if (Array.isArray(node)) return node.map(copy);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, copy(inner)]));
  };
  return copy(root);
}
