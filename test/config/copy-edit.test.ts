import { describe, expect, test } from "vitest";
import { addCopy, type CopyEdit } from "../../src/config/copy-edit.ts";

const SHARE = { source: "/dba/x", destination: "/app/a/x" } as const;

const native = (text: string) => addCopy(text, { ...SHARE, language: "native" });
const figgy = (text: string, more: Partial<CopyEdit> = {}) =>
  addCopy(text, { ...SHARE, language: "figgy", ...more });

describe("a copy in a native file", () => {
  test("comes last, on a line of its own, and all else stays as it is", () => {
    expect(
      native(`// Ours.
{
    "parameters": {
        "/dba/x":   {},

        "/app/b": {"copy": "/dba/x"} // the first one
        // more to come
    },
    "adopt": []
}
`),
    ).toBe(`// Ours.
{
    "parameters": {
        "/dba/x":   {},

        "/app/b": {"copy": "/dba/x"}, // the first one
        "/app/a/x": { "copy": "/dba/x" }
        // more to come
    },
    "adopt": []
}
`);
  });

  test.each([
    [
      "an empty object",
      `{\n  "parameters": {}\n}`,
      `{\n  "parameters": {\n    "/app/a/x": { "copy": "/dba/x" }\n  }\n}`,
    ],
    [
      "one with a comment alone",
      `{\n\t"parameters": {\n\t\t// none yet\n\t}\n}`,
      `{\n\t"parameters": {\n\t\t// none yet\n\t\t"/app/a/x": { "copy": "/dba/x" }\n\t}\n}`,
    ],
    ["none at all", "{}\n", `{\n  "parameters": {\n    "/app/a/x": { "copy": "/dba/x" }\n  }\n}\n`],
    [
      "one on a single line",
      `{ "parameters": { "/dba/x": {} } }`,
      `{ "parameters": { "/dba/x": {}, "/app/a/x": { "copy": "/dba/x" } } }`,
    ],
    [
      "one whose last line closes it too",
      `{ "parameters": {\n  "/dba/x": {} } }`,
      `{ "parameters": {\n  "/dba/x": {},\n  "/app/a/x": { "copy": "/dba/x" } } }`,
    ],
    [
      "one with a block comment behind",
      `{ "parameters": {\n  "/dba/x": {} /* a\n  b */\n} }`,
      `{ "parameters": {\n  "/dba/x": {},\n  "/app/a/x": { "copy": "/dba/x" } /* a\n  b */\n} }`,
    ],
    [
      "lines that end as on Windows",
      `{\r\n  "parameters": {\r\n    "/dba/x": {}\r\n  }\r\n}\r\n`,
      `{\r\n  "parameters": {\r\n    "/dba/x": {},\r\n    "/app/a/x": { "copy": "/dba/x" }\r\n  }\r\n}\r\n`,
    ],
  ])("goes into %s", (_, before, after) => {
    expect(native(before)).toBe(after);
  });
});

describe("a copy in a Figgy file", () => {
  test.each([
    [
      "beside other sources",
      `{\n  "replicate_figs": {\n    "/dba/y": "/app/a/y"\n  }\n}\n`,
      {},
      `{\n  "replicate_figs": {\n    "/dba/y": "/app/a/y",\n    "/dba/x": "/app/a/x"\n  }\n}\n`,
    ],
    [
      "in a section of its own",
      `{\n  "twig": "/app/a"\n}`,
      {},
      `{\n  "twig": "/app/a",\n  "replicate_figs": {\n    "/dba/x": "/app/a/x"\n  }\n}`,
    ],
    [
      "as a second destination",
      `{ "replicate_figs": { "/\${OWNER}/x": "/app/b/x" } }`,
      { sharedAs: "/${OWNER}/x" },
      `{ "replicate_figs": { "/\${OWNER}/x": ["/app/b/x", "/app/a/x"] } }`,
    ],
    [
      "as one destination more",
      `{ "replicate_figs": {\n  "/dba/x": [\n    "/app/b/x",\n    "/app/c/x" // old\n  ]\n} }`,
      { sharedAs: "/dba/x" },
      `{ "replicate_figs": {\n  "/dba/x": [\n    "/app/b/x",\n    "/app/c/x", // old\n    "/app/a/x"\n  ]\n} }`,
    ],
  ])("goes %s", (_, before, more, after) => {
    expect(figgy(before, more)).toBe(after);
  });
});
