import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { problemsOf, read, shown, type Unplaced, valuesFolder } from "./values-folder.ts";

const NAME = "/dba/mysql/password";
const CANARY = "dummy-password-of-dev";
const PLACE = "configs/dev/environment.json:1:1: ";

/** A folder with an executable `program`, a script of Node. */
async function program(script: string, name = "get-values"): Promise<string> {
  const folder = await valuesFolder({});
  const file = path.join(folder, name);
  await writeFile(file, `#!${process.execPath}\n${script}\n`);
  await chmod(file, 0o700);
  return folder;
}

const command = (folder: string, more: Partial<Extract<Unplaced, { kind: "command" }>> = {}): Unplaced => ({
  kind: "command",
  command: ["./get-values"],
  folder,
  environment: [],
  timeout: 60_000,
  ...more,
});

const print = (value: unknown) => `process.stdout.write(${JSON.stringify(JSON.stringify(value))});`;

describe("an external command", () => {
  test("prints an object of name to value", async () => {
    const folder = await program(print({ [NAME]: CANARY, "/unknown/name": "x" }));
    const supplied = await read({ names: [NAME, "/dba/absent"], sources: [command(folder)] });
    expect(shown(supplied)).toEqual({ [NAME]: [CANARY, "command get-values"] });
    expect(supplied.findings.map(({ code, summary, line }) => [code, summary, line])).toEqual([
      ["unknown_entry", "an entry of command get-values belongs to no static parameter", 1],
    ]);
  });

  test("is told on standard input which names are wanted, and gets its arguments without a shell", async () => {
    const folder = await program(
      `const names = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
       const [argument] = process.argv.slice(2);
       process.stdout.write(JSON.stringify(Object.fromEntries(names.map((name) => [name, argument]))));`,
    );
    const earlier: Unplaced = { kind: "environment", prefix: "V_" };
    const supplied = await read({
      names: [NAME, "/dba/x"],
      sources: [earlier, command(folder, { command: ["./get-values", "$HOME; `id` *"] })],
      environmentVariables: { V_DBA_X: "one" },
    });
    expect(shown(supplied)).toEqual({
      [NAME]: ["$HOME; `id` *", "command get-values"],
      "/dba/x": ["one", "environment variable V_DBA_X"],
    });
  });

  test("gets of the environment what every child gets and what its source lists", async () => {
    const folder = await program(
      `process.stdout.write(JSON.stringify({ ${JSON.stringify(NAME)}: Object.keys(process.env).sort().join() }));`,
    );
    const supplied = await read({
      names: [NAME],
      sources: [command(folder, { environment: ["LISTED"] })],
      environmentVariables: {
        PATH: "/bin",
        HOME: "/nonexistent",
        LISTED: "x",
        VAULT_TOKEN: CANARY,
        OTHER: "x",
      },
    });
    expect(shown(supplied)).toEqual({ [NAME]: ["HOME,LISTED,PATH", "command get-values"] });
  });

  test("may end without reading which names are wanted", async () => {
    const folder = await program(`process.stdin.destroy(); ${print({ [NAME]: CANARY })}`);
    const names = [NAME, ...Array.from({ length: 5_000 }, (_, index) => `/dba/${"x".repeat(60)}/${index}`)];
    expect((await read({ names, sources: [command(folder)] })).values.size).toBe(1);
  });

  test("is not run when earlier sources have every name", async () => {
    const folder = await program(`require("node:fs").writeFileSync("ran", "");`);
    const earlier: Unplaced = { kind: "environment", prefix: "V_" };
    const supplied = await read({
      names: [NAME],
      sources: [earlier, command(folder)],
      environmentVariables: { V_DBA_MYSQL_PASSWORD: "x" },
    });
    expect(shown(supplied)).toEqual({ [NAME]: ["x", "environment variable V_DBA_MYSQL_PASSWORD"] });
  });

  test.each([
    [
      "fails",
      `console.error("${CANARY}"); ${print({ [NAME]: CANARY })} process.exitCode = 3;`,
      "failed with exit code 3",
    ],
    ["is killed", `process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1e6);`, "was ended by SIGTERM"],
    ["prints no JSON", `process.stdout.write("${CANARY}");`, ": not JSON (line 1, column 1)"],
    [
      "prints half",
      `process.stdout.write('{"${NAME}": "${CANARY}"');`,
      ": the file ends where , or } was expected (line 1, column 48)",
    ],
    [
      "prints a list",
      print([CANARY]),
      ": a file of values is one object of parameter name to string (line 1, column 1)",
    ],
    ["prints a number", print({ [NAME]: 7 }), `: the value of ${NAME} is no string (line 1, column 24)`],
    ["prints nothing", "", ": the file ends where a value was expected (line 1, column 1)"],
    ["prints no UTF-8", "process.stdout.write(Buffer.from([0x22, 0xff]));", "printed no text in UTF-8"],
    [
      "prints without end",
      'const s = "x".repeat(1e6); const f = () => process.stdout.write(s, f); f();',
      "printed more than 8 MiB",
    ],
  ])("that %s is an error that quotes nothing", async (_, script, summary) => {
    const folder = await program(script);
    const problems = await problemsOf(read({ names: [NAME], sources: [command(folder)] }));
    const separator = summary.startsWith(":") ? "" : " ";
    expect(problems).toEqual([`${PLACE}command get-values${separator}${summary}`]);
  });

  test("has ended when it ends, whatever it leaves behind with its output", async () => {
    const folder = await program(
      `const { spawn } = require("node:child_process");
       const left = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1e6)"], { stdio: "inherit", detached: true });
       left.unref();
       require("node:fs").writeFileSync("left", String(left.pid));
       ${print({ [NAME]: CANARY })}`,
    );
    onTestFinished(async () => {
      process.kill(Number(await readFile(path.join(folder, "left"), "utf8")));
    });
    const supplied = await read({ names: [NAME], sources: [command(folder)] });
    expect(shown(supplied)).toEqual({ [NAME]: [CANARY, "command get-values"] });
  });

  test("that takes too long is ended", async () => {
    const folder = await program("setTimeout(() => {}, 5e3);");
    const problems = await problemsOf(read({ names: [NAME], sources: [command(folder, { timeout: 50 })] }));
    expect(problems).toEqual([`${PLACE}command get-values took longer than 0.05 seconds`]);
  });

  test("that is not there, or no program, is an error", async () => {
    const folder = await valuesFolder({ "get-values": "no program" });
    const absent = command(folder, { command: ["paraform-test-no-such-program"] });
    expect(await problemsOf(read({ names: [NAME], sources: [absent] }))).toEqual([
      `${PLACE}command paraform-test-no-such-program does not exist`,
    ]);
    expect(await problemsOf(read({ names: [NAME], sources: [command(folder)] }))).toEqual([
      `${PLACE}command get-values cannot be run (EACCES)`,
    ]);
  });
});

