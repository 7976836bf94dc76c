import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { readJsonFile } from "../../src/config/json-file.ts";
import { configFolder, environment, load, problemsOf, problemsOfFile, show } from "./config-folder.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("text that is no JSON has one problem, where it stops being JSON", () => {
  it.each([
    ["", "configs/dev/a.json:1:1: the file is empty\n  hint: a config is a JSON object"],
    ["{", "configs/dev/a.json:1:2: not JSON: a key in double quotes was expected here"],
    ['{"parameters"', "configs/dev/a.json:1:14: not JSON: a colon was expected after the key"],
    ['{"parameters":', "configs/dev/a.json:1:15: the file ends where a value was expected"],
    ['{"parameters": {}', "configs/dev/a.json:1:18: the file ends where , or } was expected"],
    [
      '{"adopt": [1 2]}',
      "configs/dev/a.json:1:14: not JSON: , or ] was expected here\n  hint: a comma stands between two entries",
    ],
    ["{parameters: {}}", "configs/dev/a.json:1:2: not JSON\n  hint: strings and keys stand in double quotes"],
    ['{"adopt": []}\n{}', "configs/dev/a.json:2:1: not JSON: something follows the end of the value"],
    ['{"adopt": [],}', "configs/dev/a.json:1:14: a comma stands before }\n  hint: remove the trailing comma"],
    [
      '{"adopt": [1,\n]}',
      "configs/dev/a.json:2:1: a comma stands before ]\n  hint: remove the trailing comma",
    ],
    [
      '{"adopt": "x',
      "configs/dev/a.json:1:11: a string has no end on its line\n  hint: close it with a double quote",
    ],
    [
      '{"adopt": "\\q"}',
      "configs/dev/a.json:1:11: a string holds an unknown escape\n  hint: a backslash is written \\\\",
    ],
    ['{"adopt": "\\u12"}', "configs/dev/a.json:1:11: a string holds a broken \\u escape"],
    [
      '{"adopt": "\\ud800"}',
      "configs/dev/a.json:1:11: a string holds half of a character\n  hint: mend its \\u escape",
    ],
    [
      '{"adopt": "\t"}',
      "configs/dev/a.json:1:11: a string holds a control character\n  hint: write it as an escape, such as \\n or \\t",
    ],
    ["{} /* to be", "configs/dev/a.json:1:4: a comment has no end\n  hint: close it with */"],
    ["[]", "configs/dev/a.json:1:1: a config is a JSON object\n  hint: begin it with {"],
    [nested(65), "configs/dev/a.json:1:65: nested deeper than 64 levels"],
    [nested(100_000), "configs/dev/a.json:1:65: nested deeper than 64 levels"],
  ])("case %#", (text, expected) => {
    expect(problemsOfFile(text)).toBe(expected);
  });
});

describe("bytes that are no config", () => {
  const notText = "configs/dev/a.json:1:1: this is no text in UTF-8\n  hint: a config is JSON text in UTF-8";

  it.each([
    ["binary", new Uint8Array([0x7b, 0x00, 0x7d])],
    ["UTF-16", new Uint8Array(Buffer.from("\ufeff{}", "utf16le"))],
    ["Latin-1", new Uint8Array([0x7b, 0x22, 0xe9, 0x22, 0x7d])],
  ])("%s", (_, bytes) => {
    expect(problemsOf({ "dev/environment.json": environment(), "dev/a.json": bytes })).toBe(notText);
  });

  it("refuses more than 8 MiB without reading them", () => {
    const large = new Uint8Array(10 * 2 ** 20).fill(0x20);
    expect(problemsOf({ "dev/environment.json": environment(), "dev/a.json": large })).toBe(
      "configs/dev/a.json:1:1: the file is larger than 8 MiB\n  hint: split it into several files",
    );
  });

  it("says by the system's code why a file cannot be read", () => {
    const { problems } = readJsonFile(path.join(configFolder({}), "gone.json"), "/");
    expect(problems).toMatchObject([{ summary: "the file cannot be read (ENOENT)" }]);
  });

  it("takes a folder named like a file for none", () => {
    const cwd = configFolder({ "dev/environment.json": environment(), "dev/a.json": {} });
    rmSync(path.join(cwd, "configs/dev/a.json"));
    mkdirSync(path.join(cwd, "configs/dev/a.json"));
    expect(show(loadConfig({ cwd, configs: "configs", environment: "dev" }).problems)).toBe(
      'configs/dev/environment.json:1:1: warning: no replication config lies beside this file\n  hint: add one, or name those of other folders in "configs"',
    );
  });
});

