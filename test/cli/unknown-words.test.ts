import { describe, expect, test } from "vitest";
import { canary, foundIn } from "../canaries/canary.ts";
import { makeProject } from "../support/binary-project.ts";
import { expectOneError } from "./one-error.ts";

const SECRET = canary("Typed");
const { run } = makeProject();

describe.concurrent("a word that is not known", () => {
  test.each<[string[], RegExp]>([
    [["plna", "--env", "dev"], /this command is not known .*\n {2}hint: did you mean plan\? /],
    [
      ["import", "figy"],
      /this command is not known .*\n {2}hint: did you mean figgy\? paraform import --help /,
    ],
    [["plan", "--evn", "dev"], /an option is not known here .*\n {2}hint: did you mean --env\? /],
    [["plan", "--env", "dev", "--verbos"], /\n {2}hint: did you mean --verbose\? paraform plan --help /],
    [["plan", "--enviroment", "dev"], /\n {2}hint: did you mean --env\? /],
    [["plan", "--env", "dev", "--detailed"], /\n {2}hint: did you mean --detailed-exitcode\? /],
    [["plan", "dev"], /missing: --env\n {2}hint: name the environment, as in paraform plan --env ENV\n/],
    [["plan", "dev", "--env", "dev"], /a word is not known here .*\n {2}hint: paraform plan --help /],
    [["plan", "--env", "dev", "--format", "xml"], /--format takes human, markdown, json, html\n/],
    [
      ["plan", "--env", "dev", "--format", ', Choices: "a", "b'],
      /^error: --format takes human, markdown, json, html\n/,
    ],
    [
      ["import", "phalanx", "--env", "x"],
      /\n {2}hint: paraform import phalanx --help shows what has to stand here\n/,
    ],
    [
      ["import", "phalanx", "."],
      /missing: --env\n {2}hint: name the environment, as in paraform import phalanx --env ENV\n/,
    ],
    [["import"], /a command or its argument is missing\n {2}hint: paraform import --help /],
  ])("%j is answered from what paraform knows", async (words, message) => {
    expectOneError(await run(words), message);
  });

  test.each([
    [[SECRET.value]],
    [["plan", "--env", "dev", SECRET.value]],
    [["plan", "--env", "dev", `--${SECRET.value}`]],
    [["plan", "--env", "dev", `--format=${SECRET.value}`]],
    [["put", "/app/a/password", SECRET.value, "--env", "dev"]],
  ])("is never repeated, and not suggested from", async (words) => {
    const { code, stdout, stderr } = await run(words);
    expect(code).toBe(1);
    expect(foundIn(stdout + stderr, [SECRET])).toEqual([]);
    expect(stderr).not.toContain("did you mean");
  });

  test("behind put is a value, which the command line is no place for", async () => {
    expectOneError(
      await run(["put", "/app/a/password", "a-dummy", "--env", "dev"]),
      /^error: a value is never given on the command line\n {2}hint: type it at the prompt, or give it by --file /,
    );
  });

  test.each(["plan", "apply"])("behind %s --delete is its glob, which takes an equals sign", async (verb) => {
    expectOneError(
      await run([verb, "--env", "dev", "--delete", "/app/a/**"]),
      /^error: --delete takes its glob after "="\n {2}hint: write --delete='\/app\/a\/\*\*'\n$/,
    );
    expectOneError(
      await run([verb, "--env", "dev", "-regenerate", "/app/a"]),
      /write --regenerate=\/app\/a\n$/,
    );
  });
});

describe.concurrent("a word that cannot be meant", () => {
  test.each<[string[], RegExp]>([
    [["plan", "--env", "dev", "--verbose", "--concise"], /--verbose and --concise exclude each other\n/],
    [["plan", "--env", "dev", "--chdir", "nowhere"], /the folder of --chdir does not exist\n/],
    [["explain", "app/x", "--env", "dev"], /this is no parameter name: a name begins with a slash\n/],
    [["import", "live", "/", "--env", "dev"], /the prefix is the whole store\n {2}hint: name a path of it/],
  ])("%j is refused with its remedy", async (words, message) => {
    expectOneError(await run(words), message);
  });

  test("--json and --format json are two forms of one answer", async () => {
    const { code, stdout } = await run(["plan", "--env", "dev", "--json", "--format", "json"]);
    expect(code).toBe(1);
    expect(stdout).toContain("--json and --format exclude each other");
  });
});

test("no word at all is answered with the help, as an error", async () => {
  const { code, stdout, stderr } = await run([]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^paraform COMMAND: /);
  expect(stderr).toContain("  paraform plan ");
});

test("help, -v and version are what people type for --help and --version", async () => {
  const project = makeProject();
  expect(await project.run(["help", "plan"])).toEqual(await project.run(["plan", "--help"]));
  const version = await project.run(["--version"]);
  for (const words of [["-v"], ["version"]]) expect(await project.run(words)).toEqual(version);
});

test("a positional argument is named without dashes", async () => {
  const { stderr } = await makeProject().run(["schema", "configs"]);
  expect(stderr).toMatch(/^error: name takes environment, replication, plan, events\n/);
});
