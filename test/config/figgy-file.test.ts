import { describe, expect, it } from "vitest";
import { environment, type Files, load, problemsOf, problemsOfFile, show } from "./config-folder.ts";

/** What Figgy files come to, one line for each name: `name = rule`. */
function meaning(files: Files, extra: object = {}): string[] {
  const { config, problems } = load({ "dev/environment.json": environment(extra), ...files });
  expect(show(problems.filter((problem) => problem.severity === "error"))).toBe("");
  return [
    ...(config?.declarations ?? []).map(({ name, rule }) => `${name} = ${showRule(rule)}`),
    ...(config?.references ?? []).map(({ name }) => `${name} = exists`),
  ].sort();
}

function showRule(
  rule: NonNullable<ReturnType<typeof load>["config"]>["declarations"][number]["rule"],
): string {
  if (rule.kind === "copy") return `copy ${rule.source}`;
  if (rule.kind !== "merge") return rule.kind;
  return rule.parts
    .map((part) => (part.kind === "literal" ? part.text : `<${part.name}:${part.encoding}>`))
    .join("");
}

const app = (content: object) => ({ "dev/a.json": content });

describe("a service's file", () => {
  it("has static, shared, replicated and merged parameters under its twig", () => {
    const file = {
      twig: "/app/svc",
      app_figs: ["debug", "/app/svc/level"],
      shared_figs: ["replicated/sql/user", "/app/svc/replicated/sql/password"],
      replicate_figs: { "/shared/sql/host": "/app/svc/replicated/sql/host" },
      merged_figs: {
        "/app/svc/url": [
          "sql://",
          `\${/app/svc/replicated/sql/user:uri}`,
          "@",
          `\${/app/svc/replicated/sql/host}`,
        ],
      },
      replicate_from: { source_twig: "/app/other", parameters: ["name", "a/b"] },
    };
    expect(meaning(app(file))).toEqual([
      "/app/svc/a/b = copy /app/other/a/b",
      "/app/svc/debug = static",
      "/app/svc/level = static",
      "/app/svc/name = copy /app/other/name",
      "/app/svc/replicated/sql/host = copy /shared/sql/host",
      "/app/svc/replicated/sql/password = exists",
      "/app/svc/replicated/sql/user = exists",
      "/app/svc/url = sql://</app/svc/replicated/sql/user:uri>@</app/svc/replicated/sql/host:none>",
    ]);
  });

  it("has the twig that the absolute names of app_figs agree on", () => {
    expect(meaning(app({ app_figs: ["debug", "/app/svc/level"] }))).toEqual([
      "/app/svc/debug = static",
      "/app/svc/level = static",
    ]);
  });

  it.each([
    [{ app_figs: ["debug"] }, '13: no twig can be told from app_figs\n  hint: add "twig"'],
    [
      { app_figs: ["/app/a/x", "/app/b/x"] },
      '13: app_figs lie in several twigs: /app/a/, /app/b/\n  hint: add "twig"',
    ],
    [
      { twig: "/dba/svc" },
      "9: the twig /dba/svc/ lies outside /app/\n  hint: a service's twig is /app/SERVICE/",
    ],
    [{ twig: "/app/" }, "9: the twig /app/ lies outside /app/\n  hint: a service's twig is /app/SERVICE/"],
    [
      { twig: "svc" },
      "9: this twig is no parameter name: a name begins with a slash\n  hint: names look like /team/service/key",
    ],
  ])("says when there is no twig: %j", (file, expected) => {
    expect(problemsOfFile(file)).toBe(`configs/dev/a.json:1:${expected}`);
  });

  it("knows other roots", () => {
    const file = { twig: "/svc/a", replicate_figs: { "/common/x": "/svc/a/x", "/svc/b/y": "/svc/a/y" } };
    const namespaces = { service: "/svc/", shared: "/common" };
    expect(meaning(app(file), { namespaces })).toEqual([
      "/svc/a/x = copy /common/x",
      "/svc/a/y = copy /svc/b/y",
    ]);
  });
});

describe("an owner's file", () => {
  it("serves several services, several destinations of one source, merges and shared names", () => {
    const file = {
      replicate_figs: { "/dba/a": "/app/a/x", "/dba/b": ["/app/a/y", "/app/b/y"] },
      merged_figs: { "/app/b/url": [`\${/dba/a:uri}`, "@host"] },
      shared_figs: ["/app/b/z"],
    };
    expect(meaning(app(file))).toEqual([
      "/app/a/x = copy /dba/a",
      "/app/a/y = copy /dba/b",
      "/app/b/url = </dba/a:uri>@host",
      "/app/b/y = copy /dba/b",
      "/app/b/z = exists",
    ]);
  });

  it("has nothing to be relative to", () => {
    expect(
      problemsOfFile({ shared_figs: ["x"], replicate_from: { source_twig: "/app/a", parameters: ["y"] } }),
    ).toBe(
      `configs/dev/a.json:1:17: this name is no parameter name: a name begins with a slash
  hint: names look like /team/service/key
configs/dev/a.json:1:39: replicate_from needs a twig
  hint: add "twig"`,
    );
  });
});

it("puts variables into sources and destinations, also where only one side has them", () => {
  const user = `/dba/\${S}/user`;
  const url = `/app/\${S}/url`;
  const file = {
    replicate_figs: { [user]: `/app/\${S}/user`, "/dba/password": `/app/\${S}/password` },
    merged_figs: { [url]: [`\${/dba/\${S}/user}`, `\${S}`] },
  };
  expect(meaning(app(file), { variables: { S: "svc" } })).toEqual([
    "/app/svc/password = copy /dba/password",
    `/app/svc/url = </dba/svc/user:none>\${S}`,
    "/app/svc/user = copy /dba/svc/user",
  ]);
});

