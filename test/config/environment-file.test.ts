import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { configFolder, environment, load, problemsOf, show } from "./config-folder.ts";

function problemsOfEnvironment(extra: object): string {
  return problemsOf({ "dev/environment.json": environment(extra), "dev/a.json": {} }).replaceAll(
    /configs\/dev\/environment\.json:1:\d+: /g,
    "",
  );
}

function trusted(extra: object, files = {}) {
  const { config, problems } = load({
    "dev/environment.json": environment(extra),
    "dev/a.json": {},
    ...files,
  });
  expect(show(problems)).toBe("");
  return config?.environment;
}

describe("an environment that is not there", () => {
  it("names those that are", () => {
    const cwd = configFolder({
      "stage/environment.json": "{",
      "prod/environment.json": "{",
      "common/a.json": "{}",
    });
    expect(show(loadConfig({ cwd, configs: "configs", environment: "dev" }).problems)).toBe(
      "configs/dev/environment.json:1:1: there is no environment dev\n  hint: known environments: prod, stage",
    );
  });

  it("says that there are none", () => {
    expect(show(loadConfig({ cwd: configFolder({}), configs: "c", environment: "dev" }).problems)).toBe(
      "c/dev/environment.json:1:1: there is no environment dev\n  hint: no folder of c has an environment.json: the README of paraform has a first one, and paraform import writes one",
    );
  });

  it.each(["../dev", ".", "..", "", "a b", "a/b", "a\0b", "x".repeat(65)])(
    "repeats no odd name: %j",
    (name) => {
      const cwd = configFolder({ "dev/environment.json": environment() });
      expect(show(loadConfig({ cwd, configs: "configs", environment: name }).problems)).toBe(
        "configs:1:1: this is no name of an environment\n  hint: a name has letters, digits and _ . -",
      );
    },
  );
});

it("fills every default in", () => {
  const files = {
    "dev/environment.json": {
      environment: "dev",
      store: { kind: "embedded" },
      owner: "dba",
      digestKey: { kmsKey: "alias/paraform" },
    },
    "dev/a.json": {},
  };
  const cwd = configFolder(files);
  const { config, problems } = loadConfig({ cwd, configs: "configs", environment: "dev" });
  expect(problems).toEqual([]);
  expect(config?.environment).toEqual({
    name: "dev",
    file: "configs/dev/environment.json",
    store: { kind: "embedded", path: path.join(cwd, ".paraform/dev.db") },
    owner: "dba",
    scopes: [],
    keys: [],
    digestKey: { kmsKey: "alias/paraform" },
    sources: [],
    public: [],
    protect: [],
    ignore: [],
    guards: { delete: { count: 3, percent: 10 }, update: { percent: 50 }, regenerate: { count: 5 } },
    namespaces: { service: "/app", shared: "/shared" },
    tags: {},
  });
});

it("resolves paths against its own folder", () => {
  const cwd = configFolder({
    "dev/environment.json": environment({
      store: { kind: "embedded", path: "../state.db" },
      sources: [{ kind: "file", path: "values.json" }, { kind: "environment" }, { kind: "prompt" }],
    }),
    "dev/values.json": "no config, and not read as one",
    "dev/a.json": {},
  });
  const { config, problems } = loadConfig({ cwd, configs: "configs", environment: "dev" });
  expect(problems).toEqual([]);
  expect(config?.environment.store).toEqual({ kind: "embedded", path: path.join(cwd, "configs/state.db") });
  expect(config?.environment.sources).toEqual([
    { kind: "file", at: expect.anything(), path: path.join(cwd, "configs/dev/values.json") },
    { kind: "environment", at: expect.anything(), prefix: "PARAFORM_VALUE_" },
    { kind: "prompt", at: expect.anything() },
  ]);
});

it("changes of a guard only what is written", () => {
  expect(trusted({ guards: { delete: { count: 0 } } })?.guards).toEqual({
    delete: { count: 0, percent: 10 },
    update: { percent: 50 },
    regenerate: { count: 5 },
  });
  expect(trusted({ guards: { broaden: { count: 2 } } })?.guards.broaden).toEqual({ count: 2 });
});

