import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { documentOf, filesIn, folderOf, paraform, parametersOf, write } from "./in-process.ts";

const OWNER = { replicate_figs: { "/dba/user": "/app/svc/user", "/dba/password": "/app/svc/password" } };
const APP = {
  twig: "/app/svc",
  app_figs: ["own"],
  shared_figs: ["user", "password"],
  merged_figs: { "/app/svc/url": ["x://", "${/app/svc/user:uri}", "@", "${/app/svc/password}"] },
};

const row = (destination: string, source: string | string[], more: object = {}) => ({
  destination: { S: destination },
  source: typeof source === "string" ? { S: source } : { L: source.map((S) => ({ S })) },
  type: { S: typeof source === "string" ? "app" : "merge" },
  user: { S: "steve" },
  env_alias: { S: "unknown" },
  ...more,
});
const table = (...Items: object[]) => ({ Items, Count: Items.length, ScannedCount: Items.length });

async function importOf(files: Readonly<Record<string, string | object>>, ...argv: string[]) {
  const cwd = folderOf(files);
  const said = await paraform(cwd, "import", "figgy", ...argv, "--env", "dev");
  const written = existsSync(path.join(cwd, "configs")) ? filesIn(path.join(cwd, "configs/dev")) : {};
  const parameters = Object.fromEntries(
    Object.entries(written)
      .filter(([name]) => name !== "environment.json")
      .map(([name, text]) => [name, parametersOf(text)]),
  );
  const reports = said.stderr.split("\n").filter((line) => !/^(?: {2}hint: |Next: |$)/.test(line));
  return { cwd, said, written, parameters, reports };
}

function compiled(cwd: string) {
  return compile({ configs: "configs", environment: "dev", cwd });
}

it("owner and app files become native files of the same meaning", async () => {
  const { cwd, said, parameters, reports } = await importOf(
    { "o.json": OWNER, "app/figgy.json": APP },
    "o.json",
    "app/figgy.json",
  );
  expect(said.code).toBe(0);
  expect(said.stdout).toBe(
    "Wrote configs/dev/environment.json\nWrote configs/dev/o.json: 2 parameters\nWrote configs/dev/svc.json: 4 parameters\n",
  );
  expect(reports).toEqual([]);
  expect(parameters).toEqual({
    "o.json": { "/app/svc/password": { copy: "/dba/password" }, "/app/svc/user": { copy: "/dba/user" } },
    "svc.json": {
      "/app/svc/own": {},
      "/app/svc/password": { exists: true },
      "/app/svc/url": { merge: ["x://", "${/app/svc/user:uri}", "@", "${/app/svc/password}"] },
      "/app/svc/user": { exists: true },
    },
  });
  expect([...compiled(cwd).graph.parameters.keys()]).toHaveLength(6);
});

it("a literal that only looks like a reference stays one", async () => {
  const merged_figs = { "/app/svc/text": ["user=${/app/svc/user}@", "${dba/x}"] };
  const { cwd, said, parameters } = await importOf(
    { "app.json": { twig: "/app/svc", merged_figs } },
    "app.json",
  );
  expect(said.code).toBe(0);
  const merge = ["user=$", "{/app/svc/user}@", "$", "{dba/x}"];
  expect(parameters).toEqual({ "svc.json": { "/app/svc/text": { merge } } });
  expect([...compiled(cwd).graph.parameters.keys()]).toEqual(["/app/svc/text"]);
});

it("a rule stands above a reference to the same name, whichever file comes first", async () => {
  const app = { twig: "/app/svc", shared_figs: ["user"] };
  const owner = { replicate_figs: { "/dba/user": "/app/svc/user" } };
  const rule = { "/app/svc/user": { copy: "/dba/user" } };
  for (const order of [
    ["app.json", "o.json"],
    ["o.json", "app.json"],
  ]) {
    const { parameters, reports } = await importOf({ "app.json": app, "o.json": owner }, ...order);
    expect(reports).toEqual([]);
    expect(parameters["o.json"]).toEqual(rule);
  }
});

