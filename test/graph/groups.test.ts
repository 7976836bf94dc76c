import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { replicaGraph, replicasOf } from "../../src/graph/replicas.ts";
import type { ParameterName } from "../../src/model/name.ts";
import { dev, environment, problemsOf } from "../config/config-folder.ts";

const names = (...all: string[]) => all as ParameterName[];

function compiled(parameters: object, groups: object[] = []) {
  return compile(dev({ "dev/environment.json": environment(), "dev/a.json": { parameters, groups } }));
}

describe("groups", () => {
  it("have members, and 30 seconds of quiet unless they say otherwise", () => {
    const { groups } = compiled(
      {
        "/a": {},
        "/b": {},
        "/c": {},
        "/d": {},
        "/x": { merge: [`\${/a}`, `\${/b}`] },
        "/y": { merge: [`\${/c}`, `\${/d}`] },
      },
      [{ members: ["/a", "/b"] }, { members: ["/c", "/d"], quietSeconds: 5 }],
    ).config;
    expect(
      groups.map(({ members, quietSeconds }) => [members.map(({ name }) => name), quietSeconds]),
    ).toEqual([
      [["/a", "/b"], 30],
      [["/c", "/d"], 5],
    ]);
  });

  it("name sources that something is replicated from, each in one group", () => {
    const text = `{
  "parameters": { "/a": {}, "/b": {}, "/made": { "generate": { "type": "mtime", "source": "/b" } }, "/x": { "copy": "/a" } },
  "groups": [
    { "members": ["/a", "/b"] },
    { "members": ["/a", "not a name"] },
    { "members": ["/a"], "quietSeconds": 0 }
  ]
}`;
    expect(problemsOf({ "dev/environment.json": environment(), "dev/a.json": text })).toMatchInlineSnapshot(`
      "configs/dev/a.json:4:25: /b is in a group and nothing is replicated from it
        hint: name the source of a copy or an input of a merge
      configs/dev/a.json:5:19: /a is grouped twice
        hint: a name is in one group; the first is at configs/dev/a.json:4:19
      configs/dev/a.json:5:25: this member is no parameter name: a name begins with a slash
        hint: names look like /team/service/key
      configs/dev/a.json:6:18: groups[2].members must name at least two sources
      configs/dev/a.json:6:42: groups[2].quietSeconds must be 1 or more"
    `);
  });
});

describe("groups that follow from each other", () => {
  const crossing = {
    "/a": {},
    "/b": {},
    "/of-a": { copy: "/a" },
    "/then-a": { copy: "/of-a" },
    "/of-b": { copy: "/b" },
    "/end": { copy: "/then-a" },
    "/last": { copy: "/of-b" },
  };

  it.each<[string, object[]]>([
    ["one after the other", [{ members: ["/a", "/b"] }, { members: ["/of-b", "/then-a"] }]],
    ["side by side", [{ members: ["/a", "/of-a"] }, { members: ["/of-b", "/then-a"] }]],
    ["round and back", [{ members: ["/a", "/of-b"] }, { members: ["/b", "/then-a"] }]],
    ["within one group", [{ members: ["/a", "/of-a", "/then-a"] }]],
  ])("are good %s", (_, groups) => {
    expect(compiled(crossing, groups).config.groups).toHaveLength(groups.length);
  });

  it("are refused where one replica follows from both: it would tear the one or the other", () => {
    const text = `{
  "parameters": { "/a": {}, "/b": {}, "/c": {}, "/d": {}, "/of-d": { "copy": "/d" }, "/x": { "merge": ["\${/a}", "\${/b}", "\${/of-d}", "\${/c}"] } },
  "groups": [
    { "members": ["/a", "/b"] },
    { "members": ["/c", "/d"] }
  ]
}`;
    expect(problemsOf({ "dev/environment.json": environment(), "dev/a.json": text })).toMatchInlineSnapshot(`
      "configs/dev/a.json:5:19: /x follows from two groups, that of /c and that of /a
        hint: make one group of both; the other is at configs/dev/a.json:4:19"
    `);
  });
});

