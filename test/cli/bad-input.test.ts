import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CLI, run, startProgram } from "../support/binary.ts";
import { makeInitializedProject, makeProject, type Project } from "../support/binary-project.ts";
import { expectOneError } from "./one-error.ts";

const PARAMETERS = { "/dba/password": {}, "/app/a/password": { copy: "/dba/password" } };
const VALUES = { "/dba/password": "dummy-password-of-dev" };

describe.concurrent("a config that is none", () => {
  const broken: Readonly<Record<string, readonly [string | Buffer, RegExp]>> = {
    "not-json": ['{"parameters": {"/app/a": oops}', /not JSON$/],
    empty: ["", /the file is empty$/],
    "another-shape": ["[]", /a config is a JSON object$/],
    "wrong-type": ['{"parameters": {"/app/a": {"value": 5}}}', /value must be a string$/],
    "unknown-key": [
      '{"parameters": {"/app/b": {"valu": "x"}}}',
      /unknown key "valu" in parameters\["\/app\/b"\]$/,
    ],
    "ten-megabytes": [`{"a":"${"x".repeat(10 * 2 ** 20)}"}`, /the file is larger than 8 MiB$/],
    "deep-lists": ["[".repeat(100_000), /nested deeper than 64 levels$/],
    "deep-objects": [`${'{"parameters":'.repeat(9_999)}1`, /nested deeper than 64 levels$/],
    binary: [Buffer.concat([Buffer.from([0, 0xff]), randomBytes(5_000)]), /this is no text in UTF-8$/],
    "utf-16": [Buffer.from('\ufeff{"parameters":{}}', "utf16le"), /this is no text in UTF-8$/],
    space: [named("/app/a b"), /a name holds only letters, digits and _ \. - \/$/],
    unicode: [named("/app/größe"), /a name holds only letters, digits and _ \. - \/$/],
    dots: [named("/app/../b"), /a name has no \. or \.\. segment$/],
    "two-thousand-characters": [named(`/app/${"x".repeat(2_000)}`), /a name has at most 954 characters$/],
  };

  test("in fourteen ways: one problem for each, with its place, and no store is opened", async () => {
    const project = makeProject();
    for (const [name, [content]] of Object.entries(broken))
      project.write(`configs/dev/${name}.json`, content);
    const before = project.files();
    const { code, stdout, stderr } = await project.env("plan");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const problems = stderr.split("\n").filter((line) => /^configs\/dev\/\S+:\d+:\d+: /.test(line));
    expect(problems).toHaveLength(Object.keys(broken).length);
    for (const [name, [, message]] of Object.entries(broken)) {
      const [problem, ...more] = problems.filter((line) => line.startsWith(`configs/dev/${name}.json:`));
      expect(problem).toMatch(message);
      expect(more).toEqual([]);
    }
    expect(stderr).toMatch(/\nerror: 14 problems in the configs\n$/);
    expect(stderr.length).toBeLessThan(3_000);
    expect(project.files()).toEqual(before);
  });

  test("all problems of all files come at once, in environment.json too", async () => {
    const project = makeProject({ environment: { owner: 5, scopes: ["/"] } });
    project.write("configs/dev/main.json", '{"parameters": {"/app/a b": {}, "/app/c": []}}');
    project.write("configs/dev/other.json", "{");
    const { code, stderr } = await project.env("validate");
    expect(code).toBe(1);
    expect(stderr).toMatch(/\nerror: 5 problems in the configs\n$/);
  });

  test("a file that may not be read", async ({ skip }) => {
    const project = makeProject();
    chmodSync(project.path("configs/dev/main.json"), 0o000);
    chmodSync(project.folder, 0o755);
    chmodSync(project.path("configs/dev/environment.json"), 0o644);
    const root = process.getuid?.() === 0;
    const nobody = { cwd: project.folder, ...(root ? { uid: 65_534 } : {}) };
    const may = await run(["--version"], nobody).catch(() => undefined);
    if (may?.code !== 0) {
      console.warn("skipped: root reads every file, and nobody else may run this Node");
      skip();
    }
    const validate = await run(["validate", "--env", "dev"], nobody);
    expectOneError(validate, /^configs\/dev\/main\.json:1:1: the file cannot be read \(EACCES\)\n/);
  });

  test("an environment that is not there", async () => {
    const project = makeProject();
    expectOneError(
      await project.run(["plan", "--env", "prod"]),
      /there is no environment prod\n {2}hint: .*dev\n/,
    );
    expectOneError(
      await project.run(["plan", "--env", "../dev"]),
      /^error: --env is no name of an environment\n {2}hint: did you mean dev\? /,
    );
    expectOneError(
      await project.run(["plan", "--env", "dev", "--configs", "nowhere"]),
      /no folder of nowhere has/,
    );
  });

  test("an environment without its digest key", async () => {
    expectOneError(
      await makeProject().env("plan"),
      /^error: environment dev has no digest key\n {2}hint: run paraform init --env dev once\n$/,
    );
  });
});

