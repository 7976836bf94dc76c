import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../src/model/error.ts";
import { problemsOf, read, shown, type Unplaced, valuesFolder } from "./values-folder.ts";

const CANARY = "dummy-password-of-dev";

async function ask(text: string, names: readonly string[] = ["/a", "/b", "/c"], prefix = "") {
  const folder = await valuesFolder({ ".env": text });
  const source: Unplaced = { kind: "dotenv", path: path.join(folder, ".env"), prefix };
  return read({ folder, names, sources: [source] });
}

const valuesOf = async (text: string) =>
  Object.fromEntries(Object.entries(shown(await ask(text))).map(([name, [value]]) => [name, value]));

test("a name is spelled as in an environment variable, behind the prefix", async () => {
  const supplied = await ask(
    `X_DBA_MYSQL_PASSWORD=${CANARY}\nX_DBA_USER=u`,
    ["/dba/mysql/password", "/dba/user"],
    "X_",
  );
  expect(shown(supplied)).toEqual({
    "/dba/mysql/password": [CANARY, "file .env"],
    "/dba/user": ["u", "file .env"],
  });
});

test.each([
  ["A=x", "x"],
  ["export A = x ", "x"],
  ["\uFEFF# comment\r\n\r\n  A=x # why\r\n", "x"],
  ["A=#none\nB=y", ""],
  ["A=x#y", "x#y"],
  ["A=x y  # z", "x y"],
  ["A=$HOME`id`", "$HOME`id`"],
  ["A=a=b\\n'\"", "a=b\\n'\""],
  ["A='$x \\n \" # '", '$x \\n " # '],
  ["A='two\nlines' # why", "two\nlines"],
  ['A="two\nlines"', "two\nlines"],
  ["A='two\r\nlines'\r\nB=y\r\n", "two\r\nlines"],
  ['A="two\r\nlines"\r\nB=y\r\n', "two\r\nlines"],
  ['A="\\n\\r\\t\\"\\\\\\$ # \'"', "\n\r\t\"\\$ # '"],
  ["A=''", ""],
])("%j is taken as it is meant", async (text, value) => {
  const folder = await valuesFolder({ ".env": text });
  const sources: Unplaced[] = [{ kind: "dotenv", path: path.join(folder, ".env"), prefix: "" }];
  if (value === "") {
    expect(await problemsOf(read({ folder, names: ["/a"], sources }))).toEqual([
      expect.stringMatching(/^\.env:1:\d: the value of \/a in file \.env is empty$/),
    ]);
  } else
    expect(shown(await read({ folder, names: ["/a"], sources }))).toEqual({ "/a": [value, "file .env"] });
});

test("several entries, of which one is nobody's", async () => {
  const supplied = await ask("A=1\n\n# x\nTYPO=2\nB='3'\nC=\"4\"");
  expect(await valuesOf("A=1\n\n# x\nTYPO=2\nB='3'\nC=\"4\"")).toEqual({ "/a": "1", "/b": "3", "/c": "4" });
  expect(supplied.findings.map(({ code, line }) => [code, line])).toEqual([["unknown_entry", 4]]);
});

test.each([
  [`A=1\n${CANARY}\nB=2`, ".env:2:1: a line is no KEY=value"],
  [`A=1\nB="${CANARY}`, ".env:2:3: a quoted value has no end, or an unknown escape"],
  [`A="${CANARY}\\q"`, ".env:1:3: a quoted value has no end, or an unknown escape"],
  [`A='x' ${CANARY}`, ".env:1:3: something follows a quoted value"],
  [`A=1\n  A=${CANARY}`, ".env:2:1: a variable is set twice, first on line 1"],
])("%j is an error with its place that quotes nothing", async (text, problem) => {
  expect(await problemsOf(ask(text))).toEqual([problem]);
});

test("any text gives problems or values, never another error, and nothing of it is repeated", async () => {
  const parts = ["A", "B", "=", "'", '"', "\\", "#", "\n", "\r\n", " ", "export ", CANARY];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), async (text) => {
      try {
        expect(JSON.stringify((await ask(text.join(""))).findings)).not.toContain(CANARY);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expect(JSON.stringify(error.problems)).not.toContain(CANARY);
      }
    }),
    { numRuns: 300 },
  );
});

test("a large file takes no more than its length", async () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `KEY_${index}='${"x".repeat(80)}'`);
  const supplied = await ask(`${lines.join("\n")}\nA=1`);
  expect(supplied.values.size).toBe(1);
});
