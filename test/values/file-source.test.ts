import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/model/error.ts";
import { trackingOf } from "../../src/values/git-tracks.ts";
import { problemsOf, read, valuesFolder } from "./values-folder.ts";

const NAME = "/dba/mysql/password";
const CANARY = "dummy-password-of-dev";

async function valueIn(file: string, text: string): Promise<string | undefined> {
  const folder = await valuesFolder({ [file]: text });
  const { values } = await read({ folder, names: [NAME], files: [file] });
  return [...values.values()][0]?.value.expose();
}

async function problemsIn(file: string, text: string | Buffer): Promise<string[]> {
  const folder = await valuesFolder({ [file]: text });
  return problemsOf(read({ folder, names: [NAME], files: [file] }));
}

describe("JSON", () => {
  test("comments and a byte order mark are allowed", async () => {
    expect(await valueIn("v.json", `\uFEFF{ // the DBA's\n"${NAME}": "${CANARY}" /* rotated */ }`)).toBe(
      CANARY,
    );
  });

  test("a value is kept byte for byte", async () => {
    const value = 'ä "quoted" \\ \t 𝄞 ';
    expect(await valueIn("v.json", JSON.stringify({ [NAME]: value }))).toBe(value);
  });

  test.each(["1", "true", "null", `["${CANARY}"]`, `{"a": "${CANARY}"}`])(
    "%s is no string",
    async (value) => {
      expect(await problemsIn("v.json", `{\n  "${NAME}": ${value}\n}`)).toEqual([
        `v.json:2:26: the value of ${NAME} is no string`,
      ]);
    },
  );

  test.each([`["${CANARY}"]`, `"${CANARY}"`])("%s is no object", async (text) => {
    expect(await problemsIn("v.json", text)).toEqual([
      "v.json:1:1: a file of values is one object of parameter name to string",
    ]);
  });

  test("a key that stands twice is an error", async () => {
    const problems = await problemsIn("v.json", `{"${NAME}": "a",\n"${NAME}": "b"}`);
    expect(problems).toEqual([expect.stringMatching(/^v\.json:2:1: .* stands twice/)]);
  });
});

describe("YAML", () => {
  test("a file of several entries, in YAML 1.2: yes and 0o7 are what they say", async () => {
    expect(await valueIn("v.yaml", `# comment\n"/other": x\n${NAME}: yes\n`)).toBe("yes");
    expect(await valueIn("v.yml", `${NAME}: |-\n  two\n  lines\n`)).toBe("two\nlines");
    expect(await valueIn("v.yaml", `${NAME}: !!str 123\n`)).toBe("123");
  });

  test.each(["123", "true", "null", "", "[a]", "{a: b}", "*a", "!vault abc", "!!binary aGk="])(
    "%s is no string",
    async (value) => {
      const problems = await problemsIn("v.yaml", `x: &a text\n${NAME}: ${value}\n`);
      expect(problems).toEqual([
        expect.stringMatching(`^v\\.yaml:2:\\d+: the value of ${NAME} is no string$`),
      ]);
    },
  );

  test.each([
    ["", 1],
    ["# nothing\n", 1],
    [`- ${CANARY}\n`, 1],
    [CANARY, 1],
  ])("%j is no object", async (text, line) => {
    expect(await problemsIn("v.yaml", text)).toEqual([
      expect.stringMatching(
        `^v\\.yaml:${line}:\\d+: a file of values is one object of parameter name to string$`,
      ),
    ]);
  });

  test.each([
    `${NAME}: "${CANARY}`,
    `${NAME}: a: ${CANARY}`,
    `${NAME}:\n\t- ${CANARY}`,
    `${NAME}: @${CANARY}`,
    `a: 1\n---\n${NAME}: ${CANARY}`,
    `%TAG ${CANARY}\n---\n${NAME}: !y!x ${CANARY}`,
  ])("a syntax error has its place and the parser's code alone: %j", async (text) => {
    expect(await problemsIn("v.yaml", text)).toEqual([expect.stringMatching(/^v\.yaml:\d+:\d+: [\w (),]+$/)]);
  });

  test("a key that stands twice is an error", async () => {
    const problems = await problemsIn("v.yaml", `${NAME}: a\n${NAME}: b\n`);
    expect(problems).toEqual(["v.yaml:2:1: a key stands twice in one object, first on line 1"]);
  });
});

