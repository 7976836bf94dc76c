import { describe, expect, test } from "vitest";
import { makeInitializedProject, makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { openGate, startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/mysql/password": {},
  "/app/a/host": { value: "mysql.internal" },
  "/app/a/password": { copy: "/dba/mysql/password" },
};
const VALUES = { "/dba/mysql/password": "dummy-password-of-dev" };
const NO_DELETES = { guards: { delete: { count: 0, percent: 100 } } };

const server = await startLocalServer([
  ...["--deny", "LIMITED@ssm:PutParameter:/app/a/password"],
  ...["--deny", "BLIND@ssm:DescribeParameters"],
]);

/** An environment on the local server, in a region that no other test uses. */
async function served(region: string, parameters: Record<string, unknown> = PARAMETERS): Promise<Project> {
  const environment = { store: servedBy(server.url, region) };
  const project = makeProject({ parameters, values: VALUES, environment });
  expect(await project.env("init")).toMatchObject({ code: 0, stderr: "" });
  return project;
}

async function embedded(environment: Record<string, unknown> = {}): Promise<Project> {
  return makeInitializedProject({ parameters: PARAMETERS, values: VALUES, environment });
}

describe.concurrent("0 and 2: changes are told only with --detailed-exitcode", () => {
  test("a plan, a saved plan, and nothing to do", async () => {
    const project = await embedded();
    expect((await project.env("plan", ["--out", "p.json"])).code).toBe(0);
    expect((await project.env("plan", ["--detailed-exitcode"])).code).toBe(2);
    expect((await project.run(["show", "p.json"])).code).toBe(0);
    expect((await project.run(["show", "p.json", "--detailed-exitcode"])).code).toBe(2);
    expect((await project.run(["verify", "p.json"])).stdout).toBe("The plan holds: 3 changes to apply.\n");
    expect((await project.run(["apply", "p.json"])).code).toBe(0);
    expect((await project.run(["verify", "p.json"])).stdout).toBe(
      "The plan holds: 0 changes to apply, 3 already done.\n",
    );
    expect((await project.env("plan", ["--detailed-exitcode"])).code).toBe(0);
  });

  test("drift", async () => {
    const project = await served("eu-north-1");
    await project.env("apply", ["--auto-approve"]);
    expect((await project.env("drift", ["--detailed-exitcode"])).code).toBe(0);
    await server.inRegion("eu-north-1").put("/app/a/host", "elsewhere.internal", { Type: "String" });
    const drift = await project.env("drift", ["--detailed-exitcode"]);
    expect(drift.code).toBe(2);
    expect(drift.stdout).toContain("/app/a/host");
    expect((await project.env("drift")).code).toBe(0);
  });

  test("an owner's own rotation is no drift, unless a source has the value", async () => {
    const project = await served("ca-central-1", { ...PARAMETERS, "/dba/mysql/root": {} });
    const live = server.inRegion("ca-central-1");
    const put = await project.env("put", ["/dba/mysql/root"], { input: "dummy-root-one" });
    expect(put.code).toBe(0);
    await project.env("apply", ["--auto-approve"]);
    await live.put("/dba/mysql/root", "dummy-root-two", { KeyId: "alias/owner" });
    const drift = await project.env("drift", ["--detailed-exitcode"]);
    expect(drift).toMatchObject({ code: 0, stdout: expect.stringContaining("No drift.") });
    expect(drift.stdout).toMatch(
      /1 value was changed by whoever owns it[^\n]*\n {4}\/dba\/mysql\/root {3}version/,
    );
    const document = JSON.parse((await project.env("drift", ["--format", "json"])).stdout);
    expect(document).toMatchObject({ drift: [], rotated: [{ address: "/dba/mysql/root" }] });
    expect((await project.env("plan")).stdout).toMatch(/its owner may change it, and nothing has to be done/);
    await live.put("/dba/mysql/root", "dummy-root-three", { KeyId: "alias/aws/ssm" });
    expect((await project.env("drift", ["--detailed-exitcode"])).code).toBe(2);
    expect((await project.env("plan")).stdout).toMatch(/more can read it: put it again with paraform put/);
    await live.put("/dba/mysql/root", "dummy-root-four", { KeyId: "alias/owner" });
    await live.put("/dba/mysql/password", "dummy-password-two");
    const supplied = await project.env("drift", ["--detailed-exitcode"]);
    expect(supplied).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("1 parameter of dev drifted"),
    });
  });

  test("drift of which all there is to tell is that parameters are not there", async () => {
    const project = await embedded();
    const drift = await project.env("drift", ["--detailed-exitcode"]);
    expect(drift.stdout).toContain("3 declared parameters are not there");
    expect(drift.code).toBe(2);
  });
});

