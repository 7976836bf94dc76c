import { expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { configDigest } from "../../src/graph/config-digest.ts";
import { dev, environment } from "../config/config-folder.ts";

const PARAMETERS = {
  "/dba/x": { description: "source", tags: { a: "1", b: "2" } },
  "/app/x": { copy: "/dba/x" },
  "/app/y": { value: "y" },
};

function digestOf(files: Readonly<Record<string, object>>, extra: object = {}): string {
  const { config, graph } = compile(dev({ "dev/environment.json": environment(extra), ...files }));
  return configDigest(config.environment, graph);
}

const reversed = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, part]) => [key, reversed(part)]),
      )
    : value;

it("depends neither on the order of keys nor on which file says what", () => {
  const { "/app/y": apart, ...rest } = PARAMETERS;
  const extra = { public: ["/app/y", "/dba/z"], tags: { team: "x", owner: "y" } };
  const whole = digestOf({ "dev/a.json": { parameters: PARAMETERS } }, extra);
  expect(digestOf({ "dev/a.json": reversed({ parameters: PARAMETERS }) as object }, extra)).toBe(whole);
  const turned = { tags: { owner: "y", team: "x" }, public: ["/dba/z", "/app/y"] };
  expect(digestOf({ "dev/z.json": { parameters: PARAMETERS } }, turned)).toBe(whole);
  const split = { "dev/b.json": { parameters: rest }, "dev/a.json": { parameters: { "/app/y": apart } } };
  expect(digestOf(split, extra)).toBe(whole);
});

it.each([
  ["a value", { ...PARAMETERS, "/app/y": { value: "z" } }],
  ["a rule", { ...PARAMETERS, "/app/x": { copy: "/app/y" } }],
  ["an attribute", { ...PARAMETERS, "/dba/x": { description: "other" } }],
  ["a parameter more", { ...PARAMETERS, "/app/z": {} }],
])("depends on %s", (_, parameters) => {
  expect(digestOf({ "dev/a.json": { parameters } })).not.toBe(
    digestOf({ "dev/a.json": { parameters: PARAMETERS } }),
  );
});
