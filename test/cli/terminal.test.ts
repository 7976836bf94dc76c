import { describe, expect, test } from "vitest";
import { makeInitializedProject, type Project } from "../support/binary-project.ts";
import {
  CTRL_C,
  CTRL_D,
  ENTER,
  hasTerminals,
  startAfterALine,
  startOnTerminal,
} from "../support/terminal.ts";

if (!hasTerminals) console.warn("skipped: python3 is not there to give these tests a terminal");

const QUESTION = /Only 'yes' will be accepted to approve\.\s+Enter a value: /;
const TYPED = "typed-dummy-keystrokes";

async function ready(environment: Record<string, unknown> = {}): Promise<Project> {
  return makeInitializedProject({
    parameters: { "/dba/password": {}, "/app/a/password": { copy: "/dba/password" } },
    environment,
    ...("sources" in environment ? {} : { values: { "/dba/password": "dummy-password-of-dev" } }),
  });
}

function apply({ folder: cwd }: Project, ...rest: string[]) {
  return startOnTerminal(["apply", "--env", "dev", ...rest], { cwd });
}

async function isApplied(project: Project): Promise<boolean> {
  return (await project.env("plan", ["--detailed-exitcode"])).code === 0;
}

describe.skipIf(!hasTerminals).concurrent("the question of apply", () => {
  test("yes applies, after the plan was shown in colour", async () => {
    const project = await ready();
    const terminal = apply(project);
    await terminal.until("stdout", QUESTION);
    terminal.write(`yes${ENTER}`);
    const { code, stdout } = await terminal.finished;
    expect(code).toBe(0);
    expect(stdout.indexOf("2 to add")).toBeLessThan(stdout.indexOf("Do you want to perform"));
    expect(stdout).toContain("\u001b[");
    expect(stdout).toContain("Parameters: 2 added, 0 changed, 0 destroyed.");
  });

  test.each([
    ["anything else", `y${ENTER}`, 1, "Apply cancelled."],
    ["Enter", ENTER, 1, "Apply cancelled."],
    ["Ctrl-D", CTRL_D, 1, "Apply cancelled."],
    ["Ctrl-C", CTRL_C, 130, "interrupted, nothing was written"],
  ])("%s writes nothing", async (_, typed, exitCode, says) => {
    const project = await ready();
    const before = project.files();
    const terminal = apply(project);
    await terminal.until("stdout", QUESTION);
    terminal.write(typed);
    const { code, stdout } = await terminal.finished;
    expect({ code, says: stdout.includes(says) }).toEqual({ code: exitCode, says: true });
    expect(project.files()).toEqual(before);
  });

  test("is not answered by a yes that was typed before the plan was there to be read", async () => {
    const project = await ready();
    const before = project.files();
    const terminal = startAfterALine(["apply", "--env", "dev"], { cwd: project.folder });
    terminal.write(`start${ENTER}yes${ENTER}`);
    await terminal.until("stdout", QUESTION);
    terminal.write(ENTER);
    const { code, stdout } = await terminal.finished;
    expect({ code, cancelled: stdout.includes("Apply cancelled.") }).toEqual({ code: 1, cancelled: true });
    expect(project.files()).toEqual(before);
  });

  test("is not asked where nothing is to do", async () => {
    const project = await ready();
    await project.env("apply", ["--auto-approve"]);
    const { code, stdout } = await apply(project).finished;
    expect(code).toBe(0);
    expect(stdout).not.toContain("Do you want");
  });

  test("NO_COLOR leaves no escape sequence on a terminal either", async () => {
    const project = await ready();
    const { stdout } = await startOnTerminal(["plan", "--env", "dev"], {
      cwd: project.folder,
      env: { NO_COLOR: "1" },
    }).finished;
    expect(stdout).toContain("2 to add");
    expect(stdout).not.toContain("\u001b[");
  });
});

describe.skipIf(!hasTerminals).concurrent("a value that is asked for", () => {
  const asking = { sources: [{ kind: "prompt" }] };

  test("is asked for after approval, never shown, and written with what follows from it", async () => {
    const project = await ready(asking);
    expect((await project.env("plan")).stdout).toContain("(asked for at apply)");
    const terminal = apply(project);
    await terminal.until("stdout", QUESTION);
    terminal.write(`yes${ENTER}`);
    await terminal.until("stdout", /Value of \/dba\/password:/);
    terminal.write(`${TYPED}${ENTER}`);
    await terminal.until("stdout", /The same again:/);
    terminal.write(`${TYPED}${ENTER}`);
    const { code, stdout } = await terminal.finished;
    expect(code).toBe(0);
    for (const half of [TYPED.slice(0, 8), TYPED.slice(-8)]) expect(stdout).not.toContain(half);
    expect(await isApplied(project)).toBe(true);
  });

  test("is asked for by put; Ctrl-C there writes nothing", async () => {
    const project = await ready();
    const before = project.files();
    const put = () => startOnTerminal(["put", "/dba/password", "--env", "dev"], { cwd: project.folder });
    const interrupted = put();
    await interrupted.until("stdout", /Value of \/dba\/password:/);
    interrupted.write(`half-a-dummy${CTRL_C}`);
    expect((await interrupted.finished).code).toBe(130);
    expect(project.files()).toEqual(before);
    const terminal = put();
    await terminal.until("stdout", /Value of \/dba\/password:/);
    terminal.write(`${TYPED}${ENTER}`);
    await terminal.until("stdout", /The same again:/);
    terminal.write(`${TYPED}${ENTER}`);
    const { code, stdout } = await terminal.finished;
    expect(code).toBe(0);
    expect(stdout).toContain("/dba/password is written, version 1.");
    expect(stdout).not.toContain(TYPED);
  });

  test("is not what was typed before it was asked for, nor half a line of that", async () => {
    const project = await ready();
    const terminal = startAfterALine(["put", "/dba/password", "--env", "dev"], { cwd: project.folder });
    terminal.write(`start${ENTER}a-dummy-too-early${ENTER}half-a-dummy`);
    await terminal.until("stdout", /Value of \/dba\/password:/);
    terminal.write(`${TYPED}${ENTER}`);
    await terminal.until("stdout", /The same again:/);
    terminal.write(`${TYPED}${ENTER}`);
    const { code, stdout } = await terminal.finished;
    expect(code, stdout).toBe(0);
    expect((await project.env("get", ["/dba/password"])).stdout).toBe(TYPED);
  });

  test("is not put where the two that were typed differ", async () => {
    const project = await ready();
    const before = project.files();
    const terminal = startOnTerminal(["put", "/dba/password", "--env", "dev"], { cwd: project.folder });
    await terminal.until("stdout", /Value of \/dba\/password:/);
    terminal.write(`${TYPED}${ENTER}`);
    await terminal.until("stdout", /The same again:/);
    terminal.write(`${TYPED.slice(1)}${ENTER}`);
    const { code, stdout } = await terminal.finished;
    expect(code).toBe(1);
    expect(stdout).toContain("the two values differ, and none was written");
    expect(project.files()).toEqual(before);
  });

  test("Ctrl-C while it is asked for writes nothing, not even the lock", async () => {
    const project = await ready(asking);
    const before = project.files();
    const terminal = apply(project, "--auto-approve");
    await terminal.until("stdout", /Value of \/dba\/password:/);
    terminal.write(CTRL_C);
    const { code, stdout } = await terminal.finished;
    expect(code).toBe(130);
    expect(stdout).toContain("error:");
    expect(project.files()).toEqual(before);
  });
});
