import { expect, test } from "vitest";
import type { DesiredGraph, DesiredParameter } from "../../src/graph/graph.ts";
import { parameterName } from "../../src/model/name.ts";
import type { Rule } from "../../src/model/rule.ts";
import { graphDocument } from "../../src/render/graph-document.ts";
import { renderDot } from "../../src/render/graph-dot.ts";

const USER = parameterName("/dba/mysql/user");
const PASSWORD = parameterName("/dba/mysql/password");
const COPY = parameterName("/app/a/user");
const URL = parameterName("/app/a/url");

function graph(rules: readonly (readonly [typeof USER, Rule])[]): DesiredGraph {
  const parameters = rules.map(([name, rule], index): [typeof USER, DesiredParameter] => [
    name,
    {
      name,
      rule,
      expected: false,
      key: "alias/replication",
      description: "",
      dataType: "text",
      tags: {},
      public: false,
      protected: false,
      inScope: true,
      origin: { file: "configs/dev/a.json", line: index + 1, column: 3 },
    },
  ]);
  return { parameters: new Map(parameters), followers: new Map(), removals: new Map() };
}

const GRAPH = graph([
  [USER, { kind: "exists" }],
  [PASSWORD, { kind: "generate", recipe: { type: "uuid" } }],
  [COPY, { kind: "copy", source: USER }],
  [
    URL,
    {
      kind: "merge",
      parts: [
        { kind: "reference", name: COPY, encoding: "none" },
        { kind: "literal", text: ":" },
        { kind: "reference", name: PASSWORD, encoding: "uri" },
        { kind: "reference", name: PASSWORD, encoding: "base64" },
      ],
    },
  ],
]);

test("the document: nodes with their place, each edge once with how it follows", () => {
  expect(graphDocument("dev", GRAPH)).toEqual({
    format_version: "1.0",
    environment: "dev",
    nodes: [
      { name: USER, rule: "exists", file: "configs/dev/a.json", line: 1 },
      { name: PASSWORD, rule: "generate", file: "configs/dev/a.json", line: 2 },
      { name: COPY, rule: "copy", file: "configs/dev/a.json", line: 3 },
      { name: URL, rule: "merge", file: "configs/dev/a.json", line: 4 },
    ],
    edges: [
      { source: USER, destination: COPY, kind: "copy" },
      { source: COPY, destination: URL, kind: "merge" },
      { source: PASSWORD, destination: URL, kind: "merge" },
    ],
  });
});

test("dot", () => {
  expect(renderDot(graphDocument("dev", GRAPH))).toMatchInlineSnapshot(`
    "digraph "dev" {
      rankdir=LR;
      node [shape=box, fontname="monospace"];
      "/dba/mysql/user" [tooltip="exists", style=dashed];
      "/dba/mysql/password" [tooltip="generate"];
      "/app/a/user" [tooltip="copy"];
      "/app/a/url" [tooltip="merge"];
      "/dba/mysql/user" -> "/app/a/user";
      "/app/a/user" -> "/app/a/url" [style=dashed];
      "/dba/mysql/password" -> "/app/a/url" [style=dashed];
    }
    "
  `);
});

test("dot quotes whatever a name could hold", () => {
  const node = { name: 'a"];\nb', rule: "copy", file: "x", line: 1 } as const;
  const text = renderDot({ format_version: "1.0", environment: "e", nodes: [node], edges: [] });
  expect(text).toContain('  "a\\"];\\nb" [tooltip="copy"];\n');
});