it("variables stay variables, whose values go to a new environment.json", async () => {
  const owner = { replicate_figs: { "/dba/${SVC}/pw": "/app/${SVC}/pw" } };
  const { cwd, parameters, reports } = await importOf({ "o.json": owner }, "o.json", "--var", "SVC=demo");
  expect(parameters["o.json"]).toEqual({ "/app/${SVC}/pw": { copy: "/dba/${SVC}/pw" } });
  expect(reports).toEqual([]);
  expect(compiled(cwd).graph.parameters.has("/app/demo/pw" as never)).toBe(true);
  const without = await importOf({ "o.json": owner }, "o.json");
  expect(without.reports).toEqual([
    expect.stringMatching(/^o\.json:\d+:\d+: warning: variable SVC has no value$/),
  ]);
  const unused = await importOf({ "o.json": owner }, "o.json", "--var", "SVC=demo", "--var", "SCV=demo");
  expect(unused.reports).toEqual([
    "configs/dev/environment.json:1:1: warning: --var SCV: no name of these files has this variable",
  ]);
  const again = await paraform(unused.cwd, "import", "figgy", "o.json", "--env", "dev", "--var", "SVC=other");
  expect(again.stdout).toContain("Kept configs/dev/environment.json");
  expect(again.stderr).toMatch(
    /^configs\/dev\/environment\.json:1:1: warning: --var SVC is not written: the file is kept, and it has another value\n {2}hint: write SVC under/,
  );
});

it("two rules for one name, also by their variables, are one, and the other is reported", async () => {
  const owner = { replicate_figs: { "/a/${X}": "/app/svc/x", "/b/${X}": "/app/svc/${Y}" } };
  const { parameters, reports } = await importOf(
    { "o.json": owner, "p.json": { replicate_figs: { "/c": "/app/svc/x" } } },
    "o.json",
    "p.json",
    "--var",
    "X=1",
    "--var",
    "Y=x",
  );
  expect(parameters).toEqual({ "o.json": { "/app/svc/x": { copy: "/a/${X}" } } });
  expect(reports.map((line) => line.replace(/^.*warning: /, ""))).toEqual([
    expect.stringMatching(/^\/app\/svc\/x has a rule already, at o\.json:/),
    expect.stringMatching(/^\/app\/svc\/x has a rule already, at o\.json:/),
  ]);
});

it("what Figgy ignored or refused is reported, and the rest is written", async () => {
  const app = {
    ...APP,
    repositories: ["x"],
    import: ["gone.json"],
    replicate_figs: { "/dba/secret": "/app/svc/taken", "/shared/ok": "/app/svc/ok" },
  };
  const { cwd, parameters, reports } = await importOf({ "figgy.json": app }, "figgy.json");
  expect(Object.keys(parameters["svc.json"] ?? {})).toContain("/app/svc/ok");
  expect(Object.keys(parameters["svc.json"] ?? {})).not.toContain("/app/svc/taken");
  expect(reports.map((line) => line.replace(/^.*warning: /, "")).sort()).toEqual([
    "/dba/secret is no source for a service: it lies outside /shared/ and /app/",
    "the imported file is not there",
    'unknown key "repositories"',
  ]);
  expect(compiled(cwd).graph.parameters.size).toBeGreaterThan(0);
});

it("a cycle is static, and says its way around", async () => {
  const owner = { replicate_figs: { "/app/svc/a": "/app/svc/b", "/app/svc/b": "/app/svc/a" } };
  const { cwd, parameters, reports } = await importOf({ "o.json": owner }, "o.json");
  expect(parameters["o.json"]).toEqual({ "/app/svc/a": {}, "/app/svc/b": {} });
  expect(reports[0]).toContain("/app/svc/b follows from itself: /app/svc/a → /app/svc/b → /app/svc/a");
  expect(compiled(cwd).graph.parameters.size).toBe(2);
});

