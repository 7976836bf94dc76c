import { describe, expect, test } from "vitest";
import type { Finished } from "../support/binary.ts";
import { makeInitializedProject, makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { openGate, startLocalServer } from "../support/local-server.ts";
import { type Canary, canary, expectNoneInFiles, foundIn } from "./canary.ts";

const IN_FILE = canary("File");
const IN_VARIABLE = canary("Variable");
const PUT = canary("Put");
const OUTSIDE = canary("Outside");
const ALL = [IN_FILE, IN_VARIABLE, PUT, OUTSIDE];

const PARAMETERS = {
  "/dba/file": { description: "from a file" },
  "/dba/variable": {},
  "/dba/put": {},
  "/dba/made": { generate: { type: "password" } },
  "/app/a/file": { copy: "/dba/file" },
  "/app/a/url": {
    merge: ["x://", "${/dba/file:uri}", ":", "${/dba/variable:base64}", "@", "${/dba/put:json}"],
  },
  "/app/a/host": { value: "mysql.internal" },
};
const ENVIRONMENT = { sources: [{ kind: "file", path: "values.json" }, { kind: "environment" }] };
const VARIABLES = { PARAFORM_VALUE_DBA_VARIABLE: IN_VARIABLE.value };
const VALUES_FILE = "configs/dev/values.json";

/** Runs a project's commands with all canaries in place, and keeps what they said. */
function listening(project: Project) {
  const heard: Finished[] = [];
  const run = async (
    args: readonly string[],
    code: number | number[],
    input = "",
    more: Record<string, string> = {},
  ) => {
    const finished = await project.run(args, { env: { ...VARIABLES, ...more }, input });
    heard.push(finished);
    expect([code].flat(), `${args.join(" ")}\n${finished.stderr}`).toContain(finished.code);
  };
  const expectSilence = (canaries: readonly Canary[]) => {
    for (const { stdout, stderr } of heard) {
      expect(foundIn(stdout, canaries)).toEqual([]);
      expect(foundIn(stderr, canaries)).toEqual([]);
    }
    expectNoneInFiles(project, canaries, [VALUES_FILE]);
  };
  return { run, expectSilence };
}

const DEV = ["--env", "dev"];

/** Every command in every format, as a user meets them from first init to a changed password. */
async function wholeStory(run: ReturnType<typeof listening>["run"]): Promise<void> {
  await run(["validate", ...DEV], 0);
  await run(["init", ...DEV], 0);
  await run(["plan", ...DEV], 0);
  await run(["apply", ...DEV, "--auto-approve", "--allow", "blocked=2"], 0);
  await run(["put", "/dba/put", ...DEV], 0, PUT.value);
  const reports = ["human=r.txt", "json=r.json", "markdown=r.md", "html=r.html"].flatMap((report) => [
    "--report",
    report,
  ]);
  await run(["plan", ...DEV, "--verbose", "--out", "p.json", ...reports, "--detailed-exitcode"], 2);
  await run(["show", "p.json", "--verbose"], 0);
  await run(["show", "p.json", "--format", "json"], 0);
  await run(["show", "p.json", "--format", "markdown"], 0);
  await run(["show", "p.json", "--format", "html"], 0);
  await run(["verify", "p.json"], 0);
  await run(["plan", ...DEV, "--json"], 0);
  await run(["plan", ...DEV, "--concise"], 0);
  await run(["apply", "p.json"], 0);
  await run(["apply", "p.json", "--format", "json"], 0);
  await run(["plan", ...DEV, "--deep", "--format", "json"], 0);
  await run(["explain", "/app/a/url", ...DEV], 0);
  await run(["explain", "/app/a/url", ...DEV, "--format", "json"], 0);
  await run(["graph", ...DEV], 0);
  for (const format of ["json", "mermaid", "svg"]) await run(["graph", ...DEV, "--format", format], 0);
  await run(["put", "/dba/put", ...DEV, "--from-version", "1"], 0);
  await run(["history", "/dba/put", ...DEV], 0);
  await run(["history", "/dba/put", ...DEV, "--format", "json"], 0);
  await run(["rollback", "/dba/put", "--to-version", "1", ...DEV, "--out", "b.json", "--json"], 0);
  await run(["apply", "b.json", "--json"], 0);
  await run(["drift", ...DEV], 0);
  await run(["plan", ...DEV, "--regenerate", "--delete", "--format", "json"], 0);
}

describe.concurrent("no command shows a secret", () => {
  test("on the embedded store, whose own files hold them encrypted", async () => {
    const project = makeProject({
      parameters: PARAMETERS,
      values: { "/dba/file": IN_FILE.value },
      environment: ENVIRONMENT,
    });
    const { run, expectSilence } = listening(project);
    await wholeStory(run);
    expectSilence([IN_FILE, IN_VARIABLE, PUT]);
  });

  test("on a server that others write to, in every way that a run fails", async () => {
    const server = await startLocalServer([
      "--deny",
      "LIMITED@ssm:PutParameter:/app/a/*",
      "--deny",
      "BLIND@ssm:*",
    ]);
    const live = server.inRegion("eu-west-1");
    const gate = await openGate(server.url);
    const project = makeProject({
      parameters: PARAMETERS,
      values: { "/dba/file": IN_FILE.value },
      environment: { ...ENVIRONMENT, store: servedBy(gate.url) },
    });
    const { run, expectSilence } = listening(project);
    await run(["init", ...DEV], 0);
    await run(["apply", ...DEV, "--auto-approve", "--allow", "blocked=2"], 0);
    await run(["put", "/dba/put", ...DEV], 0, PUT.value);
    await run(["apply", ...DEV, "--auto-approve"], 0);
    const made = (await live.value("/dba/made")) ?? "";
    const url = (await live.value("/app/a/url")) ?? "";
    expect(foundIn(url, [IN_FILE, IN_VARIABLE, PUT])).not.toEqual([]);

    await live.put("/app/a/file", OUTSIDE.value);
    await live.put("/app/a/foreign", OUTSIDE.value, { Description: "somebody else's" });
    await run(["drift", ...DEV, "--format", "json", "--detailed-exitcode"], 2);
    await run(["plan", ...DEV, "--out", "q.json", "--deep"], 0);
    await run(["apply", "q.json"], 1, "", { AWS_ACCESS_KEY_ID: "LIMITED" });
    await run(["plan", ...DEV], 1, "", { AWS_ACCESS_KEY_ID: "BLIND" });
    await live.put("/app/a/file", `${OUTSIDE.value}2`);
    await run(["apply", "q.json"], 4);
    project.write("configs/dev/main.json", {
      parameters: { ...PARAMETERS, "/app/a/foreign": { copy: "/dba/put" } },
    });
    await run(["plan", ...DEV, "--detailed-exitcode"], 3);

    const quoting = (body: string) =>
      JSON.stringify({ __type: "ValidationException", message: `in ${body}` });
    const echoes: [number, (body: string) => string][] = [
      [400, quoting],
      [400, (body) => JSON.stringify({ __type: JSON.parse(body).Value, message: body })],
      [200, (body) => `<html>${body}</html>`],
      [500, (body) => body.slice(0, -1)],
    ];
    for (const [index, [status, body]] of echoes.entries()) {
      gate.answer("PutParameter /app/a/file", status, body);
      const format = [["--format", "human"], ["--format", "json"], ["--json"]][index % 3] ?? [];
      const words = ["apply", ...DEV, "--auto-approve", "--target", "/app/a/file", ...format];
      await run(words, [1, 5]);
    }
    gate.answer("PutParameter /dba/put", 400, quoting);
    await run(["put", "/dba/put", ...DEV], 1, PUT.value);
    expectSilence([...ALL, { marker: made, value: made }]);
  });

  test("not in the write-ahead log of an embedded store that was killed", async () => {
    const project = await makeInitializedProject({
      parameters: PARAMETERS,
      values: { "/dba/file": IN_FILE.value, "/dba/put": PUT.value },
      environment: ENVIRONMENT,
    });
    const apply = project.start(["apply", ...DEV, "--auto-approve"], { env: VARIABLES });
    await apply.until("stderr", /\/dba\/file: Creation complete/);
    apply.kill("SIGKILL");
    await apply.finished;
    expectNoneInFiles(project, ALL, [VALUES_FILE]);
  });
});

test("a secret typed where a name belongs is not repeated", async () => {
  const { run, expectSilence } = listening(await makeInitializedProject({ parameters: PARAMETERS }));
  await run(["rollback", PUT.value, "--to-version", "1", ...DEV], 1);
  await run(["history", PUT.value, ...DEV], 1);
  await run(["undelete", PUT.value, ...DEV], 1);
  await run(["put", PUT.value, ...DEV], 1);
  expectSilence([PUT]);
});

describe.concurrent("what is public shows, whatever the secrets are", () => {
  test("a secret that equals a part of a name, a region or a word of ours damages no plan and is not betrayed", async () => {
    const schema = JSON.parse((await makeProject().run(["schema", "plan"])).stdout);
    const words = new Set(JSON.stringify(schema).match(/[A-Za-z_]{8,}/g));
    const secrets = [
      "data-changer",
      "us-east-1",
      "123456789012",
      "SecureString",
      "platform",
      "internal",
      "alias/owner",
    ];
    const values = Object.fromEntries(
      [...secrets, ...words].map((value, index) => [`/dba/s${index}`, value]),
    );
    const project = makeProject({
      parameters: {
        ...Object.fromEntries(Object.keys(values).map((name) => [name, {}])),
        "/app/data-changer/host": { value: "db.internal.example" },
        "/app/data-changer/pw": { copy: "/dba/s0" },
      },
      values,
    });
    await project.env("init");
    const { stdout: human } = await project.env("plan", ["--out", "p.json"]);
    const { stdout: bare } = await project.run(["show", "p.json"]);
    // `show` reads no value and so knows no secret: its text is what the plan has to look like.
    expect(human.startsWith(bare.slice(0, bare.indexOf("Fingerprint")).replace(/Plan: .*\n$/, ""))).toBe(
      true,
    );
    expect(human).toContain('+ value = "db.internal.example"');
    expect((await project.run(["verify", "p.json"])).code).toBe(0);
    expect((await project.run(["apply", "p.json"])).code).toBe(0);
  });

  test("a value under public shows before and after; others show neither", async () => {
    const project = await makeInitializedProject({
      parameters: { "/app/open/level": { type: "String" }, "/app/closed/level": { type: "String" } },
      values: { "/app/open/level": "verbose-dummy", "/app/closed/level": "hidden-dummy" },
      environment: { public: ["/app/open/**"] },
    });
    await project.env("apply", ["--auto-approve"]);
    project.write(VALUES_FILE, { "/app/open/level": "terse-dummy", "/app/closed/level": "covert-dummy" });
    const { stdout } = await project.env("plan");
    expect(stdout).toContain('~ value   = "verbose-dummy" -> "terse-dummy"');
    expect(stdout).not.toMatch(/hidden-dummy|covert-dummy/);
  });

  test("a plan is not saved where a foreign text quotes a secret: it could not be applied", async () => {
    const server = await startLocalServer();
    const values = { "/dba/file": IN_FILE.value };
    const environment = { store: servedBy(server.url) };
    const project = makeProject({ parameters: { "/dba/file": {} }, values, environment });
    await project.env("init");
    await server.inRegion("eu-west-1").put("/dba/file", OUTSIDE.value, { Description: IN_FILE.value });
    project.write("configs/dev/main.json", {
      parameters: { "/dba/file": {} },
      adopt: [{ name: "/dba/file" }],
    });
    const plan = await project.env("plan", ["--out", "p.json"]);
    expect(plan).toMatchObject({ code: 1, stdout: "" });
    expect(plan.stderr).toContain("error: the plan is not saved: a text in it holds the value of a secret\n");
    expectNoneInFiles(project, [IN_FILE, OUTSIDE], [VALUES_FILE]);
    for (const format of ["human", "markdown", "html", "json"]) {
      const { stdout } = await project.env("plan", ["--format", format]);
      expect([format, foundIn(stdout, [IN_FILE, OUTSIDE])]).toEqual([format, []]);
    }
  });
});