function named(name: string): string {
  return JSON.stringify({ parameters: { [name]: { value: "x" } } });
}

describe.concurrent("a plan file that is none", () => {
  async function planned(): Promise<Project> {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
    expect((await project.env("plan", ["--out", "p.json"])).code).toBe(0);
    return project;
  }

  test("truncated, empty, of another shape, of a newer format, not there, a folder", async () => {
    const project = await planned();
    const good = project.read("p.json");
    const cases: [string, RegExp][] = [
      [good.slice(0, good.length / 2), /p\.json is no plan file\n {2}hint: it may be truncated/],
      ["", /p\.json is no plan file/],
      ['"a text"', /p\.json is no plan file/],
      [JSON.stringify({ format_version: "1.0" }), /p\.json is not a whole plan\n/],
      [
        good.replace('"format_version": "1.0"', '"format_version": "2.0"'),
        /plan format that this paraform does not know/,
      ],
    ];
    const before = project.files()[".paraform/dev.db"];
    for (const [content, message] of cases) {
      project.write("p.json", content);
      expectOneError(await project.run(["apply", "p.json"]), message);
    }
    mkdirSync(project.path("folder"));
    expectOneError(await project.run(["apply", "nowhere.json"]), /nowhere\.json does not exist\n {2}hint: /);
    expectOneError(await project.run(["show", "folder"]), /folder cannot be read: EISDIR\n/);
    expect(project.files()[".paraform/dev.db"]).toBe(before);
  });

  test("edited, in an action or in the MAC itself", async () => {
    const project = await planned();
    const plan = JSON.parse(project.read("p.json"));
    const edits = [
      { ...plan, resource_changes: plan.resource_changes.slice(1) },
      { ...plan, mac: plan.mac.replace(/.$/, (last: string) => (last === "0" ? "1" : "0")) },
    ];
    const before = project.files()[".paraform/dev.db"];
    for (const edited of edits) {
      project.write("p.json", edited);
      const { code, stdout, stderr } = await project.run(["apply", "p.json"]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(
        /\nerror: the plan file was edited, or made with another digest key\n {2}hint: plan again\n$/,
      );
    }
    expect(project.files()[".paraform/dev.db"]).toBe(before);
  });

  test("of another environment, whether --env says so or the file was carried over", async () => {
    const project = await planned();
    expectOneError(
      await project.run(["apply", "p.json", "--env", "prod"]),
      /p\.json is a plan of another environment than prod\n {2}hint: .*leave --env away\n$/,
    );
    const other = makeProject({ parameters: PARAMETERS, values: VALUES });
    await other.env("init");
    other.write("p.json", project.read("p.json"));
    const carried = await other.run(["apply", "p.json"]);
    expect(carried.code).toBe(1);
    expect(carried.stderr).toMatch(/error: the plan file was edited, or made with another digest key\n/);
  });
});

describe.concurrent("the machine", () => {
  test("a full disk under the embedded store: one error, nothing lost, and the same apply goes on later", async ({
    skip,
  }) => {
    const project = makeProject({ parameters: PARAMETERS, values: VALUES });
    const steps = [
      "mkdir .paraform && mount -t tmpfs -o size=4m tmpfs .paraform || exit 77",
      '"$@" init --env dev && head -c 5m /dev/zero > .paraform/filler',
      '"$@" apply --env dev --auto-approve > full.out 2> full.err; echo $? > full.code',
      'rm .paraform/filler && exec "$@" apply --env dev --auto-approve',
    ];
    const words = ["-m", "sh", "-c", steps.join("\n"), "sh", process.execPath, CLI];
    const later = await startProgram("unshare", words, { cwd: project.folder }).finished.catch(
      () => undefined,
    );
    if (later === undefined || later.stderr.includes("unshare:") || later.code === 77) {
      console.warn("skipped: no disk to fill, for that takes root and unshare");
      return skip();
    }
    expect(project.read("full.code")).toBe("1\n");
    expect(project.read("full.err")).toMatch(
      /error: the embedded store \S+ (has no room left on its disk|cannot be read or written) \(SQLITE_\w+\)\n {2}hint: .*(space|room)/,
    );
    expect(later.code).toBe(0);
    expect(later.stdout).toContain("Parameters: 2 added");
  });

  test("a disk that fills up in the middle: what was written stays, the rest follows later", async ({
    skip,
  }) => {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
    // 84 blocks of 512 bytes, or of 1,024 in some shells: the write-ahead log outgrows both.
    const words = ["-c", 'ulimit -f 84 && exec "$@"', "sh", process.execPath];
    const limited = startProgram("sh", [...words, CLI, "apply", "--env", "dev", "--auto-approve"], {
      cwd: project.folder,
    });
    const { code, stdout, stderr } = await limited.finished.catch(() =>
      skip("there is no shell to limit a file's size"),
    );
    expect([1, 5]).toContain(code);
    expect(stdout + stderr).toMatch(
      /the embedded store \S+ cannot be read or written \(SQLITE_(FULL|IOERR)\w*\)/,
    );
    expect(stdout + stderr).toContain("hint: check that the disk that holds it is sound and has room");
    const rest = await project.env("apply", ["--auto-approve"]);
    expect(rest.code).toBe(0);
    const plan = JSON.parse((await project.env("plan", ["--format", "json"])).stdout);
    expect(
      plan.resource_changes.map(
        ({ change }: { change: { before: { version: number } } }) => change.before.version,
      ),
    ).toEqual([1, 1]);
  });

  test.each([
    [["--inspect=0"], {}, "--inspect"],
    [[], { NODE_OPTIONS: "--report-on-fatalerror" }, "--report-on-fatalerror"],
    [[], { NODE_DEBUG: "http" }, "NODE_DEBUG"],
  ])("Node under %j %j is refused", async (nodeFlags, env: Record<string, string>, refused) => {
    const project = makeProject({ parameters: PARAMETERS, values: VALUES });
    const { code, stdout, stderr } = await project.env("plan", [], { nodeFlags, env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`error: paraform does not run under ${refused}: secrets could end up`);
    expect(Object.keys(project.files())).not.toContain(".paraform/dev.db");
  });
});

test.skipIf(!existsSync("/dev/full")).each([[["--version"]], [["plan", "--env", "dev"]]])(
  "%j onto a full disk fails in one sentence",
  async (words) => {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
    const { code, stderr } = await startProgram(
      "sh",
      ["-c", 'exec "$0" "$@" > /dev/full', process.execPath, CLI, ...words],
      { cwd: project.folder },
    ).finished;
    expect(code).toBe(1);
    expect(stderr).toContain("error: standard output could not be written (ENOSPC)\n");
    expect(stderr).not.toMatch(/^\s+at /m);
  },
);

test("put refuses what Parameter Store would, and says why", async () => {
  const parameters = {
    "/dba/a": {},
    "/dba/b": { allowedPattern: "^[a-z]+$" },
    "/dba/c": { generate: { type: "password" } },
  };
  const project = await makeInitializedProject({ parameters });
  expectOneError(
    await project.env("put", ["/dba/a"], { input: "x{{y}}" }),
    /the value of \/dba\/a has \{\{…\}\} in it\n/,
  );
  expectOneError(
    await project.env("put", ["/dba/b"], { input: "DUMMY-5" }),
    /\/dba\/b does not match its allowedPattern\n/,
  );
  expectOneError(
    await project.env("put", ["/dba/c"], { input: "dummy" }),
    /rule is generate\n {2}hint: paraform apply --env ENV --regenerate=\/dba\/c makes a new one\n/,
  );
});
