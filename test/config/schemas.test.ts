import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { environmentSchema } from "../../src/config/environment-schema.ts";
import { replicationSchema } from "../../src/config/replication-schema.ts";
import { environment, load, show } from "./config-folder.ts";

/** The JSON Schemas that editors get say yes and no where the loader does, as far as shapes go. */
const ajv = new Ajv2020();
const schemas = {
  environment: ajv.compile(z.toJSONSchema(environmentSchema)),
  replication: ajv.compile(z.toJSONSchema(replicationSchema)),
};

function loads(kind: keyof typeof schemas, content: object): boolean {
  const files =
    kind === "environment"
      ? { "dev/environment.json": content, "dev/a.json": {} }
      : { "dev/environment.json": environment(), "dev/a.json": content };
  return show(load(files).problems.filter((problem) => problem.severity === "error")) === "";
}

const tagged = (tags: object) => ({ parameters: { "/a": { tags } } });
const policy = (attributes: object) => ({
  parameters: {
    "/a": { policies: [{ Type: "ExpirationNotification", Version: "1.0", Attributes: attributes }] },
  },
});

describe.each([
  ["environment", environment()],
  [
    "environment",
    environment({ $schema: "x", scopes: ["/a", { path: "/b/", exclusive: true }], tags: { "a b": "é" } }),
  ],
  [
    "environment",
    environment({ sources: [{ kind: "prompt" }, { kind: "file", path: "a.yaml" }, { kind: "environment" }] }),
  ],
  [
    "environment",
    environment({ store: { kind: "parameter-store", account: "123456789012", region: "us-gov-west-1" } }),
  ],
  [
    "environment",
    environment({ guards: {}, grants: [], public: ["/a/**"], namespaces: { service: "/svc" } }),
  ],
  ["replication", {}],
  [
    "replication",
    { $schema: "x", parameters: { "/a": {}, "/b": { value: "x", type: "String" }, "/c": { exists: true } } },
  ],
  [
    "replication",
    { parameters: { "/a": { generate: { type: "password" }, tier: "Advanced" } }, adopt: [{ name: "/a" }] },
  ],
  ["replication", policy({ Before: "15", Unit: "Days" })],
  ["replication", { twig: "/app/a", app_figs: ["x"], replicate_figs: { "/shared/x": ["/app/a/y"] } }],
] as const)("%s %#", (kind, content) => {
  it("is right for both", () => {
    expect(loads(kind, content)).toBe(true);
    expect(schemas[kind](content), JSON.stringify(schemas[kind].errors)).toBe(true);
  });
});

describe.each([
  ["environment", {}],
  ["environment", environment({ scope: [] })],
  ["environment", environment({ owner: "two words" })],
  ["environment", environment({ sources: [{ kind: "vault" }] })],
  ["environment", environment({ guards: { delete: { count: 1.5 } } })],
  ["environment", environment({ guards: { broaden: {} } })],
  ["environment", environment({ public: ["app/**"] })],
  ["replication", { parameter: {} }],
  ["replication", { parameters: { "/a": { value: "x", copy: "/b" } } }],
  ["replication", { parameters: { "/a": { exists: true, description: "x" } } }],
  ["replication", { parameters: { "/a": { exists: false } } }],
  ["replication", { parameters: { "/a": { merge: [] } } }],
  ["replication", tagged({ a: "x".repeat(257) })],
  ["replication", policy({ Before: 15, Unit: "Days" })],
  ["replication", { parameters: {}, replicate_figs: {} }],
  ["replication", { merged_figs: { "/app/a/x": "y" } }],
  ["replication", { moved: [{ from: "/a" }] }],
  ["replication", { removed: [{ name: "/a" }] }],
] as const)("%s %#", (kind, content) => {
  it("is wrong for both", () => {
    expect(loads(kind, content)).toBe(false);
    expect(schemas[kind](content)).toBe(false);
  });
});
