import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeProject, type Project, scratchFolder, servedBy } from "../support/binary-project.ts";
import { type Gate, type LocalServer, openGate, startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/a": {},
  "/dba/b": { generate: { type: "password" } },
  "/app/c": { copy: "/dba/b" },
};
const VALUES = { "/dba/a": "dummy-password-of-dev" };
const HELD = "PutParameter /dba/b";

const server = await startLocalServer();

/** An environment whose calls pass a gate, in a region that no other test uses. */
async function behindGate(region: string): Promise<{ project: Project; gate: Gate }> {
  const gate = await openGate(server.url);
  const project = makeProject({
    parameters: PARAMETERS,
    values: VALUES,
    environment: { store: servedBy(gate.url, region) },
  });
  expect((await project.env("init")).code).toBe(0);
  return { project, gate };
}

/** Everything is live, the copy equals its source, and no parameter was written twice. */
async function expectAppliedOnce(region: string): Promise<void> {
  const live = server.inRegion(region);
  expect(await live.value("/app/c")).toBe(await live.value("/dba/b"));
  for (const name of Object.keys(PARAMETERS)) expect([name, await live.version(name)]).toEqual([name, 1]);
}

describe.concurrent("an apply that is cut is finished by the same apply", () => {
  test.each([
    ["SIGINT", 130, "us-east-1"],
    ["SIGTERM", 143, "us-east-2"],
  ] as const)("%s: the write in flight ends, the lock is freed, exit %i", async (signal, code, region) => {
    const { project, gate } = await behindGate(region);
    await project.env("plan", ["--out", "p.json"]);
    const held = gate.hold(HELD);
    const apply = project.start(["apply", "p.json"]);
    const release = await held;
    apply.kill(signal);
    await apply.until("stderr", /Stopping: the write in flight is finished/);
    release();
    const cut = await apply.finished;
    expect(cut.code).toBe(code);
    expect(cut.stderr).toContain("/dba/b: Creation complete [version 1]\n");
    expect(cut.stdout).toMatch(/Parameters: 2 added, 0 changed, 0 destroyed; 0 failed, 1 skipped\./);
    const rest = await project.run(["apply", "p.json"]);
    expect(rest.code).toBe(0);
    expect(rest.stdout).toContain("2 changes had been made by an earlier run.");
    await expectAppliedOnce(region);
  });

  test("SIGKILL: what was done stays done, also what was not answered", async () => {
    const { project, gate } = await behindGate("us-west-1");
    await project.env("plan", ["--out", "p.json"]);
    const held = gate.hold(HELD);
    const apply = project.start(["apply", "p.json"]);
    const release = await held;
    apply.kill("SIGKILL");
    expect((await apply.finished).code).toBe(137);
    release();
    expect((await project.run(["apply", "p.json"])).code).toBe(0);
    await expectAppliedOnce("us-west-1");
  });

  test("SIGKILL without a plan file: the next apply resumes the run and makes nothing anew", async () => {
    const { project, gate } = await behindGate("us-west-2");
    const held = gate.hold(HELD);
    const apply = project.start(["apply", "--env", "dev", "--auto-approve"]);
    const release = await held;
    apply.kill("SIGKILL");
    await apply.finished;
    release();
    const generated = await server.inRegion("us-west-2").value("/dba/b");
    expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
    expect(await server.inRegion("us-west-2").value("/dba/b")).toBe(generated);
    await expectAppliedOnce("us-west-2");
  });
});