describe("a file that SOPS decrypts", () => {
  const SHOWS_ARGS = `const [, , ...args] = process.argv;
    if (args.slice(0, 3).join(" ") !== "--decrypt --output-type json") process.exit(64);`;

  async function sops(script: string, file = "values.enc.yaml") {
    const folder = await program(SHOWS_ARGS + script, "sops");
    const source: Unplaced = { kind: "sops", path: path.join(folder, file) };
    return { folder, source, environmentVariables: { PATH: folder } };
  }

  test("is what the sops command prints as JSON", async () => {
    const { folder, ...rest } = await sops(
      `if (!args[3].endsWith("/values.enc.yaml")) process.exit(65); ${print({ [NAME]: CANARY })}`,
    );
    const supplied = await read({ folder, names: [NAME], sources: [rest.source], ...rest });
    expect(shown(supplied)).toEqual({ [NAME]: [CANARY, "SOPS file values.enc.yaml"] });
  });

  test("spells names as variables when it is a dotenv file", async () => {
    const { folder, source, ...rest } = await sops(print({ DBA_MYSQL_PASSWORD: CANARY }), "secrets.env");
    const supplied = await read({ folder, names: [NAME], sources: [source], ...rest });
    expect(shown(supplied)).toEqual({ [NAME]: [CANARY, "SOPS file secrets.env"] });
  });

  test("hands on what its key services are told by, and nothing else", async () => {
    const { folder, source, environmentVariables } = await sops(
      `process.stdout.write(JSON.stringify({ ${JSON.stringify(NAME)}: Object.keys(process.env).sort().join() }));`,
    );
    const all = {
      ...environmentVariables,
      SOPS_AGE_KEY_FILE: "k",
      AWS_PROFILE: "p",
      OP_CONNECT_TOKEN: CANARY,
      X: "x",
    };
    const supplied = await read({ folder, names: [NAME], sources: [source], environmentVariables: all });
    expect(shown(supplied)[NAME]?.[0]).toBe("AWS_PROFILE,PATH,SOPS_AGE_KEY_FILE");
  });

  test("that cannot be decrypted is an error, and so is sops that is not there", async () => {
    const { folder, source, environmentVariables } = await sops(
      `console.error("${CANARY}"); process.exit(128);`,
    );
    const sources = [source];
    expect(await problemsOf(read({ folder, names: [NAME], sources, environmentVariables }))).toEqual([
      `${PLACE}sops, which decrypts values.enc.yaml, failed with exit code 128`,
    ]);
    const nowhere = { PATH: "/nonexistent" };
    expect(await problemsOf(read({ folder, names: [NAME], sources, environmentVariables: nowhere }))).toEqual(
      [`${PLACE}sops, which decrypts values.enc.yaml, does not exist`],
    );
  });
});

describe("standard input", () => {
  const sources: Unplaced[] = [{ kind: "stdin" }];
  const given = (text: string | Buffer) => ({ names: [NAME], sources, stdin: Readable.from([text]) });

  test("is an object of name to value", async () => {
    const supplied = await read(given(JSON.stringify({ [NAME]: CANARY, "/typo": "x" })));
    expect(shown(supplied)).toEqual({ [NAME]: [CANARY, "standard input"] });
    expect(supplied.findings.map(({ summary, file }) => [file, summary])).toEqual([
      ["standard input", "an entry belongs to no static parameter"],
    ]);
  });

  test.each([
    [CANARY, "standard input:1:1: not JSON"],
    [`{\n"${NAME}": ["${CANARY}"]}`, `standard input:2:24: the value of ${NAME} is no string`],
    ["", "standard input:1:1: the file ends where a value was expected"],
    [Buffer.from([0xff]), `${PLACE}standard input is no text in UTF-8`],
  ])("that is %j is an error that quotes nothing", async (text, problem) => {
    expect(await problemsOf(read(given(text)))).toEqual([problem]);
  });

  test("is not read from a terminal, nor when nothing is wanted of it", async () => {
    const stdin = Object.assign(Readable.from(["x"]), { isTTY: true });
    expect(await problemsOf(read({ ...given(""), stdin }))).toEqual([
      `${PLACE}values are read from standard input, which is a terminal`,
    ]);
    expect((await read({ ...given(""), names: [], stdin })).values.size).toBe(0);
  });
});