describe("scopes", () => {
  it("end with a slash, and inner ones fold into outer ones of their kind", () => {
    const scopes = ["/dba", "/dba/mysql/", "/dbase/", { path: "/dba/mongo", exclusive: true }];
    expect(trusted({ scopes })?.scopes).toEqual([
      { path: "/dba/", exclusive: false },
      { path: "/dba/mongo/", exclusive: true },
      { path: "/dbase/", exclusive: false },
    ]);
  });

  it.each(["/", "", "dba/", "/a//", "/a b/", "/paraform", "/paraform/dev/", "/aws/"])(
    "refuses %j",
    (scope) => {
      const expected = 'must be a path such as "/dba/" that is not "/" and not under /paraform/';
      expect(problemsOfEnvironment({ scopes: [scope] })).toBe(`scopes[0] ${expected}`);
      expect(problemsOfEnvironment({ scopes: [{ path: scope }] })).toBe(`scopes[0].path ${expected}`);
    },
  );
});

describe("endpoints", () => {
  const store = { kind: "parameter-store", account: "123456789012", region: "eu-central-1" };

  it.each(["https://ssm.example.org", "http://localhost:4566", "http://127.0.0.1:1", "http://[::1]:8080/"])(
    "takes %s",
    (endpoint) => {
      expect(trusted({ store: { ...store, endpoint } })?.store).toEqual({ ...store, endpoint });
    },
  );

  it.each([
    "http://ssm.example.org",
    "http://localhost.example.org",
    "http://127.0.0.1.example.org",
    "https://user:dummy@example.org",
    "https://example.org/?token=x",
    "ftp://localhost",
    "localhost:4566",
    "",
  ])("refuses %s", (endpoint) => {
    expect(problemsOfEnvironment({ store: { ...store, endpoint } })).toBe(
      "store.endpoint must be an https: URL; plain http: only to this machine",
    );
  });
});

it("names everything that is wrong at once, repeating no value", () => {
  const text = `{
  "environment": "prod",
  "store": { "kind": "parameter-store", "account": "12345", "regio": "eu-central-1" },
  "owner": "two words",
  "digestKey": { "kmsKey": "alias/aws/ssm" },
  "keys": [{ "path": "dba/**", "key": "alias/dba" }],
  "guards": { "delete": { "count": -1, "percent": 101 }, "update": { "percent": "many" } },
  "sources": [{ "kind": "chest" }, "prompt"],
  "public": "/app/**",
  "configs": ["/etc/*.json"],
  "scope": []
}`;
  expect(problemsOf({ "dev/environment.json": text, "dev/a.json": {} })).toBe(
    `configs/dev/environment.json:2:18: environment is not the name of its folder
  hint: write "environment": "dev"
configs/dev/environment.json:3:12: store.region is missing
configs/dev/environment.json:3:52: store.account must be twelve digits
configs/dev/environment.json:3:61: unknown key "regio" in store
  hint: did you mean "region"?
configs/dev/environment.json:4:12: owner must have 1 to 64 characters of letters, digits and . _ / -
configs/dev/environment.json:5:28: digestKey.kmsKey must be a customer key: every identity of the account may use AWS's own
configs/dev/environment.json:6:22: keys[0].path must begin with a slash
configs/dev/environment.json:7:36: guards.delete.count must be 0 or more
configs/dev/environment.json:7:51: guards.delete.percent must be at most 100
configs/dev/environment.json:7:81: guards.update.percent must be a whole number
  hint: write it without quotes
configs/dev/environment.json:8:25: sources[0].kind must be "file" or "dotenv" or "sops" or "phalanx" or "environment" or "command" or "stdin" or "onepassword" or "vault" or "secrets-manager" or "parameter" or "prompt"
configs/dev/environment.json:8:36: sources[1] must be an object
configs/dev/environment.json:9:13: public must be a list
  hint: put it in brackets: a list may have one item
configs/dev/environment.json:10:15: configs[0] must be a glob relative to this file
configs/dev/environment.json:11:3: unknown key "scope"
  hint: did you mean "scopes"?`,
  );
});

it("says what is missing", () => {
  expect(problemsOf({ "dev/environment.json": "{}", "dev/a.json": {} })).toBe(
    ["environment", "store", "owner", "digestKey"]
      .map((key) => `configs/dev/environment.json:1:1: ${key} is missing`)
      .join("\n"),
  );
});

describe("a broken key of environment.json shows as no error of the files that it rules", () => {
  const files = (extra: object) => ({
    "dev/environment.json": environment(extra),
    "dev/a.json": { replicate_figs: { "/dba/x": `/svc/\${SERVICE}/x` } },
  });

  it.each([
    [
      "variables",
      { namespaces: { service: "/svc" }, variables: { SERVICE: 1 } },
      "variables.SERVICE must be a string\n  hint: put it in double quotes",
    ],
    [
      "namespaces",
      { variables: { SERVICE: "a" }, namespaces: { service: 1 } },
      "namespaces.service must be a string\n  hint: put it in double quotes",
    ],
    [
      "replicationKey",
      { variables: { SERVICE: "a" }, namespaces: { service: "/svc" }, replicationKey: 1 },
      "replicationKey must be a string\n  hint: put it in double quotes",
    ],
  ])("%s", (_, extra, summary) => {
    expect(problemsOf(files(extra)).replace(/^.*?: /, "")).toBe(summary);
  });
});

