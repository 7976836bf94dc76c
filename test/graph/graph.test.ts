import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { configFolder, dev, environment, problemsOf, problemsOfFile } from "../config/config-folder.ts";

function graphOf(parameters: object, extra: object = {}, files: object = {}) {
  const all = { "dev/environment.json": environment(extra), "dev/a.json": { parameters }, ...files };
  return compile(dev(all)).graph;
}

const get = (graph: ReturnType<typeof graphOf>, name: string) =>
  [...graph.parameters.values()].find((parameter) => parameter.name === name);

describe("order", () => {
  it("has sources before what follows from them, else names in order", () => {
    const graph = graphOf({
      "/app/z": { copy: "/dba/a" },
      "/app/a": { merge: [`\${/app/z}`, `\${/dba/b}`] },
      "/dba/b": {},
      "/dba/a": {},
    });
    expect([...graph.parameters.keys()]).toEqual(["/dba/a", "/dba/b", "/app/z", "/app/a"]);
  });

  it("keeps the parameters of a file together where sources allow it", () => {
    const graph = graphOf(
      { "/a/1": {}, "/c/1": {}, "/e/1": { copy: "/d/1" } },
      {},
      {
        "dev/b.json": { parameters: { "/b/1": {}, "/d/1": { copy: "/a/1" } } },
        "dev/c.json": { parameters: { "/b/0": {} } },
      },
    );
    expect([...graph.parameters.keys()]).toEqual(["/a/1", "/c/1", "/b/1", "/d/1", "/e/1", "/b/0"]);
  });

  it("knows the direct followers of each name, sorted", () => {
    const graph = graphOf({
      "/z": { copy: "/s" },
      "/m": { merge: [`\${/s}`, `\${/s:uri}`, `\${/z}`] },
      "/a": { copy: "/s" },
    });
    expect(Object.fromEntries(graph.followers)).toEqual({ "/s": ["/a", "/m", "/z"], "/z": ["/m"] });
  });

  it("does not mind chains of ten thousand", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`/c/${i}`, { copy: `/c/${i + 1}` }]),
    );
    const graph = graphOf(chain);
    expect(graph.parameters.size).toBe(10_001);
    expect([...graph.parameters.keys()].at(0)).toBe("/c/10000");
    expect([...graph.parameters.keys()].at(-1)).toBe("/c/0");
  });
});

describe("names without a rule", () => {
  it("must exist, and say whether the config asks for them itself", () => {
    const graph = graphOf({
      "/app/x": { copy: "/dba/x" },
      "/app/y": { exists: true },
      "/app/z": { copy: "/app/y" },
    });
    expect(get(graph, "/dba/x")).toEqual({
      name: "/dba/x",
      rule: { kind: "exists" },
      expected: false,
      key: "alias/own",
      description: "",
      dataType: "text",
      tags: {},
      public: false,
      protected: false,
      inScope: false,
      origin: { file: "configs/dev/a.json", line: 1, column: 16 },
    });
    expect(get(graph, "/app/y")).toMatchObject({ rule: { kind: "exists" }, expected: true });
  });

  it("do not take the rule from a name that has one", () => {
    const graph = graphOf({ "/app/x": { value: "a" } }, {}, { "dev/b.json": { shared_figs: ["/app/x"] } });
    expect(get(graph, "/app/x")).toMatchObject({ rule: { kind: "value" }, expected: true });
  });
});

