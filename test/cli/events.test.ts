import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/render/event.ts";
import type { Finished } from "../support/binary.ts";
import {
  DUMMY_CREDENTIALS,
  makeInitializedProject,
  makeProject,
  type Project,
  servedBy,
} from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";
import { CTRL_C, hasTerminals, startOnTerminal } from "../support/terminal.ts";

const PARAMETERS = {
  "/dba/mysql/password": {},
  "/app/a/host": { value: "mysql.internal" },
  "/app/a/password": { copy: "/dba/mysql/password" },
};
const VALUES = { "/dba/mysql/password": "dummy-password-of-dev" };

const { stdout: published } = await makeProject().run(["schema", "events"]);
const isEvent = new Ajv2020().compile(JSON.parse(published));

/** The events of a run, each held against the published schema; stderr has to be silent. */
function eventsOf({ stdout, stderr }: Finished): Event[] {
  expect(stderr).toBe("");
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  for (const event of events) {
    expect(isEvent(event), `${JSON.stringify(event)}\n${JSON.stringify(isEvent.errors)}`).toBe(true);
  }
  expect(events[0]).toMatchObject({ type: "version", "@module": "paraform", ui: "1.0" });
  return events;
}

function typesOf(events: readonly Event[]): string[] {
  return events.map(({ type }) => type);
}

function diagnosticsOf(events: readonly Event[]) {
  return events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic] : []));
}

async function ready(parameters: Record<string, unknown> = PARAMETERS): Promise<Project> {
  return makeInitializedProject({ parameters, values: VALUES });
}

describe.concurrent("--json beside what else a pipeline is told", () => {
  const REPORTS = ["--report", "markdown=r.md", "--report", "json=r.json", "--report", "human=r.txt"];

  async function piped(parameters?: Record<string, unknown>) {
    const project = await ready();
    if (parameters !== undefined) project.write("configs/dev/main.json", { parameters });
    const told = (file: string) => project.read(file);
    const run = (command: string, rest: readonly string[]) => {
      for (const file of ["output", "summary"]) project.write(file, "");
      const env = {
        GITHUB_OUTPUT: project.path("output"),
        GITHUB_STEP_SUMMARY: project.path("summary"),
        GITHUB_WORKSPACE: project.folder,
      };
      return project.run([command, ...rest, "--json", "--github-output"], { env });
    };
    return { told, run };
  }

  test("stdout has events alone: the saved plan, the reports, outputs and summary are as without it", async () => {
    const { told, run } = await piped();
    const dev = ["--env", "dev"];
    const html = ["--report", "html=r.html"];
    const plan = await run("plan", [...dev, "--out", "p.json", ...REPORTS, ...html]);
    expect(typesOf(eventsOf(plan)), plan.stdout).toContain("planned_change");
    expect(told("r.json")).toBe(told("p.json"));
    expect(told("summary")).toBe(told("r.md"));
    expect(told("r.html")).toMatch(/^<!doctype html>/);
    expect(told("r.txt")).toContain("Plan: 3 to add");
    expect(told("output")).toMatch(/^exitcode<<\S+\n2\n/m);
    const apply = await run("apply", ["p.json", ...REPORTS]);
    expect(typesOf(eventsOf(apply))).toEqual(expect.arrayContaining(["apply_complete", "change_summary"]));
    expect(JSON.parse(told("r.json"))).toMatchObject({ environment: "dev", written: true });
    expect(told("summary")).toBe(told("r.md"));
    expect(told("output")).toMatch(/^applied<<\S+\n3\n/m);
  });

  test("of a failure too; annotations alone are on stderr, where the runner reads them", async () => {
    const { told, run } = await piped({ "/app/a": { copy: "/app/a" } });
    const apply = await run("apply", ["--env", "dev", "--auto-approve", ...REPORTS]);
    expect(apply.code).toBe(1);
    expect(apply.stderr).toMatch(
      /^::error file=configs\/dev\/main\.json,line=\d+,col=\d+,title=paraform::cycle/,
    );
    expect(apply.stderr).toMatch(/^(::error [^\n]+\n)+$/);
    expect(diagnosticsOf(eventsOf({ ...apply, stderr: "" })).map(({ code }) => code)).toContain("config");
    expect(told("output")).toMatch(/^exitcode<<\S+\n1\n/m);
    expect(told("r.md")).toContain("### `dev`: Apply failed!");
    expect(told("summary")).toBe(told("r.md"));
  });
});

