import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readYamlFile } from "../../src/import/yaml-file.ts";
import type { YamlNode } from "../../src/import/yaml-node.ts";
import type { Problem } from "../../src/model/problem.ts";
import { folderOf } from "./in-process.ts";

function reader() {
  const cwd = folderOf({});
  return (content: string | Uint8Array) => {
    writeFileSync(path.join(cwd, "x.yaml"), content);
    const problems: Problem[] = [];
    const root = readYamlFile(path.join(cwd, "x.yaml"), cwd, problems);
    return { root, problems };
  };
}

function plain(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plain);
    case "map":
      return new Map([...node.members].map(([key, { value }]) => [key, plain(value)]));
  }
}

const mapOf = (entries: object) => new Map(Object.entries(entries));

/** What PyYAML 6's `safe_load` makes of each. */
it.each<[string, unknown]>([
  ["", {}],
  ["# nothing but a comment\n", {}],
  ["--- \n...\n", {}],
  ["a: yes\nb: Off\nc: y\nd: N", { a: true, b: false, c: "y", d: "N" }],
  ["a: 010\nb: 0x10\nc: 1_000\nd: 0b11\ne: 1:30", { a: 8, b: 16, c: 1000, d: 3, e: 90 }],
  ["a: 1.5\nb: 1e3\nc: 1.5e+3\nd: 1.5e3\ne: .5", { a: 1.5, b: "1e3", c: 1500, d: "1.5e3", e: 0.5 }],
  ["a: ~\nb:\nc: null\nd: 'null'", { a: null, b: null, c: null, d: "null" }],
  ["a: 0o7\nb: '1'\nc: \"\\x41\"", { a: "0o7", b: "1", c: "A" }],
  ["a: |\n  x\n  y\nb: >-\n  x\n  y", { a: "x\ny\n", b: "x y" }],
  ["a: 1\na: 2", { a: 2 }],
  ["b: &b {x: 1}\na: *b", { b: mapOf({ x: 1 }), a: mapOf({ x: 1 }) }],
  ["b: &b {x: 1, y: 1}\na: {y: 2, <<: *b}", { b: mapOf({ x: 1, y: 1 }), a: mapOf({ x: 1, y: 2 }) }],
  ["a: {<<: [{x: 1}, {x: 2, y: 2}]}", { a: mapOf({ x: 1, y: 2 }) }],
  ["a: {'<<': 1}", { a: mapOf({ "<<": 1 }) }],
])("reads %j as PyYAML does", (text, expected) => {
  const { root, problems } = reader()(text);
  expect(problems).toEqual([]);
  expect(root && plain(root)).toEqual(mapOf(expected as object));
});

it("keeps keys that are no text what they are", () => {
  const { root } = reader()("1: a\n'1': b\non: c\n~: d");
  expect(root && plain(root)).toEqual(
    new Map<unknown, string>([
      [1, "a"],
      ["1", "b"],
      [true, "c"],
      [null, "d"],
    ]),
  );
});

it("says where a member stands", () => {
  const { root } = reader()("a:\n  b: 1\n  c: [x]\n");
  const inner = root?.members.get("a")?.value;
  const member = inner?.kind === "map" ? inner.members.get("c") : undefined;
  expect(member?.keyAt).toEqual({ file: "x.yaml", line: 3, column: 3 });
  expect(member?.value.at).toEqual({ file: "x.yaml", line: 3, column: 6 });
});

describe("refuses, saying why and quoting nothing,", () => {
  it.each([
    ["a tab where an indentation is", "dummy-secret:\n\t- 1", /^not YAML \([A-Z_]+\)$/],
    ["a list", "- dummy-secret", /^this is no mapping$/],
    ["two documents", "a: 1\n---\nb: dummy-secret", /^a second document begins here$/],
    ["an alias without an anchor", "a: *dummy-secret", /alias|not YAML/],
    ["an alias to what it is in", "a: &a [*a]", /^an alias stands for nothing, or for what it is a part of$/],
    ["a merge of no mapping", "a: {<<: dummy-secret}", /^a merge key takes mappings$/],
    ["a mapping for a key", "? {a: dummy-secret}\n: 1", /^a key is no scalar$/],
    ["a depth of thousands", "[".repeat(5000), /^nested deeper than 64 levels$/],
    ["bytes that are no text", new Uint8Array([0x61, 0x3a, 0x20, 0xff]), /^this is no text in UTF-8$/],
  ])("%s", (_, content, reason) => {
    const { root, problems } = reader()(content);
    expect(root).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.summary).toMatch(reason);
    expect(JSON.stringify(problems)).not.toContain("dummy-secret");
  });

  it("merge keys that double on every line", () => {
    const lines = Array.from(
      { length: 60 },
      (_, n) => `a${n + 1}: &a${n + 1}\n  <<: [*a${n}, *a${n}]\n  k${n}: 1`,
    );
    const { root } = reader()(`a0: &a0 {x: 1}\n${lines.join("\n")}\n`);
    const last = root?.members.get("a60")?.value;
    expect(last?.kind === "map" && last.members.size).toBe(61);
    const wide = `a: &a {${Array.from({ length: 2000 }, (_, n) => `k${n}: 1`).join(", ")}}\n`;
    const { problems } = reader()(`${wide}b: [${"{<<: *a}, ".repeat(600)}]\n`);
    expect(problems[0]?.summary).toBe("the merge keys of this file multiply without end");
  });

  it("aliases of aliases stay as small as their file", () => {
    const lines = Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
    const { root, problems } = reader()(`a0: &a0 [x]\n${lines.join("\n")}\n`);
    expect(problems).toEqual([]);
    expect(root?.members.size).toBe(41);
  });
});

describe("any text", () => {
  const read = (content: string | Uint8Array, tell: ReturnType<typeof reader>) => {
    const { root, problems } = tell(content);
    expect(problems).toHaveLength(root === undefined ? 1 : 0);
    for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
  };

  it("is read or refused, never thrown at", () => {
    const tell = reader();
    const piece = fc.constantFrom(
      ..."abk:-?,[]{}&*!|>'\"%@`#~<\n\t ".split(""),
      "<<: ",
      "*a",
      "&a ",
      "\n  ",
      "- ",
      ": ",
      "!!set ",
      "!!binary ",
      "!!timestamp 1",
      "? ",
      "--- ",
      "... ",
      "%YAML 1.2\n",
      "\u2028",
      "\ufeff",
      "0x",
      "1:2",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => read(pieces.join(""), tell)),
      { numRuns: 2000 },
    );
  });

  it("of any bytes too", () => {
    const tell = reader();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => read(bytes, tell)),
      { numRuns: 500 },
    );
  });
});