describe("attributes", () => {
  it("default by rule", () => {
    const graph = graphOf({
      "/static": {},
      "/value": { value: "x" },
      "/generated": { generate: { type: "password" } },
      "/merge": { merge: ["x"] },
      "/copy": { copy: "/somewhere" },
    });
    const types = [...graph.parameters.values()].map(({ name, type, key, public: shown }) => [
      name,
      type,
      key,
      shown,
    ]);
    expect(types).toEqual([
      ["/generated", "SecureString", "alias/own", false],
      ["/merge", "SecureString", "alias/replication", false],
      ["/somewhere", undefined, "alias/own", false],
      ["/static", "SecureString", "alias/own", false],
      ["/value", "String", "alias/own", true],
      ["/copy", undefined, "alias/replication", false],
    ]);
  });

  it("take the first key whose path matches, their own before all", () => {
    const keys = [
      { path: "/dba/prod/**", key: "alias/prod" },
      { path: "/dba/**", key: "alias/dba" },
    ];
    const graph = graphOf({ "/dba/prod/x": {}, "/dba/x": {}, "/dba/y": { key: "alias/y" } }, { keys });
    expect([...graph.parameters.values()].map(({ key }) => key)).toEqual([
      "alias/prod",
      "alias/dba",
      "alias/y",
    ]);
  });

  it("take a copy's type along chains, as far as the config can tell", () => {
    const graph = graphOf({
      "/a": { copy: "/b" },
      "/b": { copy: "/c" },
      "/c": { value: "1,2", type: "StringList" },
      "/d": { copy: "/c", type: "SecureString" },
      "/e": { copy: "/d" },
    });
    const types = Object.fromEntries([...graph.parameters.values()].map(({ name, type }) => [name, type]));
    expect(types).toEqual({
      "/a": "StringList",
      "/b": "StringList",
      "/c": "StringList",
      "/d": "SecureString",
      "/e": "SecureString",
    });
  });

  it("have the environment's tags and their own, which win", () => {
    const graph = graphOf(
      { "/a": { tags: { team: "dba", own: "1" } } },
      { tags: { team: "all", env: "dev" } },
    );
    expect(get(graph, "/a")?.tags).toEqual({ team: "dba", env: "dev", own: "1" });
  });

  it("match globs over whole names, segments that begin with a dot included", () => {
    const globs = { public: ["/open/*"], protect: ["/**/keep"] };
    const graph = graphOf({ "/open/.x": {}, "/open/a/b": {}, "/a/.b/keep": {}, "/keep": {} }, globs);
    const flags = [...graph.parameters.values()].map((one) => [one.name, one.public, one.protected]);
    expect(flags).toEqual([
      ["/a/.b/keep", false, true],
      ["/keep", false, true],
      ["/open/.x", true, false],
      ["/open/a/b", false, false],
    ]);
  });

  it("carry the leave to adopt", () => {
    const cwd = configFolder({
      "dev/environment.json": environment(),
      "dev/a.json": { parameters: { "/a": {}, "/b": {} }, adopt: [{ name: "/b", owner: "them" }] },
    });
    const { graph } = compile({ cwd, configs: "configs", environment: "dev" });
    expect(get(graph, "/a")).not.toHaveProperty("adopt");
    expect(get(graph, "/b")?.adopt).toMatchObject({ name: "/b", owner: "them" });
  });
});

describe("cycles", () => {
  const hint = "\n  hint: a value cannot follow from itself: give one of these another rule";

  it("are printed, every one, as values flow", () => {
    const text = `{ "parameters": {
  "/self": { "merge": ["x", "\${/self}"] },
  "/a": { "copy": "/b" },
  "/b": { "merge": ["\${/a}", "\${/c}"] },
  "/c": { "copy": "/b" },
  "/behind": { "copy": "/c" },
  "/beside": { "copy": "/z" }
} }`;
    expect(problemsOfFile(text)).toBe(
      `configs/dev/a.json:2:3: cycle: /self → /self${hint}
configs/dev/a.json:3:3: cycle: /a → /b → /a${hint}
configs/dev/a.json:4:3: cycle: /b → /c → /b${hint}`,
    );
  });

  it("run through Figgy files too", () => {
    expect(
      problemsOfFile({ twig: "/app/s", replicate_figs: { "/app/s/a": "/app/s/b", "/app/s/b": "/app/s/a" } }),
    ).toBe(`configs/dev/a.json:1:69: cycle: /app/s/a → /app/s/b → /app/s/a${hint}`);
  });

  it("of ten thousand are shown by their first names", () => {
    const ring = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`/r/${i}`, { copy: `/r/${(i + 9_999) % 10_000}` }]),
    );
    expect(problemsOfFile({ parameters: ring })).toBe(
      `configs/dev/a.json:1:16: cycle: /r/0 → /r/1 → /r/2 → /r/3 → /r/4 → /r/5 → /r/6 → /r/7 → /r/8 → /r/9 → (9990 more) → /r/0${hint}`,
    );
  });
});