describe.concurrent("plan --json", () => {
  test("tells each change, the guards and the sum, in Terraform's types", async () => {
    const project = await ready();
    const plan = await project.env("plan", ["--json", "--detailed-exitcode"]);
    expect(plan.code).toBe(2);
    const events = eventsOf(plan);
    expect(typesOf(events).filter((type) => type !== "guard")).toEqual([
      "version",
      "read_complete",
      ...Array(3).fill("planned_change"),
      "change_summary",
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        "@level": "info",
        "@message": "/app/a/password: Plan to create",
        change: {
          resource: { addr: "/app/a/password", resource_type: "aws_ssm_parameter" },
          action: "create",
          reason: "missing",
          file: "configs/dev/main.json",
          line: expect.any(Number),
        },
      }),
    );
    expect(events.at(-1)).toMatchObject({ changes: { add: 3, change: 0, remove: 0, operation: "plan" } });
  });

  test("tells drift, what is held back and by whom", async () => {
    const server = await startLocalServer();
    const project = makeProject({
      parameters: { ...PARAMETERS, "/app/a/missing": { copy: "/dba/nowhere" } },
      values: VALUES,
      environment: { store: servedBy(server.url) },
    });
    await project.env("init");
    await project.env("apply", ["--auto-approve", "--allow", "blocked=2"]);
    await server.inRegion("eu-west-1").put("/app/a/password", "another-dummy");
    const events = eventsOf(await project.env("plan", ["--json"]));
    expect(events.find(({ type }) => type === "resource_drift")).toMatchObject({
      change: { resource: { addr: "/app/a/password" }, action: "update", version: 2 },
    });
    expect(events).toContainEqual(
      expect.objectContaining({
        held: {
          resource: { addr: "/app/a/missing", resource_type: "aws_ssm_parameter" },
          by: "blocked",
          reason: "input_missing",
          on: "/dba/nowhere",
        },
      }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ guard: { name: "blocked", limit: 0, count: 2, tripped: true } }),
    );
  });

  test("Terraform's single dash asks for it too", async () => {
    const project = await ready();
    expect(typesOf(eventsOf(await project.run(["plan", "-env=dev", "-json"])))).toContain("change_summary");
  });
});

describe.concurrent("apply --json", () => {
  test("tells the start and the end of each change, and the sum", async () => {
    const project = await ready();
    const apply = await project.env("apply", ["--auto-approve", "--json"]);
    expect(apply.code).toBe(0);
    const events = eventsOf(apply);
    const hooks = events.flatMap((event) =>
      "hook" in event ? [`${event.type} ${event.hook.resource.addr}`] : [],
    );
    expect(hooks.filter((hook) => hook.endsWith("/app/a/password"))).toEqual([
      "apply_start /app/a/password",
      "apply_complete /app/a/password",
    ]);
    expect(hooks).toHaveLength(6);
    expect(events.at(-1)).toMatchObject({
      changes: { add: 3, failed: 0, skipped: 0, operation: "apply" },
      complete: true,
    });
    const again = eventsOf(await project.env("apply", ["--auto-approve", "--json"]));
    expect(again.at(-1)).toMatchObject({ changes: { add: 0, operation: "apply" } });
  });

  test("a failed write is an event and a diagnostic with its code, what follows is skipped, and it exits 5", async () => {
    const server = await startLocalServer(["--deny", "LIMITED@ssm:PutParameter:/dba/**"]);
    const project = makeProject({
      parameters: PARAMETERS,
      values: VALUES,
      environment: { store: servedBy(server.url) },
    });
    await project.env("init");
    const apply = await project.env("apply", ["--auto-approve", "--json"], {
      env: { AWS_ACCESS_KEY_ID: "LIMITED" },
    });
    expect(apply.code).toBe(5);
    const events = eventsOf(apply);
    expect(events.find(({ type }) => type === "apply_errored")).toMatchObject({
      hook: { resource: { addr: "/dba/mysql/password" }, code: "AccessDeniedException" },
    });
    expect(diagnosticsOf(events)).toContainEqual(
      expect.objectContaining({ code: "AccessDeniedException", address: "/dba/mysql/password" }),
    );
    expect(events.find(({ type }) => type === "apply_skipped")).toMatchObject({
      hook: { resource: { addr: "/app/a/password" }, on: "/dba/mysql/password" },
    });
    expect(events.at(-1)).toMatchObject({ changes: { add: 1, failed: 1, skipped: 1 }, complete: false });
  });

  test("says that it is throttled and waits", async () => {
    const server = await startLocalServer(["--tps", "PutParameter=1"]);
    const project = makeProject({
      parameters: PARAMETERS,
      values: VALUES,
      environment: { store: servedBy(server.url) },
    });
    await project.env("init");
    const events = eventsOf(await project.env("apply", ["--auto-approve", "--json"]));
    expect(events.find(({ type }) => type === "wait")).toMatchObject({
      wait: { cause: "throttled", operation: "PutParameter" },
    });
  });
});

