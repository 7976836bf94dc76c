import { describe, expect, test } from "vitest";
import { makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { type Gate, openGate, startLocalServer } from "../support/local-server.ts";

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
