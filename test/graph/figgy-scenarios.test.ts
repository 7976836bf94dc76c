import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { dev, environment, problemsOf } from "../config/config-folder.ts";

/** Real files of Figgy's repositories, which stand beside the checkout. */
const fixtures = path.resolve(import.meta.dirname, "../../../shared/fixtures/figgy");
const withFixtures = existsSync(fixtures);
if (!withFixtures)
  console.warn("the Figgy fixtures are not beside this checkout: their scenarios are skipped");

const fixture = (name: string) => readFileSync(path.join(fixtures, name), "utf8");

/** The graph in lines of `name = rule`, in its order. */
function lines(files: object, extra: object = {}): string[] {
  const { graph } = compile(dev({ "dev/environment.json": environment(extra), ...files }));
  return [...graph.parameters.values()].map(({ name, rule, expected }) => {
    switch (rule.kind) {
      case "copy":
        return `${name} = copy ${rule.source}`;
      case "merge":
        return `${name} = ${rule.parts.map((part) => (part.kind === "literal" ? part.text : `<${part.name}:${part.encoding}>`)).join("")}`;
      case "exists":
        return `${name} = ${expected ? "shared" : "source"}`;
      default:
        return `${name} = ${rule.kind}`;
    }
  });
}

const both = (figgy: object, native: object) =>
  [{ "dev/a.json": figgy }, { "dev/a.json": { parameters: native } }] as const;

describe.skipIf(!withFixtures)("real Figgy files", () => {
  it("A2: an owner's pair is two sources and two copies, as in a native file", () => {
    const native = {
      "/app/data-changer/replicated/secrets/mysql/user": {
        copy: "/dba/secrets/mysql/shared/data-changer/user",
      },
      "/app/data-changer/replicated/secrets/mysql/password": {
        copy: "/dba/secrets/mysql/shared/data-changer/password",
      },
    };
    const expected = [
      "/dba/secrets/mysql/shared/data-changer/password = source",
      "/dba/secrets/mysql/shared/data-changer/user = source",
      "/app/data-changer/replicated/secrets/mysql/password = copy /dba/secrets/mysql/shared/data-changer/password",
      "/app/data-changer/replicated/secrets/mysql/user = copy /dba/secrets/mysql/shared/data-changer/user",
    ];
    expect(lines({ "dev/a.json": fixture("owner-data-changer.json") })).toEqual(expected);
    expect(lines({ "dev/a.json": { parameters: native } })).toEqual(expected);
  });

  it("A6: an owner's file may take from several roots", () => {
    expect(lines({ "dev/a.json": fixture("owner-data.json") })).toEqual([
      "/data/mongo/replicasets/default = source",
      "/data/test/jordan/1 = source",
      "/data/test/jordan/3 = source",
      "/shared/test/jordan/2 = source",
      "/app/ci-test-2/replicated/jordan/test/1 = copy /data/test/jordan/1",
      "/app/ci-test-2/replicated/jordan/test/2 = copy /shared/test/jordan/2",
      "/app/ci-test-2/replicated/jordan/test/3 = copy /data/test/jordan/3",
      "/app/ci-test-2/replicated/jordan/test/4 = copy /data/mongo/replicasets/default",
    ]);
  });

  it("A7: a service's own, copied and merged parameters", () => {
    expect(lines({ "dev/a.json": fixture("app-success.json") })).toEqual([
      "/app/ci-test/v1/config11 = static",
      "/app/ci-test/v1/config12 = static",
      "/app/ci-test/v1/config9 = static",
      "/shared/jordan/testrepl = source",
      "/shared/jordan/testrepl2 = source",
      "/shared/jordan/testrepl3 = source",
      "/shared/jordan/testrepl4 = source",
      "/app/ci-test/repl_repl = copy /shared/jordan/testrepl",
      "/app/ci-test/replicated/sql/db/db_name = copy /shared/jordan/testrepl4",
      "/app/ci-test/replicated/sql/db/password = copy /shared/jordan/testrepl3",
      "/app/ci-test/replicated/sql/db/user = copy /shared/jordan/testrepl2",
      "/app/ci-test/replicated/sql/sql-conn-string = mysql://</app/ci-test/replicated/sql/db/user:uri>:</app/ci-test/replicated/sql/db/password:uri>//</app/ci-test/replicated/sql/db/db_name:uri>",
    ]);
  });

  it("A8: a name outside a twig of several levels goes under it, with a warning", () => {
    const files = {
      "dev/environment.json": environment(),
      "dev/a.json": fixture("app-multi-level-twig.json"),
    };
    const { graph, warnings } = compile(dev(files));
    expect([...graph.parameters.keys()].filter((name) => name.includes("config"))).toEqual([
      "/app/dev/thing/ci-test2/app/ci-test/v1/config12",
      "/app/dev/thing/ci-test2/config11",
      "/app/dev/thing/ci-test2/config9",
    ]);
    expect(warnings).toEqual([
      {
        severity: "warning",
        file: "configs/dev/a.json",
        line: 6,
        column: 9,
        summary: "a name outside the twig is put under it: /app/dev/thing/ci-test2/app/ci-test/v1/config12",
        hint: "write it relative to the twig",
      },
    ]);
  });

  it("A9: a merge input that nobody provides is a name that must exist, and so are shared names", () => {
    const names = lines({ "dev/a.json": fixture("app-error.json") });
    expect(names).toContain("/app/ci-test/replicated/sql/db/user = source");
    expect(names.filter((line) => line.endsWith("= shared"))).toEqual([
      "/app/ci-test/replicated/jordan/test/1 = shared",
      "/app/ci-test/replicated/jordan/test/2 = shared",
      "/app/ci-test/replicated/jordan/test/3 = shared",
    ]);
  });

  it("A20: two sources for one destination are refused, both named, also across files", () => {
    const files = {
      "dev/environment.json": environment({ variables: { app_name: "jordan", secret_name: "9" } }),
      "dev/a.json": fixture("owner-variables-collide.json"),
      "dev/b.json": { replicate_figs: { "/data/other": "/app/ci-test-2/replicated/jordan/test/9" } },
    };
    const hint = "\n  hint: a name has one rule; the first is at configs/dev/a.json:3:46";
    expect(problemsOf(files)).toBe(
      `configs/dev/a.json:4:49: /data/test/jordan/9 and /shared/test/jordan/9 are both copied to /app/ci-test-2/replicated/jordan/test/9${hint}
configs/dev/b.json:1:34: /data/test/jordan/9 and /data/other are both copied to /app/ci-test-2/replicated/jordan/test/9${hint}`,
    );
  });

  it("A26: variables are put in on both sides, and the undefined ones listed", () => {
    const file = { "dev/a.json": fixture("owner-variables.json") };
    expect(lines(file, { variables: { SERVICE_NAME: "demo-svc" } })).toEqual([
      "/dba/secrets/mysql/demo-svc/password = source",
      "/dba/secrets/mysql/demo-svc/user = source",
      "/app/demo-svc/replicated/sql/password = copy /dba/secrets/mysql/demo-svc/password",
      "/app/demo-svc/replicated/sql/user = copy /dba/secrets/mysql/demo-svc/user",
    ]);
    expect(problemsOf({ "dev/environment.json": environment(), ...file })).toBe(
      `configs/dev/a.json:3:5: variable SERVICE_NAME is not defined
  hint: add it to "variables" in configs/dev/environment.json`,
    );
  });

  it("reads a connection URL that mixes shared and own inputs", () => {
    expect(lines({ "dev/a.json": fixture("app-connection-url.json") }).at(-1)).toBe(
      "/app/jordos-playground/replicated/sql-connection = mysql://</app/jordos-playground/replicated/sql/user:uri>:</app/jordos-playground/replicated/sql/password:uri>@</app/jordos-playground/replicated/sql/hostname:none>:</app/jordos-playground/replicated/sql/port:none>/</app/jordos-playground/replicated/sql/db-name:none>",
    );
  });
});