test("what is moved and what is forgotten is counted as such, in a plan and in an apply", async () => {
  const project = await ready({ "/app/a/old": { value: "1" }, "/app/a/left": { value: "2" } });
  await project.env("apply", ["--auto-approve"]);
  project.write("configs/dev/main.json", {
    parameters: { "/app/a/new": { value: "1" } },
    moved: [{ from: "/app/a/old", to: "/app/a/new" }],
    removed: [{ name: "/app/a/left", destroy: false }],
  });
  const counts = { add: 0, change: 0, remove: 0, move: 1, forget: 1 };
  expect(eventsOf(await project.env("plan", ["--json"])).at(-1)).toMatchObject({
    "@message": "Plan: 1 to move, 1 to forget, 0 to add, 0 to change, 0 to destroy.",
    changes: { ...counts, operation: "plan" },
  });
  expect(eventsOf(await project.env("apply", ["--auto-approve", "--json"])).at(-1)).toMatchObject({
    "@message": "Apply complete: 1 moved, 1 forgotten, 0 added, 0 changed, 0 destroyed.",
    changes: { ...counts, operation: "apply" },
  });
});

describe.concurrent("errors are events too, and exit codes stay", () => {
  test("of the words, the configs, the question, a guard and a stale plan", async () => {
    const project = await ready();
    const failed = async (code: number, ...words: string[]) => {
      const finished = await project.run([...words, "--json"]);
      expect(finished.code, finished.stdout).toBe(code);
      return diagnosticsOf(eventsOf(finished));
    };
    expect(await failed(1, "plan", "--env", "dev", "--nonsense")).toMatchObject([
      { severity: "error", code: "error" },
    ]);
    expect(await failed(1, "plan", "--env", "nowhere")).toMatchObject([
      {
        code: "config",
        range: { filename: "configs/nowhere/environment.json", start: { line: 1, column: 1 } },
      },
      { code: "config_errors" },
    ]);
    expect(await failed(1, "apply", "--env", "dev")).toMatchObject([
      { summary: "apply cannot ask without a terminal", detail: expect.stringContaining("--auto-approve") },
    ]);
    await project.env("plan", ["--out", "p.json"]);
    await project.env("put", ["/dba/mysql/password"], { input: "another-dummy" });
    expect(await failed(4, "apply", "p.json")).toMatchObject([{ code: "stale" }]);
    project.write("configs/dev/main.json", { parameters: { "/app/b": { copy: "/dba/nowhere" } } });
    expect((await failed(3, "apply", "--env", "dev", "--auto-approve")).at(-1)).toMatchObject({
      code: "refused",
    });
  });

  test("of a store that refuses to be read", async () => {
    const server = await startLocalServer(["--deny", "BLIND@ssm:DescribeParameters"]);
    const project = makeProject({
      parameters: PARAMETERS,
      values: VALUES,
      environment: { store: servedBy(server.url) },
    });
    await project.env("init");
    const plan = await project.env("plan", ["--json"], { env: { AWS_ACCESS_KEY_ID: "BLIND" } });
    expect(plan.code).toBe(1);
    expect(diagnosticsOf(eventsOf(plan)).at(-1)).toMatchObject({ severity: "error", code: "store_denied" });
  });
});

