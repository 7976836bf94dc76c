import path from "node:path";
import { describe, expect, test } from "vitest";
import { environmentVariableOf } from "../../src/config/environment-variable.ts";
import { parameterName } from "../../src/model/name.ts";
import { fakeVault } from "./fake-vault.ts";
import { jsonServer } from "./json-server.ts";
import { ENVIRONMENT_FILE, problemsOf, read, shown, type Unplaced, valuesFolder } from "./values-folder.ts";

const PASSWORD = "/dba/mysql/password";
const USER = "/dba/mysql/user";

describe("the order of sources", () => {
  test("the first source that has a name wins, and says where the value is from", async () => {
    const folder = await valuesFolder({
      "first.json": `{"${PASSWORD}": "from-json"}`,
      "second.yaml": `${PASSWORD}: from-yaml\n${USER}: user-of-yaml\n`,
    });
    const supplied = await read({
      folder,
      names: [PASSWORD, USER, "/dba/token", "/dba/absent"],
      sources: [
        { kind: "file", path: path.join(folder, "first.json") },
        { kind: "file", path: path.join(folder, "second.yaml") },
        { kind: "environment", prefix: "PARAFORM_VALUE_" },
      ],
      environmentVariables: {
        PARAFORM_VALUE_DBA_TOKEN: "from-variable",
        PARAFORM_VALUE_DBA_MYSQL_USER: "shadowed",
      },
    });
    expect(shown(supplied)).toEqual({
      [PASSWORD]: ["from-json", "file first.json"],
      [USER]: ["user-of-yaml", "file second.yaml"],
      "/dba/token": ["from-variable", "environment variable PARAFORM_VALUE_DBA_TOKEN"],
    });
    expect(supplied.findings).toEqual([]);
  });

  test("a later source is asked only for what the earlier ones do not have", async () => {
    const vault = fakeVault({
      token: "dummy",
      mounts: { secret: { a: { v: "a" }, b: { v: "b" }, c: { v: "c" } } },
    });
    const server = await jsonServer(vault);
    const supplied = await read({
      names: ["/x/a", "/x/b", "/x/c"],
      sources: [
        { kind: "environment", prefix: "V_" },
        { kind: "vault", mount: "secret", map: [{ names: "/x/b", path: "b", field: "v" }] },
        { kind: "vault", mount: "secret", map: [{ names: "/x/{key}", path: "{key}", field: "v" }] },
      ],
      environmentVariables: { V_X_A: "first", VAULT_ADDR: server.url, VAULT_TOKEN: "dummy" },
    });
    await server.close();
    expect(shown(supplied)).toEqual({
      "/x/a": ["first", "environment variable V_X_A"],
      "/x/b": ["b", "Vault secret/b"],
      "/x/c": ["c", "Vault secret/c"],
    });
    expect(server.requests.map(({ url }) => url.pathname)).toEqual([
      "/v1/secret/data/b",
      "/v1/secret/data/c",
    ]);
  });

  test("sources that could have no name in common are read at the same time", async () => {
    const vault = fakeVault({ token: "dummy", mounts: { secret: { a: { v: "a" }, b: { v: "b" } } } });
    const waiting: (() => void)[] = [];
    const server = await jsonServer((request, response, count) => {
      waiting.push(() => vault(request, response, count));
      if (waiting.length === 2) for (const answer of waiting) answer();
    });
    const only = (key: string): Unplaced => ({
      kind: "vault",
      mount: "secret",
      map: [{ names: `/x/${key}`, path: key, field: "v" }],
    });
    const environmentVariables = { VAULT_ADDR: server.url, VAULT_TOKEN: "dummy" };
    const supplied = await read({
      names: ["/x/a", "/x/b"],
      sources: [only("a"), only("b")],
      environmentVariables,
    });
    await server.close();
    expect(supplied.values.size).toBe(2);
  });

  test("a prompt source is told, not read", async () => {
    const folder = await valuesFolder({});
    const without = await read({ folder, names: [PASSWORD] });
    const prompting = await read({ folder, names: [PASSWORD], sources: [{ kind: "prompt" }] });
    expect([without.prompts, prompting.prompts]).toEqual([false, true]);
    expect(prompting.values.size).toBe(0);
  });

  test("everything that is wrong with all sources is reported at once", async () => {
    const folder = await valuesFolder({ "a.json": `{"${USER}": 1}`, "b.yaml": `${PASSWORD}: ""\n` });
    const problems = await problemsOf(
      read({
        folder,
        names: [PASSWORD, USER, "/dba/token"],
        sources: [
          { kind: "file", path: path.join(folder, "a.json") },
          { kind: "file", path: path.join(folder, "b.yaml") },
          { kind: "file", path: path.join(folder, "c.json") },
          { kind: "environment", prefix: "V_" },
        ],
        environmentVariables: { V_DBA_TOKEN: "" },
      }),
    );
    expect(problems).toEqual([
      "a.json:1:21: the value of /dba/mysql/user is no string",
      "c.json:1:1: there is no such file",
      "b.yaml:1:22: the value of /dba/mysql/password in file b.yaml is empty",
      "configs/dev/environment.json:4:1: the value of /dba/token in environment variable V_DBA_TOKEN is empty",
    ]);
  });
});

