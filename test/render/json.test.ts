import fc from "fast-check";
import { expect, test } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { renderJson } from "../../src/render/json.ts";

test("two spaces, the document's own order, a final newline", () => {
  expect(renderJson({ b: 1, a: [true, null] })).toBe('{\n  "b": 1,\n  "a": [\n    true,\n    null\n  ]\n}\n');
});

test("characters that a terminal acts on are escaped, and come back the same", () => {
  const text = "\x1b[0m \x7f \x9b \u2028 \u202e \u{e0041} ä";
  expect(renderJson(text)).toBe('"\\u001b[0m \\u007f \\u009b \\u2028 \\u202e \\udb40\\udc41 ä"\n');
  expect(JSON.parse(renderJson(text))).toBe(text);
});

test("any document comes back the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (document) => {
      expect(JSON.parse(renderJson(document))).toEqual(JSON.parse(JSON.stringify(document)));
    }),
  );
});

test("a document that holds a secret is refused", () => {
  expect(() => renderJson({ deep: [new Secret("dummy-password-of-dev")] })).toThrow(TypeError);
});