describe("what the whole config has wrong", () => {
  it("is types that would expose or that cannot be", () => {
    const text = `{ "parameters": {
  "/s": {},
  "/a": { "copy": "/s", "type": "String" },
  "/b": { "merge": ["x"], "type": "StringList" },
  "/c": { "copy": "/unknown", "type": "String" }
} }`;
    expect(problemsOfFile(text)).toBe(
      `configs/dev/a.json:3:3: /a would be a String although its source /s is a SecureString
  hint: a secret stays one: remove "type"
configs/dev/a.json:4:3: /b is a merge and always a SecureString
  hint: remove "type": "StringList"`,
    );
  });

  it("is literals that Parameter Store would refuse", () => {
    const problem = (entry: object) => problemsOfFile({ parameters: { "/a": entry } }).replace(/^.*?: /, "");
    const bytes = (count: number) => "\u00e9".repeat(count / 2);
    expect(problem({ value: "" })).toBe(
      "/a has an empty value\n  hint: Parameter Store keeps none: write a value, or remove the entry",
    );
    expect(problem({ value: bytes(8192) })).toBe("");
    expect(problem({ value: bytes(8194) })).toBe(
      "/a has a value of 8194 bytes\n  hint: Parameter Store keeps at most 8192: split it",
    );
    expect(problem({ value: bytes(4098), tier: "Standard" })).toBe(
      '/a has a value of 4098 bytes\n  hint: the Standard tier keeps at most 4096: write "tier": "Advanced"',
    );
    expect(problem({ value: "{{ssm:/b}}" })).toBe(
      "/a has a value with {{…}} in it\n  hint: Parameter Store refuses parameters inside parameters: use a merge",
    );
    expect(problem({ value: "x1", allowedPattern: "^\\d+$" })).toBe(
      "/a has a value that its allowedPattern does not match\n  hint: mend one of the two",
    );
    expect(problem({ value: "12", allowedPattern: "^\\d+$" })).toBe("");
    expect(problem({ allowedPattern: "(" })).toBe(
      "/a has an allowedPattern that is no regular expression\n  hint: mend or remove it",
    );
    const policies = [
      { Type: "NoChangeNotification", Version: "1.0", Attributes: { After: "20", Unit: "Days" } },
    ];
    expect(problem({ tier: "Standard", policies })).toBe(
      '/a has policies, which the Standard tier does not know\n  hint: write "tier": "Advanced"',
    );
  });

  it("is too many tags together", () => {
    const tags = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, "x"]));
    const content = { parameters: { "/a": { tags: tags("a", 25) }, "/b": { tags: tags("b", 26) } } };
    expect(problemsOfFile(content, { tags: tags("e", 25) })).toMatch(
      /^configs\/dev\/a.json:1:\d+: \/b has more than 50 tags together with those of the environment\n {2}hint: remove some$/,
    );
  });

  it("is names declared and ignored", () => {
    const content = { parameters: { "/a/x": {}, "/b/x": {}, "/a/y": { exists: true } } };
    expect(problemsOfFile(content, { ignore: ["/a/**"] })).toBe(
      `configs/dev/a.json:1:16: /a/x is declared and ignored
  hint: remove it, or narrow "ignore" in configs/dev/environment.json`,
    );
  });

  it("is copies and merges that no grant allows", () => {
    const grants = [
      { source: "/dba/**", to: "/app/*/replicated/**" },
      { source: "/app/a/**", to: "/app/a/**" },
    ];
    const text = `{ "parameters": {
  "/app/a/replicated/x": { "copy": "/dba/x" },
  "/app/a/url": { "merge": ["\${/app/a/replicated/x}", "\${/dba/y}"] },
  "/app/b/x": { "copy": "/dba/x" }
} }`;
    expect(problemsOfFile(text, { grants })).toBe(
      `configs/dev/a.json:3:3: no grant lets /dba/y reach /app/a/url
  hint: its owner grants it in configs/dev/environment.json
configs/dev/a.json:4:3: no grant lets /dba/x reach /app/b/x
  hint: its owner grants it in configs/dev/environment.json`,
    );
    expect(problemsOfFile(text, { grants: [] })).toContain("no grant lets /dba/x reach /app/a/replicated/x");
    expect(problemsOfFile(text)).toBe("");
  });

  it("is what is derived of a source that no grant lets reach it", () => {
    const hash = { generate: { type: "bcrypt-password-hash", source: "/dba/x" } };
    const parameters = { "/dba/x": {}, "/app/a/hash": hash };
    expect(problemsOfFile({ parameters }, { grants: [] })).toContain(
      "no grant lets /dba/x reach /app/a/hash",
    );
    expect(problemsOfFile({ parameters }, { grants: [{ source: "/dba/x", to: "/app/a/*" }] })).toBe("");
  });

  it("is a value that moves to another reader where no grant lets it", () => {
    const parameters = { "/app/a/x": {}, "/dba/new": {}, "/dba/s": {}, "/app/a/copy": { copy: "/dba/s" } };
    const moved = [
      { from: "/dba/x", to: "/app/a/x" },
      { from: "/dba/old", to: "/dba/new" },
      { from: "/app/b/copy", to: "/app/a/copy" },
    ];
    const grants = [{ source: "/dba/s", to: "/app/**" }];
    const scopes = ["/dba/", "/app/"];
    expect(problemsOfFile({ parameters, moved }, { grants, scopes })).toMatch(
      /^configs\/dev\/a\.json:1:\d+: no grant lets \/dba\/x reach \/app\/a\/x\n.*$/,
    );
    const chain = [
      { from: "/dba/x", to: "/app/a/between" },
      { from: "/app/a/between", to: "/app/a/x" },
    ];
    expect(problemsOfFile({ parameters, moved: chain }, { grants, scopes })).toContain(
      "no grant lets /dba/x reach /app/a/x",
    );
    const more = [...grants, { source: "/dba/x", to: "/app/a/*" }];
    expect(problemsOfFile({ parameters, moved }, { grants: more, scopes })).toBe("");
  });

  it("is a value that a parameter source takes where no grant lets it", () => {
    const map = [
      { names: "/app/a/own", parameter: "/app/a/other" },
      { names: "/app/{service}/{key}", parameter: "/dba/{key}" },
    ];
    const sources = [{ kind: "parameter", map }];
    const parameters = { "/app/a/x": {}, "/app/b/x": {}, "/app/a/own": {}, "/app/a/lit": { value: "x" } };
    const grants = [{ source: "/dba/x", to: "/app/a/**" }];
    const own = { source: "/app/a/**", to: "/app/a/**" };
    expect(problemsOfFile({ parameters }, { sources, grants: [...grants, own] })).toMatch(
      /^configs\/dev\/environment\.json:1:\d+: no grant lets \/dba\/x reach \/app\/b\/x\n.*$/,
    );
    expect(problemsOfFile({ parameters }, { sources, grants })).toContain("no grant lets /app/a/other reach");
    expect(problemsOfFile({ parameters }, { sources })).toBe("");
  });

  it("is a merge or copy without any key", () => {
    const files = (parameters: object) => ({
      "dev/environment.json": { ...environment(), replicationKey: undefined },
      "dev/a.json": { parameters },
    });
    const copies = { "/b": { copy: "/s" }, "/c": { merge: ["x"] }, "/a": { copy: "/s" } };
    expect(problemsOf(files(copies))).toBe(
      `configs/dev/environment.json:1:1: replicationKey is missing, and /a (configs/dev/a.json:1:56), like 2 others, has no key of its own
  hint: add "replicationKey", the KMS key of every copy and merge`,
    );
    expect(problemsOf(files({ "/a": { copy: "/s", key: "alias/a" }, "/s": {} }))).toBe("");
    expect(problemsOf(files({ "/a": { copy: "/s" }, "/s": { value: "no secret" } }))).toBe("");
  });

  it("warns of what falls to AWS's own key, unless that is what it says", () => {
    const parameters = {
      "/a": {},
      "/b": { key: "alias/aws/ssm" },
      "/c": { value: "x" },
      "/d": { copy: "/a" },
    };
    expect(problemsOfFile({ parameters }, { keys: [] })).toBe(
      `configs/dev/environment.json:1:1: warning: /a (configs/dev/a.json:1:16) falls to alias/aws/ssm, which every identity of the account may use
  hint: give its path a key in "keys"`,
    );
  });

  it("warns of a replication key that an owner has too", () => {
    expect(problemsOfFile({ parameters: { "/a": {} } }, { replicationKey: "alias/own" })).toBe(
      `configs/dev/environment.json:1:1: warning: replicationKey is also the key of /**, whose owner reads a replica there once its line is gone
  hint: give copies and merges a key that no path has in keys`,
    );
  });

  it("warns of a literal that is to be a secret, for it stands in the file", () => {
    const parameters = { "/a": { value: "dummy", type: "SecureString" }, "/b": { value: "public" } };
    expect(problemsOfFile({ parameters })).toBe(
      `configs/dev/a.json:1:16: warning: /a is a SecureString, and its value stands in this file
  hint: who reads the repository or a plan reads a literal: give a secret an entry without value, and let its owner put it`,
    );
  });

  it("is two names that one environment variable would supply, where such variables are a source", () => {
    const content = { parameters: { "/a/b-c": {}, "/x": { copy: "/a/b.c" }, "/a/b/c": { value: "x" } } };
    expect(problemsOfFile(content)).toBe("");
    expect(problemsOfFile(content, { sources: [{ kind: "environment", prefix: "V_" }] })).toBe(
      `configs/dev/a.json:1:28: /a/b-c and /a/b.c would both be read from V_A_B_C
  hint: rename one of them; the first is at configs/dev/a.json:1:16`,
    );
  });

  it("comes with the files' own problems, by file, line and column", () => {
    const files = {
      "dev/environment.json": environment({ owner: "" }),
      "dev/b.json": `{ "parameters": { "/b": { "copy": "/b" },\n "/c": { "cpy": "/d" } } }`,
      "dev/a.json": `{ "parameters": {\n "/a": { "value": "" }, "/a b": {} } }`,
    };
    expect(problemsOf(files).match(/^configs\S+/gm)).toEqual([
      "configs/dev/a.json:2:2:",
      "configs/dev/a.json:2:25:",
      "configs/dev/b.json:1:19:",
      "configs/dev/b.json:2:10:",
      expect.stringMatching(/^configs\/dev\/environment.json:1:\d+:$/),
    ]);
  });
});