describe("the graph of some replicas", () => {
  it("moves nothing: a replicator deletes no former name", () => {
    const moved = {
      parameters: { "/dba/a": {}, "/app/new": { copy: "/dba/a" } },
      moved: [{ from: "/app/old", to: "/app/new" }],
    };
    const { graph } = compile(
      dev({ "dev/environment.json": environment({ scopes: ["/app/"] }), "dev/a.json": moved }),
    );
    const [to] = names("/app/new");
    if (to === undefined) throw new Error("no name");
    expect(graph.parameters.get(to)?.formerly).toHaveLength(1);
    expect(replicaGraph(graph, new Set([to]), []).parameters.get(to)).not.toHaveProperty("formerly");
  });

  const parameters = {
    "/s": {},
    "/t": { generate: { type: "password" } },
    "/copy": { copy: "/s" },
    "/made": { generate: { type: "mtime", source: "/s" } },
    "/of-made": { copy: "/made" },
    "/merge": { merge: [`\${/copy}`, `\${/t}`] },
    "/end": { copy: "/merge" },
  };

  it("follows copies and merges, and stops where a value is derived", () => {
    const { graph } = compiled(parameters);
    expect([...replicasOf(graph, names("/s"))].sort()).toEqual(["/copy", "/end", "/merge"]);
    expect([...replicasOf(graph, names("/made"))]).toEqual(["/of-made"]);
  });

  it("has all that they follow from, each by its own rule, and nothing that follows from these besides", () => {
    const { graph } = compiled(parameters);
    const replicas = replicaGraph(graph, new Set(names("/merge", "/end")), []);
    const rules = [...replicas.parameters.values()].map(({ name, rule }) => [name, rule.kind]);
    expect(rules).toEqual([
      ["/s", "static"],
      ["/t", "generate"],
      ["/copy", "copy"],
      ["/merge", "merge"],
      ["/end", "copy"],
    ]);
    expect(Object.fromEntries(replicas.followers)).toEqual({
      "/copy": ["/merge"],
      "/merge": ["/end"],
      "/s": ["/copy"],
      "/t": ["/merge"],
    });
  });

  it("has the copies of a group first, then its merges, behind all that these need besides", () => {
    const of = compiled({
      "/host": {},
      "/user": {},
      "/word": {},
      "/z/host": { copy: "/host" },
      "/b/other": { copy: "/host" },
      "/a/url": { merge: [`\${/z/host}`, `\${/user}`, `\${/word}`] },
      "/a/user": { copy: "/user" },
      "/z/word": { copy: "/word" },
    }).graph;
    const replicas = replicasOf(of, names("/host", "/user", "/word"));
    const sorted = replicaGraph(of, replicas, [names("/user", "/word")]).parameters;
    expect([...sorted.keys()].filter((name) => replicas.has(name))).toEqual([
      "/z/host",
      "/a/user",
      "/z/word",
      "/a/url",
      "/b/other",
    ]);
  });

  it("has what is derived between two of a group behind its source", () => {
    const of = compiled({
      "/user": {},
      "/word": {},
      "/b/word": { copy: "/word" },
      "/a/hash": { generate: { type: "bcrypt-password-hash", source: "/b/word" } },
      "/a/login": { merge: [`\${/user}`, ":", `\${/a/hash}`] },
    }).graph;
    const members = names("/user", "/word");
    const sorted = [...replicaGraph(of, replicasOf(of, members), [members]).parameters.keys()];
    expect(sorted.indexOf("/a/hash" as ParameterName)).toBeGreaterThan(
      sorted.indexOf("/b/word" as ParameterName),
    );
    expect(sorted.at(-1)).toBe("/a/login");
  });

  it("does not mind chains of ten thousand", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`/c/${index}`, { copy: `/c/${index + 1}` }]),
    );
    const long = compiled(chain).graph;
    const replicas = replicasOf(long, names("/c/10000"));
    expect(replicaGraph(long, replicas, [names("/c/10000")]).parameters.size).toBe(10_001);
  });
});
