import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { environmentSchema } from "../../src/config/environment-schema.ts";
import { compilePattern, fillTemplate } from "../../src/config/name-pattern.ts";
import { TOUCHES_MACHINE } from "../../src/config/source-location.ts";
import { environment, load, show } from "./config-folder.ts";

const isRight = new Ajv2020().compile(z.toJSONSchema(environmentSchema, { io: "input" }));

function read(sources: readonly unknown[]) {
  const content = environment({ sources });
  const { config, problems } = load({ "dev/environment.json": content, "dev/a.json": {} });
  return { sources: config?.environment.sources, problems: show(problems), editor: isRight(content) };
}

const ONE = [{ names: "/app/{service}/{key}", item: "{service}", field: "{key}" }];
const onePassword = (more: object = {}) => ({
  kind: "onepassword",
  connect: "https://connect.example.org",
  vault: "RSP dev",
  map: ONE,
  ...more,
});
const inVault = (more: object = {}) => ({
  kind: "vault",
  map: [{ names: "/app/{service}/{key}", path: "apps/{service}", field: "{key}" }],
  ...more,
});

describe("a source of each kind", () => {
  it("has its defaults filled in and its paths resolved", () => {
    const { sources, problems, editor } = read([
      { kind: "file", path: "values.json" },
      { kind: "dotenv", path: "../.env" },
      { kind: "sops", path: "values.enc.yaml" },
      { kind: "environment" },
      { kind: "command", command: ["./values", "--all"] },
      { kind: "stdin" },
      onePassword(),
      inVault(),
      { kind: "secrets-manager", map: [{ names: "/app/{service}/db", secret: "{service}/db" }] },
      { kind: "parameter", map: [{ names: "/app/{rest**}", parameter: "/old/{rest}" }] },
      { kind: "prompt" },
    ]);
    expect(problems).toBe("");
    expect(editor).toBe(true);
    const folder = path.dirname(sources?.[0] !== undefined && "path" in sources[0] ? sources[0].path : "");
    expect(sources?.map(({ at, ...source }) => source)).toEqual([
      { kind: "file", path: path.join(folder, "values.json") },
      { kind: "dotenv", path: path.join(folder, "..", ".env"), prefix: "" },
      { kind: "sops", path: path.join(folder, "values.enc.yaml") },
      { kind: "environment", prefix: "PARAFORM_VALUE_" },
      { kind: "command", command: ["./values", "--all"], folder, environment: [], timeout: 30_000 },
      { kind: "stdin" },
      onePassword(),
      { ...inVault(), mount: "secret" },
      { kind: "secrets-manager", map: [{ names: "/app/{service}/db", secret: "{service}/db" }] },
      { kind: "parameter", map: [{ names: "/app/{rest**}", parameter: "/old/{rest}" }] },
      { kind: "prompt" },
    ]);
  });

  it("knows its place, also behind a broken one", () => {
    const text = `{"environment": "dev", "store": {"kind": "embedded"}, "owner": "dba",
"digestKey": {"kmsKey": "alias/k"}, "sources": [
  {"kind": "prompt", "x": 1},
    {"kind": "environment"}]}`;
    const places = (content: string) =>
      load({ "dev/environment.json": content, "dev/a.json": {} }).config?.environment.sources.map(
        ({ kind, at }) => [kind, at.line, at.column],
      );
    expect(places(text)).toEqual([["environment", 4, 5]]);
    expect(places(text.replace(', "x": 1', ""))).toEqual([
      ["prompt", 3, 3],
      ["environment", 4, 5],
    ]);
  });

  it("either touches the machine beyond the config's files or does not", () => {
    const touching = Object.entries(TOUCHES_MACHINE).flatMap(([kind, touches]) => (touches ? [kind] : []));
    expect(touching).toEqual(["sops", "environment", "command", "stdin", "prompt"]);
  });
});

describe("a source is refused", () => {
  const map = (names: string, item: string) => onePassword({ map: [{ names, item, field: "f" }] });

  it.each([
    [
      onePassword({ connect: "http://connect.example.org" }),
      "connect must be an https: URL; plain http: only to this machine",
    ],
    [
      onePassword({ connect: "https://me:dummy@connect.example.org" }),
      "connect must be an https: URL; plain http: only to this machine",
    ],
    [onePassword({ token: "dummy" }), 'unknown key "token" in sources[0]'],
    [onePassword({ map: [] }), "map must have an entry"],
    [onePassword({ vault: 'a" or "b' }), "vault must be 1 to 512 characters without quotes and backslashes"],
    [map("app/{x}", "{x}"), "map[0].names must be a name with placeholders, such as /app/{service}/{key}"],
    [map("/app/{x", "x"), "map[0].names must be a name with placeholders, such as /app/{service}/{key}"],
    [map("/app/{x}{y}", "x"), "map[0].names must have something between two placeholders"],
    [map("/app/{x}/{x}", "x"), "map[0].names must have each placeholder once"],
    [map("/app/{x}", "{y}"), 'map[0] must use no braces but the placeholders of its "names"'],
    [map("/app/{x}", "{x"), 'map[0] must use no braces but the placeholders of its "names"'],
    [map("/app/{x**}", "{x**}"), 'map[0] must use no braces but the placeholders of its "names"'],
    [
      inVault({ mount: "../sys" }),
      "mount must be a path such as apps/{service}, without . and .. and without a slash at its ends",
    ],
    [
      inVault({ address: "vault.example.org" }),
      "address must be an https: URL; plain http: only to this machine",
    ],
    [{ kind: "command", command: [] }, "command must name a program"],
    [{ kind: "command", command: "id" }, "command must be a list"],
    [{ kind: "command", command: ["id"], timeoutSeconds: 0 }, "timeoutSeconds must be 1 or more"],
    [{ kind: "dotenv", path: ".env", prefix: "1" }, "prefix must be a prefix such as PARAFORM_VALUE_"],
  ])("%j", (source, summary) => {
    const { problems } = read([source]);
    expect(problems).toContain(summary);
    expect(problems).not.toContain("dummy");
  });

  it("when it would read standard input a second time", () => {
    expect(read([{ kind: "stdin" }, { kind: "stdin" }]).problems).toContain(
      "sources must have one of kind stdin at most",
    );
  });
});

describe("a pattern of names", () => {
  it.each([
    ["/app/{service}/{key}", "/app/shop/db-password", { service: "shop", key: "db-password" }],
    ["/app/{service}/{key}", "/app/shop/db/password", undefined],
    ["/app/{rest**}", "/app/shop/db/password", { rest: "shop/db/password" }],
    ["/app/{service}/db-{user}", "/app/shop/db-admin", { service: "shop", user: "admin" }],
    ["/app/a.b", "/app/a.b", {}],
    ["/app/a.b", "/app/axb", undefined],
    ["/app/{x}", "/app/", undefined],
    ["/app/{x}", "/other/app/x", undefined],
  ])("%s is %s with %j", (pattern, name, words) => {
    expect(compilePattern(pattern)(name)).toEqual(words);
  });

  it("fills templates literally", () => {
    expect(fillTemplate("{a}-$1-{b}/{a}", { a: "$&", b: "y" })).toBe("$&-$1-y/$&");
  });
});