test.concurrent("2: an audit without a report, wherever its options stand", async () => {
  const project = await embedded();
  for (const words of [
    ["audit", "--env", "nowhere"],
    ["--env", "nowhere", "audit"],
    ["--chdir", ".", "audit"],
    ["--color", "audit", "--env", "dev", "--unknown"],
  ]) {
    expect((await project.run(words)).code, words.join(" ")).toBe(2);
  }
  expect((await project.run(["--env", "audit", "drift"])).code).toBe(1);
});

describe.concurrent("1: nothing written", () => {
  test("a plan that could not be completed is shown, not saved, and no apply", async () => {
    const project = await served("eu-west-2");
    const blind = { env: { AWS_ACCESS_KEY_ID: "BLIND" } };
    const plan = await project.env("plan", ["--format", "json", "--out", "p.json"], blind);
    expect(plan.code).toBe(1);
    expect(JSON.parse(plan.stdout)).toMatchObject({ complete: false, applyable: false });
    expect(plan.stderr).toMatch(
      /^error: DescribeParameters failed: this identity may not do it \(AccessDeniedException\)\n {2}hint: .+\n$/,
    );
    expect(Object.keys(project.files())).not.toContain("p.json");
    const human = await project.env("plan", ["--report", "human=p.txt"], blind);
    expect(human.stderr).toBe(plan.stderr);
    expect(human.stdout).toContain("This plan is incomplete and cannot be applied");
    expect(human.stdout).not.toContain("DescribeParameters");
    expect(project.read("p.txt")).toContain("Error: DescribeParameters failed");
    const apply = await project.env("apply", ["--auto-approve"], blind);
    expect(apply).toMatchObject({ code: 1, stdout: "" });
  });

  test("init names the id for the config, and accepts no other key once it is there", async () => {
    const environment = { store: servedBy(server.url, "sa-east-1") };
    const project = makeProject({ environment });
    const pin = /: add "id": "[0-9a-f]{8}" to digestKey in configs\/dev\/environment\.json, so that no other/;
    expect((await project.env("init")).stdout).toMatch(pin);
    const pinned = { ...environment, digestKey: { kmsKey: "alias/paraform", id: "00000000" } };
    const other = makeProject({ environment: pinned });
    for (const rest of [[], ["--rekey"]]) {
      const refused = await other.env("init", rest);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toMatch(/^error: the digest key is [0-9a-f]{8}, the config names 00000000\n/);
    }
    expect(await server.inRegion("sa-east-1").version("/paraform/dev/digest-key")).toBe(1);
  });

  test("without a terminal apply needs a plan file or --auto-approve, and asks AWS nothing before it says so", async () => {
    const gate = await openGate(server.url);
    const project = makeProject({ parameters: PARAMETERS, environment: { store: servedBy(gate.url) } });
    const apply = await project.env("apply");
    expect(apply).toEqual({
      code: 1,
      stdout: "",
      stderr: "error: apply cannot ask without a terminal\n  hint: give it a saved plan, or --auto-approve\n",
    });
    expect(gate.requests).toEqual([]);
  });

  test("without a terminal nobody can be asked for a value, and nothing is written", async () => {
    const environment = { sources: [{ kind: "prompt" }] };
    const project = await makeInitializedProject({ parameters: PARAMETERS, environment });
    const before = project.files();
    const apply = await project.env("apply", ["--auto-approve"]);
    expect(apply.code).toBe(1);
    expect(apply.stderr).toContain(
      "error: the value of /dba/mysql/password has to be asked for and there is no terminal\n",
    );
    expect(project.files()).toEqual(before);
  });

  test("what shapes a plan is refused with a saved one, before it is even read", async () => {
    const project = makeProject();
    for (const flag of ["--delete", "--target=/a", "--expect=0"]) {
      const { code, stdout, stderr } = await project.run(["apply", flag, "p.json"]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(new RegExp(`^error: ${flag.split("=")[0]} cannot change a saved plan\n`));
    }
  });
});

describe.concurrent("3: refused", () => {
  test("by a guard, until exactly that many are allowed", async () => {
    const project = await embedded(NO_DELETES);
    await project.env("apply", ["--auto-approve"]);
    project.write("configs/dev/main.json", { parameters: { ...PARAMETERS, "/app/a/host": undefined } });
    expect((await project.env("plan", ["--detailed-exitcode"])).code).toBe(0);
    const planned = await project.env("plan", ["--delete", "--out", "p.json", "--detailed-exitcode"]);
    expect(planned.code).toBe(3);
    expect(planned.stdout).toContain(
      "! delete: 1 parameter destroyed, the limit is 0   to go on: --allow delete=1",
    );
    expect((await project.env("plan", ["--delete"])).code).toBe(0);
    const before = project.files();
    expect((await project.run(["verify", "p.json"])).code).toBe(3);
    const refused = await project.run(["apply", "p.json"]);
    expect(refused).toMatchObject({ code: 3, stdout: "" });
    expect(refused.stderr).toContain("hint: if exactly that is meant, add --allow delete=1\n");
    expect((await project.run(["apply", "p.json", "--allow", "delete=2"])).code).toBe(3);
    expect(project.files()).toEqual(before);
    const allowed = await project.run(["apply", "p.json", "--allow", "delete=1"]);
    expect(allowed.code).toBe(0);
    expect(allowed.stdout).toContain("0 added, 0 changed, 1 destroyed");
  });

  test("by a blocked parameter, until exactly that many are left out", async () => {
    const project = await embedded();
    project.write("configs/dev/values.json", {});
    expect((await project.env("plan")).code).toBe(0);
    expect((await project.env("plan", ["--detailed-exitcode"])).code).toBe(3);
    const refused = await project.env("apply", ["--auto-approve"]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("hint: if exactly that is meant, add --allow blocked=2\n");
    const allowed = await project.env("apply", ["--auto-approve", "--allow", "blocked=2"]);
    expect(allowed.code).toBe(0);
    expect(allowed.stdout).toContain("1 added");
  });

  test("by a conflict, whatever is allowed", async () => {
    const project = await embedded();
    await project.env("apply", ["--auto-approve"]);
    const environment = JSON.parse(project.read("configs/dev/environment.json"));
    project.write("configs/dev/environment.json", { ...environment, owner: "somebody-else" });
    project.write("configs/dev/main.json", { parameters: { "/app/a/host": { value: "mine.internal" } } });
    const refused = await project.env("apply", ["--auto-approve"]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/error: \/app\/a\/host is in conflict\n/);
  });
});

test.concurrent("3: what --allow leaves out has to be there", async () => {
  const project = await embedded();
  const { code, stdout, stderr } = await project.env("apply", ["--auto-approve", "--allow", "blocked=2"]);
  expect(code).toBe(3);
  expect(stdout).toContain(
    "cannot be applied as it is: nothing is blocked.\n    hint: leave --allow blocked=2 out",
  );
  expect(stderr).toContain("hint: leave --allow blocked out\n");
});

describe.concurrent("4: stale, nothing written", () => {
  test("the live store moved on", async () => {
    const project = await served("eu-west-3");
    const live = server.inRegion("eu-west-3");
    await project.env("apply", ["--auto-approve"]);
    project.write("configs/dev/values.json", { "/dba/mysql/password": "dummy-password-two" });
    await project.env("plan", ["--out", "p.json"]);
    await live.put("/app/a/password", "somebody-elses-dummy");
    for (const command of ["verify", "apply"]) {
      const stale = await project.run([command, "p.json"]);
      expect(stale).toMatchObject({ code: 4, stdout: "" });
      expect(stale.stderr).toMatch(
        /error: the plan is stale: .*\/app\/a\/password is at version 2 now; the plan updates version 1/,
      );
    }
    expect(await live.version("/dba/mysql/password")).toBe(1);
    expect((await project.run(["show", "p.json"])).code).toBe(0);
  });

  test("a supplied value or the config is another one", async () => {
    const project = await embedded();
    await project.env("plan", ["--out", "p.json"]);
    const before = project.files()[".paraform/dev.db"];
    project.write("configs/dev/values.json", { "/dba/mysql/password": "dummy-password-two" });
    expect((await project.run(["apply", "p.json"])).stderr).toMatch(/stale: .*\/dba\/mysql\/password/);
    project.write("configs/dev/values.json", VALUES);
    project.write("configs/dev/main.json", {
      parameters: { ...PARAMETERS, "/app/a/port": { value: "3306" } },
    });
    const stale = await project.run(["apply", "p.json"]);
    expect(stale).toMatchObject({ code: 4, stdout: "" });
    expect(stale.stderr).toContain(
      "/app/a/port would be created too now (missing); the plan leaves it alone",
    );
    expect(project.files()[".paraform/dev.db"]).toBe(before);
  });

  test("--expect takes the fingerprint that was reviewed and no other", async () => {
    const project = await embedded();
    const { fingerprint } = JSON.parse((await project.env("plan", ["--format", "json"])).stdout);
    const expecting = (words: string, ...rest: string[]) =>
      project.env("apply", ["--auto-approve", "--expect", words, ...rest]);
    const other = await expecting("0".repeat(32));
    expect(other.code).toBe(4);
    expect(other.stdout).toContain("Plan: 3 to add, 0 to change, 0 to destroy.");
    expect(other.stderr).toContain(
      `hint: it is ${fingerprint}: review this plan before you expect it (paraform plan --env dev shows it)\n`,
    );
    expect(await expecting("0".repeat(32), "--format", "json")).toMatchObject({ code: 4, stdout: "" });
    expect((await expecting(fingerprint)).code).toBe(0);
    const again = await expecting(fingerprint);
    expect(again.code).toBe(4);
    expect(again.stdout).toContain("No changes.");
    expect(again.stderr).toContain("hint: nothing is left to change, as after this apply has been done");
  });
});

describe.concurrent("5: stopped part-way", () => {
  test("what failed is named, the rest is done, and the same apply again finishes", async () => {
    const project = await served("eu-central-1");
    const live = server.inRegion("eu-central-1");
    await project.env("plan", ["--out", "p.json"]);
    const partial = await project.run(["apply", "p.json"], { env: { AWS_ACCESS_KEY_ID: "LIMITED" } });
    expect(partial.code).toBe(5);
    expect(partial.stdout).toContain("! /app/a/password: ");
    expect(partial.stdout).toMatch(
      /Parameters: 2 added, .* 1 failed, 0 skipped\.\nRun the same apply again to finish/,
    );
    const rest = await project.run(["apply", "p.json"]);
    expect(rest.code).toBe(0);
    expect(rest.stdout).toContain("2 changes had been made by an earlier run.");
    expect(await live.value("/app/a/password")).toBe(VALUES["/dba/mysql/password"]);
    for (const name of Object.keys(PARAMETERS)) expect(await live.version(name)).toBe(1);
  });

  test("where nothing at all was written it is 1", async () => {
    const project = await served("eu-central-2", { "/dba/mysql/password": {} });
    await project.env("apply", ["--auto-approve"]);
    project.write("configs/dev/main.json", { parameters: PARAMETERS });
    const failed = await project.env("apply", ["--auto-approve", "--target", "/app/a/password"], {
      env: { AWS_ACCESS_KEY_ID: "LIMITED" },
    });
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("Apply failed! Parameters: 0 added");
  });

  test("a write that is throttled is sent again and is no failure", async () => {
    const slow = await startLocalServer(["--tps", "PutParameter=1"]);
    const environment = { store: servedBy(slow.url) };
    const project = makeProject({ parameters: { "/app/a/host": { value: "a" } }, environment });
    expect((await project.env("init")).code).toBe(0);
    expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
    expect(await slow.inRegion("eu-west-1").version("/app/a/host")).toBe(1);
  });
});