describe("a file that is not what it should be", () => {
  test.each([
    ["v.json", "["],
    ["v.json", '{"a":'],
    ["v.yaml", "["],
    ["v.yaml", "{a: "],
    ["v.yaml", "- "],
  ])("deep nesting in %s (%s) is one clear error", async (file, opening) => {
    const problems = await problemsIn(file, opening.repeat(200_000));
    expect(problems).toEqual([expect.stringMatching(/^v\.(json|yaml):1:\d+: nested deeper than 64 levels$/)]);
  });

  test("binary, a folder and a file of more than 8 MiB are refused", async () => {
    const folder = await valuesFolder({ "binary.json": Buffer.from([0xff, 0xfe, 0x00]), "big.json": "" });
    await truncate(path.join(folder, "big.json"), 8 * 2 ** 20 + 1);
    await mkdir(path.join(folder, "folder.json"));
    const files = ["binary.json", "big.json", "folder.json"];
    expect(await problemsOf(read({ folder, names: [NAME], files }))).toEqual([
      "binary.json:1:1: this is no text in UTF-8",
      "big.json:1:1: the file is larger than 8 MiB",
      "folder.json:1:1: this is no regular file",
    ]);
  });

  test("random bytes give problems or values, never another error, and nothing of them is repeated", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("v.json", "v.yaml"),
        fc.array(
          fc.constantFrom("{", "}", "[", '"', ":", ",", "\n", " ", "- ", "&a", "*a", "!t", "|", NAME, CANARY),
        ),
        async (file, parts) => {
          const folder = await valuesFolder({ [file]: parts.join("") });
          try {
            const { findings } = await read({ folder, names: [NAME], files: [file] });
            expect(JSON.stringify(findings)).not.toContain(CANARY);
          } catch (error) {
            if (!(error instanceof ConfigError)) throw error;
            expect(JSON.stringify(error.problems)).not.toContain(CANARY);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a file that others may read is used, with a warning", async () => {
    const folder = await valuesFolder({ "v.json": `{"${NAME}": "x"}` });
    await chmod(path.join(folder, "v.json"), 0o644);
    const { values, findings } = await read({ folder, names: [NAME], files: ["v.json"] });
    expect(values.size).toBe(1);
    expect(findings.map(({ code }) => code)).toEqual(["readable_by_others"]);
  });
});

describe("a file that git tracks", () => {
  const HERE = { PATH: process.env.PATH, HOME: "/nonexistent" };

  async function repository(): Promise<string> {
    const folder = await valuesFolder({ "tracked.json": `{"${NAME}": "${CANARY}"}`, "free.json": "{}" });
    const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
    git("init");
    git("add", "tracked.json");
    await symlink("tracked.json", path.join(folder, "link.json"));
    return folder;
  }

  test("is refused, also through a link; what git does not track is read", async () => {
    const folder = await repository();
    const tracking = (file: string) => trackingOf(file, HERE);
    const files = ["tracked.json", "link.json", "free.json"];
    expect(await problemsOf(read({ folder, names: [NAME], files, trackingOf: tracking }))).toEqual([
      "tracked.json:1:1: git tracks this file, and it holds values",
      "link.json:1:1: git tracks this file, and it holds values",
    ]);
  });

  test("cannot be told without git: it is read with a warning, and outside a repository with none", async () => {
    const tracking = (file: string) => trackingOf(file, { PATH: "/nonexistent", HOME: "/nonexistent" });
    const codesIn = async (folder: string) => {
      const { findings } = await read({ folder, names: [NAME], files: ["free.json"], trackingOf: tracking });
      return findings.map(({ code }) => code);
    };
    expect(await codesIn(await repository())).toEqual(["tracking_unknown"]);
    expect(await codesIn(await valuesFolder({ "free.json": "{}" }))).toEqual([]);
  });

  test("cannot be told where git cannot read its index", async () => {
    const folder = await repository();
    await writeFile(path.join(folder, ".git/index"), "broken");
    expect(await trackingOf(path.join(folder, "tracked.json"), HERE)).toBe("unknown");
  });

  test("a name is no pattern to git", async () => {
    const folder = await repository();
    await writeFile(path.join(folder, "*.json"), "{}");
    expect(await trackingOf(path.join(folder, "*.json"), HERE)).toBe("untracked");
  });

  test("without git it is unknown, and outside a repository nothing is tracked", async () => {
    const folder = await repository();
    const outside = await valuesFolder({ "v.json": "{}" });
    expect(await trackingOf(path.join(folder, "tracked.json"), { PATH: "/nonexistent" })).toBe("unknown");
    expect(await trackingOf(path.join(outside, "v.json"), HERE)).toBe("untracked");
  });
});
