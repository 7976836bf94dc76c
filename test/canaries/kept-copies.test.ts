import { expect, test } from "vitest";
import { makeInitializedProject } from "../support/binary-project.ts";
import { canary, expectNoneInFiles, foundIn } from "./canary.ts";

const STATIC = canary("Kept");
const VALUES = "configs/dev/values.json";
const PARAMETERS = { "/dba/old": {}, "/dba/gone": {}, "/dba/given": {} };
const LIFE = {
  moved: [{ from: "/dba/old", to: "/dba/new" }],
  removed: [
    { name: "/dba/gone", destroy: true },
    { name: "/dba/given", destroy: false },
  ],
};

test("what is moved, forgotten, deleted, listed and missed again shows no byte of its value", async () => {
  const values = Object.fromEntries(Object.keys(PARAMETERS).map((name) => [name, STATIC.value]));
  const project = await makeInitializedProject({ parameters: PARAMETERS, values });
  const heard: string[] = [];
  const run = async (args: readonly string[], code: number): Promise<string> => {
    const finished = await project.run([...args]);
    heard.push(finished.stdout, finished.stderr);
    expect(finished.code, finished.stderr).toBe(code);
    return finished.stdout + finished.stderr;
  };
  const dev = ["--env", "dev"];
  await run(["apply", ...dev, "--auto-approve"], 0);
  project.write("configs/dev/main.json", { parameters: { "/dba/new": {} }, ...LIFE });
  project.write(VALUES, {});
  expect(await run(["explain", "/dba/new", ...dev], 0)).toMatch(/planned +move \(moved, from \/dba\/old\)/);
  await run(["plan", ...dev, "--delete", "--out", "p.json", "--format", "json"], 0);
  await run(["show", "p.json", "--verbose"], 0);
  await run(["apply", "p.json", "--format", "json"], 0);
  expect(await run(["undelete", ...dev], 0)).toMatch(/^\/dba\/gone +until \S+Z\n\/dba\/old +until \S+Z\n/);
  expect(await run(["undelete", "/dba/never", ...dev], 1)).toContain("no copy of /dba/never is kept");
  expect(await run(["undelete", "/dba/new", ...dev], 1)).toContain("nothing is written over it");
  project.write("configs/dev/main.json", { parameters: { "/dba/new": {}, "/dba/gone": {} } });
  expect(await run(["plan", ...dev], 0)).toContain("paraform undelete /dba/gone --env dev");
  expect(foundIn(heard.join("\n"), [STATIC])).toEqual([]);
  expectNoneInFiles(project, [STATIC], []);
});

test("--purge says that it keeps nothing, also with a saved plan", async () => {
  const project = await makeInitializedProject({
    parameters: { "/dba/gone": {}, "/dba/here": {} },
    values: { "/dba/gone": STATIC.value, "/dba/here": STATIC.value },
  });
  await project.env("apply", ["--auto-approve"]);
  project.write("configs/dev/main.json", { parameters: { "/dba/here": {} } });
  await project.env("plan", ["--delete", "--out", "p.json"]);
  const { code, stderr } = await project.run(["apply", "p.json", "--purge"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("No copy is kept of what is deleted")]);
  const { stdout } = await project.env("undelete");
  expect(stdout).toBe("No copies are kept: nothing was deleted in the last 30 days.\n");
});