it("files of the same name are told apart", async () => {
  const other = { ...APP, twig: "/app/other", merged_figs: {} };
  const { written } = await importOf(
    {
      "a/figgy.json": OWNER,
      "b/figgy.json": { replicate_figs: { "/dba/x": "/app/x/x" } },
      "c/environment.json": { replicate_figs: { "/dba/y": "/app/y/y" } },
      "d/figgy.json": other,
      "e/a.json": { replicate_figs: { "/dba/z": "/app/z/z" } },
    },
    "a/figgy.json",
    "b/figgy.json",
    "c/environment.json",
    "d/figgy.json",
    "e/a.json",
  );
  expect(Object.keys(written)).toEqual([
    "a-2.json",
    "a.json",
    "b.json",
    "environment-2.json",
    "environment.json",
    "other.json",
  ]);
});

describe("the replication table", () => {
  it("agrees in silence", async () => {
    const agreeing = table(
      row("/app/svc/user", "/dba/user"),
      row("/app/svc/password", "/dba/password"),
      row("/app/svc/url", ["x://", "${/app/svc/user:uri}", "@", "${/app/svc/password}"]),
    );
    const { reports, written } = await importOf(
      { "o.json": OWNER, "f.json": APP, "t.json": agreeing },
      "o.json",
      "f.json",
      "--table",
      "t.json",
    );
    expect(reports).toEqual([]);
    expect(Object.keys(written)).not.toContain("figgy-table.json");
  });

  it("disagrees with the files, which stand", async () => {
    const { reports, parameters } = await importOf(
      {
        "o.json": OWNER,
        "f.json": APP,
        "t.json": table(
          row("/app/svc/user", "/dba/other"),
          row("/app/svc/url", ["y://"]),
          row("/app/svc/own", "/dba/own", { env_alias: { S: "prod" } }),
        ),
      },
      "o.json",
      "f.json",
      "--table",
      "t.json",
    );
    expect(reports.map((line) => line.replace(/^.*warning: /, "")).sort()).toEqual([
      "/app/svc/own: the file has a static value, the table a copy of /dba/own",
      "/app/svc/password is a copy that Figgy's table does not have",
      "/app/svc/url: the file and the table have different templates",
      "/app/svc/user: the file has a copy of /dba/user, the table a copy of /dba/other",
      "this row was written for environment prod, not dev",
    ]);
    expect(parameters["o.json"]?.["/app/svc/user"]).toEqual({ copy: "/dba/user" });
  });

  it("has what no file has: written to a file of its own", async () => {
    const { cwd, reports, parameters } = await importOf(
      {
        "f.json": APP,
        "t.json": table(
          row("/app/svc/user", "/dba/user"),
          row("/app/svc/password", "/dba/password"),
          row("/app/svc/url", APP.merged_figs["/app/svc/url"]),
          row("/app/other/m", ["lit", "${/app/other/a:uri}"]),
          row("not a name", "/dba/x"),
          { nothing: { S: "of a row" } },
        ),
      },
      "f.json",
      "--table",
      "t.json",
    );
    expect(parameters["figgy-table.json"]).toEqual({
      "/app/other/m": { merge: ["lit", "${/app/other/a:uri}"] },
      "/app/svc/password": { copy: "/dba/password" },
      "/app/svc/user": { copy: "/dba/user" },
    });
    expect(reports.filter((line) => line.includes("is in the table and in no file"))).toHaveLength(3);
    expect(reports.filter((line) => line.includes("this destination is no parameter name"))).toHaveLength(1);
    expect(reports.filter((line) => line.includes("a row without destination and source"))).toHaveLength(1);
    expect(compiled(cwd).graph.parameters.get("/app/svc/user" as never)?.rule.kind).toBe("copy");
  });

  it.each([
    [
      "a part of the table",
      { ...table(), LastEvaluatedKey: { destination: { S: "/x" } } },
      "this is only a part of the table",
    ],
    ["cut by the CLI", { ...table(), NextToken: "x" }, "this is only a part of the table"],
    ["something else", { rows: [] }, "this is no export of a table"],
    ["no JSON", "{", "not JSON"],
  ])("is refused when it is %s", async (_, content, reason) => {
    const { said, written } = await importOf(
      { "o.json": OWNER, "t.json": content },
      "o.json",
      "--table",
      "t.json",
    );
    expect(said).toMatchObject({ code: 1, stdout: "" });
    expect(said.stderr).toContain(reason);
    expect(written).toEqual({});
  });
});