describe("environment variables", () => {
  test("a name is spelled in upper case, without its first slash, anything else as _", () => {
    expect(environmentVariableOf(parameterName("/app/my-db.v2/pass_Word"), "PARAFORM_VALUE_")).toBe(
      "PARAFORM_VALUE_APP_MY_DB_V2_PASS_WORD",
    );
  });

  test("a variable of an object's prototype is no value", async () => {
    const folder = await valuesFolder({});
    const sources = [{ kind: "environment", prefix: "" }] as const;
    const supplied = await read({ folder, names: ["/constructor", "/__proto__"], sources });
    expect(supplied.values.size).toBe(0);
  });

  test("bytes that are no UTF-8, which Node shows as U+FFFD anywhere in the text, are a problem", async () => {
    const sources = [{ kind: "environment", prefix: "V_" }] as const;
    const environmentVariables = { V_X_A: "dummy \uFFFD value", V_X_B: "dummy" };
    expect(await problemsOf(read({ names: ["/x/a", "/x/b"], sources, environmentVariables }))).toEqual([
      `${ENVIRONMENT_FILE}:1:1: the value in V_X_A is not UTF-8 text`,
    ]);
  });
});

describe("what looks like an accident", () => {
  test.each([
    ["dummy\n", "trailing_newline"],
    ["dummy\r\n", "trailing_newline"],
    ["changeme", "placeholder"],
    ["CHANGE_ME", "placeholder"],
    ["<password of the dba>", "placeholder"],

    ["TODO", "placeholder"],
  ])("%j is a warning (%s) that names the parameter and quotes nothing", async (value, code) => {
    const folder = await valuesFolder({ "values.json": JSON.stringify({ [PASSWORD]: value }) });
    const { findings } = await read({ folder, names: [PASSWORD], files: ["values.json"] });
    expect(findings).toEqual([
      {
        severity: "warning",
        code,
        summary: expect.any(String),
        address: PASSWORD,
        file: "values.json",
        line: 1,
      },
    ]);
    expect(findings[0]?.summary).not.toContain(value.trim());
  });

  test("a placeholder that ends with a line break is both", async () => {
    const folder = await valuesFolder({ "values.json": JSON.stringify({ [PASSWORD]: "changeme\n" }) });
    const { findings } = await read({ folder, names: [PASSWORD], files: ["values.json"] });
    expect(findings.map(({ code }) => code)).toEqual(["trailing_newline", "placeholder"]);
  });

  test("a value that only contains such a word is fine", async () => {
    const folder = await valuesFolder({ "values.json": JSON.stringify({ [PASSWORD]: "todo-list of 2026" }) });
    const { findings } = await read({ folder, names: [PASSWORD], files: ["values.json"] });
    expect(findings).toEqual([]);
  });

  test("an entry that is nearly a wanted name is told from it, on its own line", async () => {
    const folder = await valuesFolder({
      "values.json": `{\n"/dba/other": "x",\n"${PASSWORD}s": "y",\n"${PASSWORD.toUpperCase()}": "z"\n}`,
    });
    const { findings } = await read({ folder, names: [PASSWORD], files: ["values.json"] });
    const belongs = "an entry belongs to no static parameter";
    expect(findings.map(({ summary, line }) => [line, summary])).toEqual([
      [3, `${belongs}: did you mean ${PASSWORD}?`],
      [4, `${belongs}: did you mean ${PASSWORD}?`],
      [2, belongs],
    ]);
  });

  test("entries that nobody wants are one warning for a file, and their keys are not repeated", async () => {
    const folder = await valuesFolder({
      "values.json": `{\n"${PASSWORD}": "x",\n"/typo/dummy-key": "y",\n"dummy-password-as-key": 7\n}`,
    });
    const { values, findings } = await read({ folder, names: [PASSWORD], files: ["values.json"] });
    expect([...values.keys()]).toEqual([PASSWORD]);
    expect(findings).toEqual([
      {
        severity: "warning",
        code: "unknown_entry",
        summary: "2 entries belong to no static parameter (lines 3, 4)",
        file: "values.json",
        line: 3,
      },
    ]);
  });
});