describe("in both languages", () => {
  it.each(
    both(
      { twig: "/app/s", replicate_figs: { "/app/s/a": "/app/s/b", "/app/s/b": "/app/s/a" } },
      { "/app/s/a": { copy: "/app/s/b" }, "/app/s/b": { copy: "/app/s/a" } },
    ),
  )("A19: a cycle is refused, printed", (file) => {
    expect(problemsOf({ "dev/environment.json": environment(), ...file })).toContain(
      "cycle: /app/s/a → /app/s/b → /app/s/a",
    );
  });

  it.each(
    both(
      { merged_figs: { "/app/s/a": ["x", `\${/app/s/a}`] } },
      { "/app/s/a": { merge: ["x", `\${/app/s/a}`] } },
    ),
  )("A19: so is a merge of itself", (file) => {
    expect(problemsOf({ "dev/environment.json": environment(), ...file })).toContain(
      "cycle: /app/s/a → /app/s/a",
    );
  });

  it.each([
    `{"replicate_figs": {"/dba/s": "/app/a/x", "/dba/s": "/app/b/x"}}`,
    `{"parameters": {"/app/a/x": {"copy": "/dba/s"}, "/app/a/x": {"copy": "/dba/s"}}}`,
  ])("A21: a repeated key is refused: %s", (file) => {
    expect(problemsOf({ "dev/environment.json": environment(), "dev/a.json": file })).toContain(
      "stands twice in one object",
    );
  });

  it.each(
    both(
      { replicate_figs: { "/dba/s": ["/app/a/x", "/app/b/x"] } },
      { "/app/a/x": { copy: "/dba/s" }, "/app/b/x": { copy: "/dba/s" } },
    ),
  )("A21, A22: one source reaches two services from one file", (file) => {
    expect(lines(file)).toEqual(["/dba/s = source", "/app/a/x = copy /dba/s", "/app/b/x = copy /dba/s"]);
  });

  it.each(
    both(
      { replicate_figs: { "/dba/s1": "/app/a/x", "/dba/s2": "/app/b/x" } },
      { "/app/a/x": { copy: "/dba/s1" }, "/app/b/x": { copy: "/dba/s2" } },
    ),
  )("A22: two services in one file", (file) => {
    expect(lines(file)).toEqual([
      "/dba/s1 = source",
      "/dba/s2 = source",
      "/app/a/x = copy /dba/s1",
      "/app/b/x = copy /dba/s2",
    ]);
  });
});