describe("which files are read", () => {
  const rule = (name: string) => ({ parameters: { [name]: {} } });
  const names = (extra: object, files: object) => {
    const { config, problems } = load({ "dev/environment.json": environment(extra), ...files });
    return [config?.declarations.map((one) => one.name), show(problems)];
  };

  it("takes those beside environment.json, and none of its folders'", () => {
    expect(
      names({}, { "dev/a.json": rule("/a"), "dev/deeper/b.json": rule("/b"), "c/c.json": rule("/c") }),
    ).toEqual([["/a"], ""]);
  });

  it("takes what its globs name, each file once", () => {
    const files = { "dev/a.json": rule("/a"), "common/b.json": rule("/b"), "common/deep/c.json": rule("/c") };
    expect(names({ configs: ["../common/**/*.json", "./*.json", "../common/b.json"] }, files)).toEqual([
      ["/b", "/c", "/a"],
      "",
    ]);
  });

  it("reports a glob that matches nothing", () => {
    const globs = ["./*.json", "../{common,shared}/*.json", "./gone.json", "./environment.json"];
    const [found, problems] = names({ configs: globs }, { "dev/a.json": rule("/a") });
    expect(found).toEqual(["/a"]);
    expect(String(problems).match(/this glob matches no file/g)).toHaveLength(3);
  });
});

it("asks whether another environment was meant", () => {
  const cwd = configFolder({ "prod/environment.json": "", "stage/environment.json": "" });
  expect(show(loadConfig({ cwd, configs: "configs", environment: "prd" }).problems)).toContain(
    "hint: did you mean prod? known environments: prod, stage",
  );
});

it("says how a glob over all below a path is written", () => {
  const public_ = problemsOf({
    "dev/environment.json": environment({ public: ["/app/b/"] }),
    "dev/a.json": {},
  });
  expect(public_).toContain(
    'must not end in a slash: a glob over everything under a path ends in /**\n  hint: write "/app/b/**"',
  );
});

describe("globs over names that match nothing", () => {
  const parameters = { "/app/a/x": { value: "v" }, "/dba/y": {} };
  const warnings = (extra: object) =>
    problemsOf({ "dev/environment.json": environment(extra), "dev/a.json": { parameters } });

  it("are named with their key and place", () => {
    const shown = warnings({
      scopes: ["/app/"],
      public: ["/app/*/x", "/app/a/y"],
      protect: ["/db/**"],
      ignore: ["/appp/**"],
      keys: [
        { path: "/dbaa/**", key: "alias/dba" },
        { path: "/**", key: "alias/own" },
      ],
    });
    const told = [...shown.matchAll(/json:1:\d+: (?:warning: )?(\S+ under "\w+") matches no parameter/g)];
    expect(told.map(([, glob]) => glob).sort()).toEqual([
      '/app/a/y under "public"',
      '/appp/** under "ignore"',
      '/db/** under "protect"',
      '/dbaa/** under "keys"',
    ]);
  });

  it("are no matter where the sweep meets what is not declared, and where nothing is declared yet", () => {
    const extra = {
      scopes: ["/app/"],
      protect: ["/app/old/**"],
      ignore: ["/app/**/theirs"],
      public: ["/**"],
    };
    expect(warnings(extra)).toBe("");
    const empty = { public: ["/x"], keys: [{ path: "/y/**", key: "alias/own" }] };
    expect(problemsOf({ "dev/environment.json": environment(empty), "dev/a.json": { parameters: {} } })).toBe(
      "",
    );
  });
});

it.each([
  ['"store": "embedded"', 'write it as "store": {"kind": "embedded"}'],
  ['"digestKey": "alias/p"', 'write it as "digestKey": {"kmsKey": "alias/paraform"}'],
  ['"store": { "kind": "ssm" }', 'did you mean "parameter-store"?'],
  ['"sources": [{ "kind": "env" }]', 'did you mean "environment"?'],
])("shows how %s is written", (text, hint) => {
  expect(problemsOf({ "dev/environment.json": `{ ${text} }`, "dev/a.json": {} })).toContain(`hint: ${hint}`);
});