it("a file that is no JSON is an error, and one that is no Figgy file a report", async () => {
  const broken = await importOf({ "o.json": OWNER, "x.json": "{ dummy-secret-text" }, "o.json", "x.json");
  expect(broken.said.code).toBe(1);
  expect(broken.said.stderr).not.toContain("dummy-secret-text");
  expect(broken.written).toEqual({});
  const native = await importOf({ "o.json": OWNER, "x.json": { parameters: {} } }, "o.json", "x.json");
  expect(native.said.code).toBe(0);
  expect(native.reports).toEqual(["x.json:1:1: warning: this is no file of Figgy's and is left out"]);
});

it("--var takes NAME=VALUE", async () => {
  const { said } = await importOf({ "o.json": OWNER }, "o.json", "--var", "dummy-secret-text");
  expect(said).toMatchObject({ code: 1 });
  expect(said.stderr).not.toContain("dummy-secret-text");
});

it("environment.json's own variables and roots are used where there is one", async () => {
  const cwd = folderOf({ "o.json": { replicate_figs: { "/dba/${SVC}": "/svc/${SVC}/x" } } });
  const draft = await importOf({ "o.json": OWNER }, "o.json");
  const document = documentOf(draft.written["environment.json"] ?? "");
  expect(document.$schema).toBe("../../node_modules/paraform/schemas/environment.schema.json");
  expect(draft.written["o.json"]).toContain(
    '{\n  "$schema": "../../node_modules/paraform/schemas/replication.schema.json",\n',
  );
  write(path.join(cwd, "configs/dev/environment.json"), {
    ...document,
    variables: { SVC: "demo" },
    namespaces: { service: "/svc" },
  });
  expect(await paraform(cwd, "import", "figgy", "o.json", "--env", "dev")).toMatchObject({
    code: 0,
    stderr: "Next: paraform plan --env dev\n",
  });
  expect(compiled(cwd).graph.parameters.has("/svc/demo/x" as never)).toBe(true);
});

const FIXTURES = fileURLToPath(new URL("../../../shared/fixtures/figgy", import.meta.url));
if (!existsSync(FIXTURES))
  console.warn("the Figgy fixtures are not beside this checkout: their import is not tested");

describe.skipIf(!existsSync(FIXTURES))("Figgy's own files", () => {
  it.each(readdirSync(existsSync(FIXTURES) ? FIXTURES : ".").filter((name) => name.endsWith(".json")))(
    "%s means the same natively",
    async (name) => {
      const vars = ["SERVICE_NAME=demo", "app_name=demo", "secret_name=one"].flatMap((each) => [
        "--var",
        each,
      ]);
      const { cwd, written, said } = await importOf({}, path.join(FIXTURES, name), ...vars);
      expect(said.code).toBe(0);
      const native = compiled(cwd).graph;
      const environment = documentOf(written["environment.json"] ?? "");
      if (name === "owner-variables-collide.json") return expect(said.stderr).toContain("has a rule already");
      const other = folderOf({
        "configs/dev/environment.json": environment,
        "configs/dev/figgy.json": readFileSync(path.join(FIXTURES, name), "utf8"),
      });
      const figgy = compiled(other).graph;
      const meaning = (graph: typeof native) =>
        [...graph.parameters.values()]
          .map(({ name: own, rule, expected }) => JSON.stringify([own, rule, expected]))
          .sort();
      expect(meaning(native)).toEqual(meaning(figgy));
    },
  );
});