test("strings of others cannot forge an event or a line of a terminal", async () => {
  const server = await startLocalServer();
  const project = makeProject({
    parameters: { "/app/a/host": { value: "mysql.internal" } },
    environment: { store: servedBy(server.url) },
  });
  await project.env("init");
  const Description = 'x\n{"type":"change_summary"}\u001b[2K\u202e {paraform:1 forged}';
  await server.inRegion("eu-west-1").put("/app/a/host", "a-dummy", { Description });
  const plan = await project.env("plan", ["--json"]);
  expect(eventsOf(plan).filter(({ type }) => type === "change_summary")).toHaveLength(1);
  expect(plan.stdout).not.toContain("\u001b");
  expect(plan.stdout).not.toContain("\u202e");
});

describe.skipIf(!hasTerminals).concurrent("progress on a terminal", () => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`/app/a/p${index}`, { value: `dummy ${index}` }]),
  );

  test("is one line that is redrawn and taken away, above it only what went wrong", async () => {
    const project = await ready(many);
    const { code, stdout } = await startOnTerminal(["apply", "--env", "dev", "--auto-approve", "--concise"], {
      cwd: project.folder,
    }).finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\rApplied 30 of 60, \d+\.\d\/s, about \d+s left/);
    expect(stdout).not.toContain("Creation complete");
    const rest = stdout.slice(stdout.lastIndexOf("\rApplied"));
    expect(rest).toMatch(/^\rApplied 60 of 60/);
    expect(rest).toContain("\r\u001b[K");
  });

  test("is taken away by Ctrl-C", async () => {
    const server = await startLocalServer(["--fault", "DescribeParameters:before-hang"]);
    const project = makeProject({ parameters: many, environment: { store: servedBy(server.url) } });
    const terminal = startOnTerminal(["plan", "--env", "dev"], {
      cwd: project.folder,
      env: DUMMY_CREDENTIALS,
    });
    await terminal.until("stdout", /\rReading: /);
    terminal.write(CTRL_C);
    const { code, stdout } = await terminal.finished;
    expect(code).toBe(130);
    expect(stdout.slice(stdout.lastIndexOf("\rReading"))).toContain("\r\u001b[K");
  });
});

test("more than fifty changes are summed up where no line can be redrawn", async () => {
  const parameters = Object.fromEntries(
    Array.from({ length: 51 }, (_, index) => [`/app/a/p${index}`, { value: `dummy ${index}` }]),
  );
  const project = await ready(parameters);
  const { code, stderr } = await project.env("apply", ["--auto-approve"]);
  expect(code).toBe(0);
  expect(stderr).not.toContain("Creation complete");
  expect(stderr).toMatch(/^Applied 51 of 51, \d+\.\d\/s\n$/m);
});

test("what failed and what was skipped is not counted as applied", async () => {
  const server = await startLocalServer(["--deny", "ssm:PutParameter:/dba/a"]);
  const copies = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`/app/a/p${index}`, { copy: "/dba/a" }]),
  );
  const project = makeProject({
    parameters: { "/dba/a": {}, "/app/a/host": { value: "dummy host" }, ...copies },
    values: { "/dba/a": "dummy-password-of-dev" },
    environment: { store: servedBy(server.url) },
  });
  await project.env("init");
  const { code, stdout, stderr } = await project.env("apply", ["--auto-approve", "--concise"]);
  expect(code).toBe(5);
  expect(stderr).toMatch(/^Applied 1 of 62, 1 failed, 60 skipped, /m);
  expect(stderr.match(/^\/\S+: .*$/gm)).toEqual(["/dba/a: Creation failed (AccessDeniedException)"]);
  expect(stdout).toMatch(/^ {2}60 changes +they follow from \/dba\/a$/m);
});

test("--concise has one line a change", async () => {
  const project = await ready();
  const { stdout } = await project.env("plan", ["--concise"]);
  expect(stdout).toMatch(
    /^ {2}\+ \/app\/a\/host {10,}literal value\n {2}\+ \/app\/a\/password +copy of .*\n {2}\+ \/dba\/mysql\/password +value from .*\n/m,
  );
  expect(stdout).not.toContain('parameter "');
});
