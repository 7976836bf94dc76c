import { rmSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeInitializedProject, makeProject, type Project, servedBy } from "../support/binary-project.ts";

const PARAMETERS = {
  "/dba/mysql/password": {},
  "/app/a/host": { value: "mysql.internal" },
  "/app/a/password": { copy: "/dba/mysql/password" },
  "/app/a/session": { generate: { type: "password" } },
};
const VALUES = { "/dba/mysql/password": "dummy-password-of-dev" };
const READ =
  /^Read \d+ live parameters? for \d+ parameters?, \d+ references? in \d+\.\ds \(\d+ API calls?\)\n$/;

async function ready(parameters: Record<string, unknown> = PARAMETERS): Promise<Project> {
  return makeInitializedProject({ parameters, values: VALUES });
}

async function applied(parameters?: Record<string, unknown>): Promise<Project> {
  const project = await ready(parameters);
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  return project;
}

describe.concurrent("results go to stdout, progress to stderr", () => {
  test("init says what it made, and is harmless again", async () => {
    const project = makeProject({ parameters: PARAMETERS, values: VALUES });
    const first = await project.env("init");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    const id = /^Its id is ([0-9a-f]{8})\.$/m.exec(first.stdout)?.[1];
    expect(id).toBeDefined();
    const again = await project.env("init");
    expect(again.stdout).toMatch(/^Found the digest key of environment dev in account 123456789012, /);
    expect(again.stdout).toContain(`Its id is ${id}`);
  });

  test("plan, apply, plan: the README's story", async () => {
    const project = await ready();
    const plan = await project.env("plan");
    expect(plan.stdout).toContain("Plan: 4 to add, 0 to change, 0 to destroy.");
    expect(plan.stderr).toMatch(READ);
    const apply = await project.env("apply", ["--auto-approve"]);
    expect(apply.stdout).toMatch(/\nApply complete! Parameters: 4 added, 0 changed, 0 destroyed\.\n$/);
    expect(apply.stderr.split("\n").filter((line) => line.includes(": Creation complete"))).toHaveLength(4);
    const after = await project.env("plan");
    expect(after.stdout).toContain("No changes. Parameter Store matches the configuration.");
  });

  test("a JSON document is all there is on stdout", async () => {
    const project = await ready();
    const inEnvironment = (command: string, ...rest: string[]) =>
      project.env(command, ["--format", "json", ...rest]);
    const plan = await inEnvironment("plan", "--out", "p.json");
    expect(JSON.parse(plan.stdout)).toEqual(JSON.parse(project.read("p.json")));
    const shown = await project.run(["show", "p.json", "--format", "json"]);
    expect(shown.stdout).toBe(project.read("p.json"));
    const first = JSON.parse((await project.run(["apply", "p.json", "--format", "json"])).stdout);
    expect(first.outcomes).toHaveLength(4);
    const again = JSON.parse((await project.run(["apply", "p.json", "--format", "json"])).stdout);
    expect(again.outcomes).toEqual(
      expect.arrayContaining([{ address: "/app/a/host", action: "create", outcome: { kind: "done" } }]),
    );
    expect(JSON.parse((await inEnvironment("apply", "--auto-approve")).stdout)).toMatchObject({
      outcomes: [],
    });
    expect(JSON.parse((await inEnvironment("drift")).stdout)).toMatchObject({
      environment: "dev",
      drift: [],
    });
    expect(JSON.parse((await inEnvironment("explain", "/app/a/password")).stdout)).toMatchObject({
      rule: "copy",
    });
    expect(JSON.parse((await inEnvironment("graph")).stdout)).toBeTypeOf("object");
    for (const name of ["environment", "replication", "plan"]) {
      expect(JSON.parse((await project.run(["schema", name])).stdout)).toHaveProperty("$schema");
    }
  });

  test("validate counts, graph draws, explain tells the chain", async () => {
    const project = await ready({ ...PARAMETERS, "/shared/tls": { exists: true } });
    const validate = await project.env("validate");
    expect(validate).toEqual({
      code: 0,
      stdout: "The configs are valid: 4 parameters, 1 reference.\n",
      stderr: "",
    });
    expect((await project.env("plan")).stderr).toMatch(
      /^Read 0 live parameters for 4 parameters, 1 reference in /,
    );
    const graph = await project.env("graph");
    expect(graph.stdout).toMatch(/^digraph "dev" \{\n/);
    expect(graph.stdout).toContain('"/dba/mysql/password" -> "/app/a/password"');
    const explain = await project.env("explain", ["/app/a/password"]);
    expect(explain.stdout).toMatch(
      /sources +<- \/dba\/mysql\/password \(static, at configs\/dev\/main\.json:\d+\)/,
    );
    const unknown = await project.env("explain", ["/app/nowhere"]);
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toMatch(
      /^error: environment dev declares no such parameter, and none lives in its scopes\n {2}hint: /,
    );
    const misspelt = await project.env("explain", ["/app/a/pasword"]);
    expect(misspelt.stderr).toMatch(/hint: did you mean \/app\/a\/password\? /);
  });

  test("explain of what is blocked, withheld or no name", async () => {
    const project = await applied();
    project.write("configs/dev/main.json", {
      parameters: { "/app/a/user": { copy: "/dba/mysql/user" }, "/dba/mysql/password": {} },
    });
    const blocked = await project.env("explain", ["/app/a/user"]);
    expect(blocked.stdout).toMatch(
      /\n {2}planned +blocked \(input_missing on \/dba\/mysql\/user\)\n(?:.*\n)* {2}notes +\/dba\/mysql\/user does not exist; let the owner/,
    );
    const withheld = await project.env("explain", ["/app/a/password"]);
    expect(withheld.stdout).toMatch(/\n {2}declared +not in these configs\n/);
    expect(withheld.stdout).toMatch(/\n {2}planned +withheld \(not_in_config\)\n/);
    expect(withheld.stdout).toMatch(
      /\n {2}notes +paraform plan --env dev --delete=\/app\/a\/password plans its deletion\n/,
    );
    const json = await project.env("explain", ["/app/a/password", "--format", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      format_version: "1.0",
      rule: null,
      file: null,
      live: { version: 1, owner: "platform" },
      planned: { action: "withheld", reason: "not_in_config" },
    });
    const before = project.files();
    const none = await project.env("explain", ["/app/a b"]);
    expect(none.stderr).toMatch(/^error: this is no parameter name: a name holds only letters/);
    expect(project.files()).toEqual(before);
  });

  test("validate says which files of values are not there, and is content", async () => {
    const project = await ready();
    rmSync(project.path("configs/dev/values.json"));
    const validate = await project.env("validate");
    expect(validate.code).toBe(0);
    expect(validate.stderr).toMatch(
      /^configs\/dev\/environment\.json:\d+:\d+: warning: the file of this source is not there: configs\/dev\/values\.json\n {2}hint: plan and apply need it/,
    );
  });

  test("drift names what another hand wrote", async () => {
    const project = await applied();
    await project.env("put", ["/dba/mysql/password"], { input: "another-dummy" });
    expect((await project.env("drift")).stdout).toBe("No drift. Every parameter is as paraform wrote it.\n");
    expect((await project.env("drift", ["--detailed-exitcode"])).code).toBe(0);
  });
});

describe.concurrent("saving and reporting", () => {
  test("--out writes a file of mode 0600, whole, and leaves no draft", async () => {
    const project = await ready();
    project.write("p.json", "something older");
    const before = Object.keys(project.files());
    const plan = await project.env("plan", ["--out", "p.json"]);
    expect(plan.stdout).toMatch(
      /Saved the plan to: p\.json\n\nTo perform .*:\n {4}paraform apply p\.json\n$/s,
    );
    expect(JSON.parse(project.read("p.json"))).toMatchObject({ format_version: "1.0" });
    expect(statSync(project.path("p.json")).mode & 0o777).toBe(0o600);
    expect(Object.keys(project.files())).toEqual(before);
  });

  test("--out names the command that applies it, with the options that it needs", async () => {
    const project = await ready();
    project.write("elsewhere/README", "");
    const words = ["--env", "dev", "--chdir", "elsewhere", "--configs", "../configs", "--out", "p.json"];
    const { stdout } = await project.run(["plan", ...words]);
    const [, command = ""] = /\n {4}paraform (.+)\n$/.exec(stdout) ?? [];
    expect(command).toBe("apply p.json --chdir elsewhere --configs ../configs");
    expect(await project.run(command.split(" "))).toMatchObject({ code: 0 });
  });

  test("--out into a folder that is not there is one error and writes nothing", async () => {
    const project = await ready();
    const before = project.files();
    const plan = await project.env("plan", ["--out", "no/such/p.json"]);
    expect(plan).toMatchObject({ code: 1, stdout: "" });
    expect(plan.stderr).toMatch(/^error: .*no\/such\/p\.json cannot be written: ENOENT\n {2}hint: /);
    expect(project.files()).toEqual(before);
    const nobody = makeProject({ environment: { store: servedBy("http://127.0.0.1:9") } });
    const unasked = await nobody.env("plan", ["--out", "no/such/p.json"]);
    expect(unasked.stderr).toMatch(/^error: .*no\/such\/p\.json cannot be written: ENOENT\n/);
  });

  test("--report writes each format beside, without colour, for everybody to read", async () => {
    const project = await ready();
    const plan = await project.env("plan", ["--color", "--report", "human=p.txt", "--report=json=p.json"]);
    expect(plan.stdout).toContain("\u001b[");
    expect(project.read("p.txt")).toContain("Plan: 4 to add");
    expect(project.read("p.txt")).not.toContain("\u001b[");
    expect(JSON.parse(project.read("p.json")).summary).toMatchObject({ add: 4 });
    expect(statSync(project.path("p.txt")).mode & 0o777).toBe(0o644);
  });

  test("colour needs a terminal or --color, and NO_COLOR stands above both", async () => {
    const project = await ready();
    expect((await project.env("plan")).stdout).not.toContain("\u001b[");
    expect((await project.env("plan", ["--color"])).stdout).toContain("\u001b[");
    const refused = await project.env("plan", ["--color"], { env: { NO_COLOR: "1" } });
    expect(refused.stdout).not.toContain("\u001b[");
    expect((await project.env("validate", ["--no-color"])).code).toBe(0);
  });
});

describe.concurrent("put", () => {
  test("takes the value from stdin or a file, and never shows it", async () => {
    const project = await applied();
    const value = "a-new-dummy-value";
    const fromStdin = await project.env("put", ["/dba/mysql/password"], { input: value });
    expect(fromStdin).toMatchObject({ code: 0, stdout: "/dba/mysql/password is written, version 2.\n" });
    expect(fromStdin.stderr).toContain("1 copy follows it with the next apply.\n");
    expect(fromStdin.stderr).toMatch(
      /^warning: file configs\/dev\/values\.json has a value for it, which wins at the next apply: change it there\n/,
    );
    expect(fromStdin.stderr).not.toContain(value);
    project.write("sub/value.txt", `${value}\n`);
    const fromFile = await project.run([
      ...["put", "/dba/mysql/password", "--env", "dev"],
      ...["--chdir", "sub", "--configs", "../configs", "--file", "value.txt"],
    ]);
    expect(fromFile.stderr).toContain(
      "warning: the value ends with a newline, which becomes part of it; printf %s writes none\n",
    );
  });

  test("counts all that follows, says nothing of sources that have no value for it, and knows the limit", async () => {
    const chain = {
      "/dba/other": {},
      "/app/b/password": { copy: "/dba/other" },
      "/app/b/url": { merge: ["x://", "${/app/b/password:uri}"] },
    };
    const project = await ready(chain);
    const put = await project.env("put", ["/dba/other"], { input: "a-dummy" });
    expect(put.stderr).toBe("1 copy and 1 merge follow it with the next apply.\n");
    const long = await project.env("put", ["/dba/other"], { input: "x".repeat(9_000) });
    expect(long.stderr).toMatch(
      /^error: the value of \/dba\/other has 9000 bytes, and at most 8192 fit\n {2}hint: split it/,
    );
  });

  test("refuses what is made, what is paraform's own, what is no name, and nothing at all", async () => {
    const project = await applied();
    const refusal = async (...words: string[]) => {
      const { code, stdout, stderr } = await project.env("put", words);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      return stderr;
    };
    expect(await refusal("/app/a/password")).toMatch(
      /: its rule is copy\n {2}hint: put \/dba\/mysql\/password instead\n$/,
    );
    expect(await refusal("/app/a/host")).toMatch(/: its rule is value\n/);
    expect(await refusal("/paraform/dev/digest-key")).toMatch(/^error: paraform's own parameters/);
    expect(await refusal("password")).toMatch(
      /^error: this is no parameter name: a name begins with a slash\n/,
    );
    expect(await refusal("/dba/mysql/password")).toMatch(/\nerror: the value of \S+ is empty\n/);
    expect(await refusal("/dba/mysql/pasword")).toMatch(
      /^error: \/dba\/mysql\/pasword is not declared in this environment\n {2}hint: did you mean \/dba\/mysql\/password\? what is new is declared first/,
    );
    expect(await refusal("/app/new", "--from-version", "one")).toMatch(
      /^error: --from-version takes a whole number\n/,
    );
  });

  test("puts an earlier version again", async () => {
    const project = await applied();
    await project.env("put", ["/dba/mysql/password"], { input: "second-dummy" });
    const restored = await project.env("put", ["/dba/mysql/password", "--from-version", "1"]);
    expect(restored).toMatchObject({
      code: 0,
      stdout: "/dba/mysql/password has its version 1 again, as version 3.\n",
    });
    const missing = await project.env("put", ["/dba/mysql/password", "--from-version", "9"]);
    expect(missing.stderr).toMatch(/^error: \/dba\/mysql\/password has no version 9\n/);
  });
});

describe.concurrent("the command line", () => {
  test("help and version need nothing; no command is an error", async () => {
    const project = makeProject();
    const help = await project.run(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const command of [
      "init",
      "plan",
      "apply [file]",
      "show <file>",
      "verify <file>",
      "validate",
      "put <name>",
    ]) {
      expect(help.stdout).toContain(`paraform ${command} `);
    }
    for (const spelling of ["--version", "-version"]) {
      expect((await project.run([spelling])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    }
    expect(await project.run([])).toMatchObject({ code: 1, stdout: "" });
  });

  test("Terraform's single dash works", async () => {
    const project = await ready();
    const plan = await project.run(
      "plan -env=dev -out=p.json -detailed-exitcode -no-color -target=/app/a/host".split(" "),
    );
    expect(plan).toMatchObject({ code: 2 });
    expect(plan.stdout).toContain("Plan: 1 to add");
    expect((await project.run(["apply", "-env", "dev", "-auto-approve"])).code).toBe(0);
  });

  test("--chdir and --configs lead to the files, also to those that are written", async () => {
    const project = await ready();
    const plan = await project.run([
      "plan",
      "--env",
      "dev",
      "--chdir",
      "configs",
      "--configs",
      ".",
      "--out",
      "p.json",
    ]);
    expect(plan.code).toBe(0);
    expect(JSON.parse(project.read("configs/p.json"))).toMatchObject({ format_version: "1.0" });
  });

  test("a bare --delete or --regenerate never takes the next word for its glob", async () => {
    const project = await ready();
    const plan = await project.run(["plan", "--delete", "--regenerate", "--env", "dev", "--format", "json"]);
    expect(JSON.parse(plan.stdout).inputs).toMatchObject({ delete: ["/**"], regenerate: ["/**"] });
    const glob = await project.env("plan", ["--delete=/app/**", "--format=json"]);
    expect(JSON.parse(glob.stdout).inputs).toMatchObject({ delete: ["/app/**"], regenerate: [] });
    const swallowed = await project.env("plan", ["--delete", "/app/**"]);
    expect(swallowed).toMatchObject({ code: 1, stdout: "" });
  });

  test("what it does not know is an error that repeats nothing of it", async () => {
    const project = await ready();
    const secret = "dummy-secret-in-argv";
    for (const words of [
      ["put", "/app/new", secret],
      ["plan", `--${secret}`],
      ["plan", "--format", secret],
    ]) {
      const refused = await project.env(words[0] ?? "", words.slice(1), { input: "another-dummy" });
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toMatch(/^error: .+\n( {2}hint: .+\n)$/);
      expect(refused.stderr).not.toContain(secret);
    }
  });

  test.each([
    [["plan"], "missing: --env"],
    [["plan", "--env"], "--env needs a value"],
    [["plan", "--env", "dev", "--env", "prod"], "--env is given twice"],
    [["show"], "a command or its argument is missing"],
    [["local", "--port", "many"], "--port takes a whole number"],
    [["local", "--port", "0", "--fault", "PutParameter"], "a fault of the embedded store is not well-formed"],
    [
      ["local", "--port", "0", "--path", "/dev/null/x.db"],
      "the embedded store /dev/null/x.db cannot be opened",
    ],
  ])("%j", async (words, message) => {
    const project = makeProject();
    const before = project.files();
    const { code, stdout, stderr } = await project.run(words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.split("\n")[0]).toContain(`error: ${message}`);
    expect(project.files()).toEqual(before);
  });

  test("local serves until it is told to stop", async () => {
    const project = makeProject();
    const server = project.start(["local", "--port", "0"]);
    await server.until("stderr", /--endpoint-url http/);
    server.kill("SIGTERM");
    const { code, stdout } = await server.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Parameter Store of account 123456789012 on http:\/\/127\.0\.0\.1:\d+\n$/);
  });
});