it.each([
  [{ replicate_figs: { "/dba/k": "/shared/z" } }, "/shared/z lies outside /app/"],
  [{ twig: "/app/s", replicate_figs: { "/shared/k": "/shared/z" } }, "/shared/z lies outside /app/"],
  [{ twig: "/app/s", replicate_figs: { "/shared/k": "/app/t/z" } }, "/app/t/z lies outside the twig /app/s/"],
  [
    { twig: "/app/s", replicate_figs: { "/dba/k": "/app/s/k" } },
    "/dba/k is no source for a service: it lies outside /shared/ and /app/",
  ],
  [{ twig: "/app/s", merged_figs: { "/app/t/m": ["x"] } }, "/app/t/m lies outside the twig /app/s/"],
  [
    { twig: "/app/s", merged_figs: { "/app/s/m": [`\${/app/s/a}`, `\${/dba/steal}`] } },
    "/dba/steal lies outside the twig /app/s/",
  ],
])("A23: namespace rules are enforced: %j", (file, summary) => {
  expect(problemsOf({ "dev/environment.json": environment(), "dev/a.json": file })).toMatch(
    new RegExp(`^configs/dev/a.json:1:\\d+: ${summary}\n  hint: .*$`),
  );
});

it("A25: the documented spellings that Figgy ignored work, with a warning", () => {
  const files = {
    "dev/environment.json": environment(),
    "dev/a.json": {
      twig: "/app/s",
      replicate_from: { source_twig: "/app/t/", figs: ["x"] },
      merge_figs: { "/app/s/m": [`\${/app/s/x}`] },
    },
  };
  const { "dev/environment.json": _, ...file } = files;
  expect(lines(file)).toEqual([
    "/app/t/x = source",
    "/app/s/x = copy /app/t/x",
    "/app/s/m = </app/s/x:none>",
  ]);
  expect(problemsOf(files)).toBe(
    `configs/dev/a.json:1:67: warning: replicate_from.figs is read as parameters; Figgy ignored it
  hint: write parameters
configs/dev/a.json:1:87: warning: merge_figs is read as merged_figs; Figgy ignored it
  hint: write merged_figs`,
  );
});

it("A32: the sample of Figgy's documentation compiles to its list of names, merge inputs included", () => {
  const mp = "/app/message-processor";
  const file = {
    twig: `${mp}/`,
    app_figs: ["config1", "config3", "config6"],
    shared_figs: ["user", "pass", "data_source", "replica_set", "options"].map(
      (key) => `replicated/mongo/${key}`,
    ),
    replicate_figs: {
      "/shared/data/sql/hostname": `${mp}/replicated/shared/sql/hostname`,
      "/shared/data/sql/db_name": `${mp}/replicated/sql/db_name`,
    },
    replicate_from: {
      source_twig: "/app/potato-processor/",
      parameters: ["person_name", "secret_admirer", "maintenance_enabled"],
    },
    merged_figs: {
      [`${mp}/replicated/sql/conn_string`]: [
        "mysql://",
        `\${${mp}/replicated/sql/db/user:uri}`,
        ":",
        `\${${mp}/replicated/sql/db/password:uri}`,
        "@",
        `\${${mp}/replicated/shared/sql/hostname}`,
        "/",
        `\${${mp}/replicated/sql/db_name}`,
      ],
    },
  };
  const { graph } = compile(dev({ "dev/environment.json": environment(), "dev/a.json": file }));
  const expected = [...graph.parameters.keys()].filter((name) => name.startsWith(mp)).sort();
  expect(expected).toEqual(
    [
      "config1",
      "config3",
      "config6",
      "maintenance_enabled",
      "person_name",
      "replicated/mongo/data_source",
      "replicated/mongo/options",
      "replicated/mongo/pass",
      "replicated/mongo/replica_set",
      "replicated/mongo/user",
      "replicated/shared/sql/hostname",
      "replicated/sql/conn_string",
      "replicated/sql/db/password",
      "replicated/sql/db/user",
      "replicated/sql/db_name",
      "secret_admirer",
    ].map((key) => `${mp}/${key}`),
  );
});