it("refuses sources that become one when their variables are put in", () => {
  const text = `{"replicate_figs": {"/dba/\${A}": "/app/a/x",\n"/dba/\${B}": "/app/a/y"}}`;
  expect(problemsOfFile(text, { variables: { A: "s", B: "s" } })).toBe(
    `configs/dev/a.json:2:1: /dba/s stands twice, first at configs/dev/a.json:1:21
  hint: a source with several destinations has a list: "/source": ["/app/a/x", "/app/b/x"]`,
  );
});

it("names everything that is wrong at once", () => {
  const text = `{
  "twig": "/app/svc/",
  "app_figs": ["a", "a", 3],
  "replicate_figs": { "/app/svc/a": 7, "/dba/c": "d", "/shared/e": ["/app/svc/e", null] },
  "merged_figs": { "/app/svc/m": "a\${/b}", "/app/svc/n": ["\${/app/svc/a:url}"] },
  "replicate_from": { "source_twig": "/dba/x", "figs": ["p"] },
  "app_fig": []
}`;
  expect(problemsOfFile(text)).toBe(
    `configs/dev/a.json:3:21: /app/svc/a is declared twice as a static value
  hint: a name has one rule; the first is at configs/dev/a.json:3:16
configs/dev/a.json:3:26: app_figs[2] must be a string
  hint: put it in double quotes
configs/dev/a.json:4:37: replicate_figs["/app/svc/a"] must be a string or a list
configs/dev/a.json:4:40: /dba/c is no source for a service: it lies outside /shared/ and /app/
  hint: its owner replicates it from a file without twig and app_figs
configs/dev/a.json:4:50: this destination is no parameter name: a name begins with a slash
  hint: names look like /team/service/key
configs/dev/a.json:4:83: replicate_figs["/shared/e"][1] must be a string
configs/dev/a.json:5:34: merged_figs["/app/svc/m"] must be a list of literals and \${/name} references, one per item
  hint: put it in brackets: a list may have one item
configs/dev/a.json:5:59: this reference has an unknown suffix
  hint: known: :uri, :rfc3986, :base64, :json
configs/dev/a.json:6:38: /dba/x is no source for a service: it lies outside /shared/ and /app/
  hint: its owner replicates it from a file without twig and app_figs
configs/dev/a.json:7:3: unknown key "app_fig"
  hint: did you mean "app_figs"?`,
  );
});

describe("import", () => {
  it("merges files from beside the importing one, and theirs, each once", () => {
    const files = {
      "dev/a.json": { twig: "/app/svc", import: ["parts/b.json", "parts/c.json"], app_figs: ["a"] },
      "dev/parts/b.json": { import: ["d.json"], app_figs: ["b"] },
      "dev/parts/c.json": { import: ["d.json"], replicate_figs: { "/shared/c": "/app/svc/c" } },
      "dev/parts/d.json": { shared_figs: ["d"] },
    };
    expect(meaning(files)).toEqual([
      "/app/svc/a = static",
      "/app/svc/b = static",
      "/app/svc/c = copy /shared/c",
      "/app/svc/d = exists",
    ]);
  });

  it("makes a file beside environment.json a part of the one that imports it", () => {
    const files = {
      "dev/a.json": { app_figs: ["a"] },
      "dev/b.json": { twig: "/app/svc", import: ["a.json"] },
    };
    expect(meaning(files)).toEqual(["/app/svc/a = static"]);
  });

  it("refuses overlaps, twigs, native files, files that are not there, and cycles", () => {
    const files = {
      "dev/environment.json": environment(),
      "dev/a.json": `{
  "twig": "/app/svc",
  "import": ["parts/b.json", "parts/native.json", "parts/dummy-password", "\\u0000"],
  "replicate_figs": { "/shared/x": "/app/svc/x" },
  "replicate_from": { "source_twig": "/app/other" }
}`,
      "dev/parts/b.json": `{
  "twig": "/app/svc",
  "import": ["../c.json"],
  "replicate_figs": { "/shared/x": "/app/svc/y" },
  "replicate_from": { "source_twig": "/app/other" }
}`,
      "dev/parts/native.json": { parameters: {} },
      "dev/c.json": { import: ["parts/b.json"] },
    };
    expect(problemsOf(files)).toBe(
      `configs/dev/a.json:3:30: the imported file configs/dev/parts/native.json is no Figgy file
  hint: name it in "configs" instead
configs/dev/a.json:3:51: the imported file is not there
  hint: paths are relative to the importing file
configs/dev/a.json:3:75: the imported file is not there
  hint: paths are relative to the importing file
configs/dev/c.json:1:12: import cycle: configs/dev/parts/b.json → configs/dev/c.json → configs/dev/parts/b.json
  hint: remove one of these imports
configs/dev/parts/b.json:2:11: an imported file has no twig: the importing file says it
  hint: move it to the importing file
configs/dev/parts/b.json:4:23: /shared/x stands twice, first at configs/dev/a.json:4:23
  hint: a source with several destinations has a list: "/source": ["/app/a/x", "/app/b/x"]
configs/dev/parts/b.json:5:21: replicate_from stands twice, first at configs/dev/a.json:5:21
  hint: keep one of them`,
    );
  });
});