describe.concurrent("an apply that takes the place of one that was cut says so before it writes", () => {
  const cutIn = async (region: string) => {
    const { project, gate } = await behindGate(region);
    const held = gate.hold(HELD);
    const apply = project.start(["apply", "--env", "dev", "--auto-approve"]);
    const release = await held;
    apply.kill("SIGINT");
    await apply.until("stderr", /Stopping/);
    release();
    expect((await apply.finished).code).toBe(130);
    project.write("configs/dev/main.json", {
      parameters: { ...PARAMETERS, "/app/c": { copy: "/dba/b", description: "edited" } },
    });
    return project;
  };
  const LEFT =
    /the apply that began at 20\S+Z is not finished, up to 1 of its 3 changes is left, and this is another one: what that one regenerated may be regenerated again/;

  test("and how to finish that one first; once, for then it is forgotten", async () => {
    const project = await cutIn("eu-central-1");
    const { code, stderr } = await project.env("apply", ["--auto-approve"]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(LEFT)]);
    expect(stderr).toContain("hint: to finish it first, run it again with the configs, values and options");
    expect(stderr.search(LEFT)).toBeLessThan(stderr.indexOf("/app/c: Creat"));
    project.write("configs/dev/main.json", { parameters: PARAMETERS });
    const next = await project.env("apply", ["--auto-approve"]);
    expect([next.code, next.stderr]).toEqual([0, expect.not.stringContaining("is not finished")]);
  });

  test("with a saved plan, and as an event", async () => {
    const project = await cutIn("eu-north-1");
    await project.env("plan", ["--out", "q.json"]);
    const { code, stdout } = await project.run(["apply", "q.json", "--json"]);
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.filter((event) => event.type === "log")).toEqual([
      expect.objectContaining({
        "@level": "warn",
        "@message": expect.stringMatching(LEFT),
        code: "passed_over",
      }),
    ]);
  });

  test("not where the same apply finishes it", async () => {
    const project = await cutIn("eu-south-1");
    project.write("configs/dev/main.json", { parameters: PARAMETERS });
    const { code, stderr } = await project.env("apply", ["--auto-approve"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("Resuming the apply that began at")]);
    expect(stderr).not.toContain("is not finished");
  });
});

describe("a rotation of which one write is refused", () => {
  const ROTATE = ["--auto-approve", "--regenerate"];
  async function cutRotation(): Promise<{ project: Project; later: LocalServer }> {
    const database = ["--path", join(scratchFolder(), "store.db")];
    const [now, faulty, later] = await Promise.all([
      startLocalServer(database),
      startLocalServer([...database, "--fault", "PutParameter@/dba/b:every:error=AccessDeniedException"]),
      startLocalServer([...database, "--clock", "+25h"]),
    ]);
    const generate = { generate: { type: "password" } };
    const environment = { store: servedBy(now.url) };
    const project = makeProject({ parameters: { "/dba/a": generate, "/dba/b": generate }, environment });
    expect((await project.env("init")).code).toBe(0);
    expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
    const cut = await project.env("apply", [...ROTATE, "--endpoint-url", faulty.url]);
    expect([cut.code, cut.stdout]).toEqual([5, expect.stringContaining("/dba/a")]);
    return { project, later };
  }

  test("goes on with the same command, and names what it does not rotate again", async () => {
    const { project } = await cutRotation();
    const { code, stdout } = await project.env("apply", ROTATE);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\/dba\/a was written at 20\S+Z by the apply that is resumed, and is not regenerated again/,
    );
    expect(stdout).toContain("Parameters: 0 added, 1 changed");
  });

  test("is a new one a day later, and that is said before anything is written", async () => {
    const { project, later } = await cutRotation();
    const { code, stdout, stderr } = await project.env("apply", [...ROTATE, "--endpoint-url", later.url]);
    expect(code).toBe(0);
    expect(stdout).toContain("Parameters: 0 added, 2 changed");
    expect(stderr).toMatch(
      /up to 1 of its 2 changes is left, and a rotation is resumed for 24 hours only: what that one regenerated may be regenerated again\n {2}hint: to regenerate only what is left of it, name that: --regenerate=GLOB/,
    );
  });
});

describe.concurrent("6: one apply at a time", () => {
  test("the second is told who holds the lock and writes nothing; the first goes on", async () => {
    const { project, gate } = await behindGate("ca-central-1");
    const held = gate.hold(HELD);
    const first = project.start(["apply", "--env", "dev", "--auto-approve"]);
    const release = await held;
    const writes = gate.writes.length;
    const second = await project.env("apply", ["--auto-approve"]);
    expect(second.code).toBe(6);
    expect(second.stderr).toMatch(
      new RegExp(`error: environment dev is locked by .+ \\(process ${first.pid}\\)\n {2}hint: .+\n$`),
    );
    expect(gate.writes.length).toBe(writes);
    release();
    expect((await first.finished).code).toBe(0);
    await expectAppliedOnce("ca-central-1");
  });

  test("a plan needs no lock", async () => {
    const { project, gate } = await behindGate("sa-east-1");
    const held = gate.hold(HELD);
    const first = project.start(["apply", "--env", "dev", "--auto-approve"]);
    const release = await held;
    expect((await project.env("plan")).code).toBe(0);
    release();
    expect((await first.finished).code).toBe(0);
  });
});