describe("what other tools write", () => {
  it("takes comments and a byte order mark, which is not counted in columns", () => {
    const text = `\ufeff{ /* ours */ "parameters": { // all\n "/app/x": { "kopy": "/dba/x" } } }`;
    expect(problemsOfFile(text)).toBe(
      'configs/dev/a.json:2:14: unknown key "kopy" in parameters["/app/x"]\n  hint: did you mean "copy"?',
    );
    expect(problemsOfFile(text.replace("kopy", "copy"))).toBe("");
  });

  it("takes $schema in every file", () => {
    const files = {
      "dev/environment.json": environment({ $schema: "../environment.schema.json" }),
      "dev/a.json": { $schema: "../replication.schema.json", parameters: {} },
      "dev/b.json": { $schema: "../replication.schema.json", replicate_figs: {} },
    };
    expect(problemsOf(files)).toBe("");
  });
});

it("names keys that stand twice, at any depth, and goes on", () => {
  const text = `{
  "replicate_figs": {
    "/dba/s": "/app/a/one",
    "/dba/s": "/app/a/two",
    "/dba/t": "/other/t"
  }
}`;
  expect(problemsOfFile(text)).toBe(
    `configs/dev/a.json:4:5: "/dba/s" stands twice in one object, first at configs/dev/a.json:3:5
  hint: a source with several destinations has a list: "/source": ["/app/a/x", "/app/b/x"]
configs/dev/a.json:5:15: /other/t lies outside /app/
  hint: Figgy files write to services only; a native file may write elsewhere`,
  );
  expect(problemsOfFile('{"parameters": {"/a": {"tags": {"team": "x",\n"team": "y"}}}}')).toBe(
    `configs/dev/a.json:2:1: "team" stands twice in one object, first at configs/dev/a.json:1:33
  hint: keep one of them`,
  );
});

it("refuses the one key that readers drop in silence", () => {
  expect(problemsOfFile('{"parameters": {"__proto__": {"value": "x"}}}')).toBe(
    'configs/dev/a.json:1:17: the key "__proto__" is refused\n  hint: remove it',
  );
});

it("lets a broken file hide no other file's problems", () => {
  const files = {
    "dev/environment.json": "{",
    "dev/a.json": "[",
    "dev/b.json": { parameters: { "/a b": {} } },
    "dev/c.json": { parameters: { "/c": { copy: "/d" }, "/d": { copy: "/c" } } },
  };
  expect(problemsOf(files)).toBe(
    `configs/dev/a.json:1:2: the file ends where a value was expected
configs/dev/b.json:1:16: this key is no parameter name: a name holds only letters, digits and _ . - /
  hint: names look like /team/service/key
configs/dev/c.json:1:16: cycle: /c → /d → /c
  hint: a value cannot follow from itself: give one of these another rule
configs/dev/environment.json:1:2: not JSON: a key in double quotes was expected here`,
  );
});

it("returns what it understood beside the problems", () => {
  const { config, problems } = load({
    "dev/environment.json": environment(),
    "dev/a.json": { parameters: { "/a": { copy: 1 }, "/b": { copy: "/c" } } },
  });
  expect(config?.declarations.map((one) => one.name)).toEqual(["/b"]);
  expect(problems).toHaveLength(1);
});
