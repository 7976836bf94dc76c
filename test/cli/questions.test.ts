import { expect, test } from "vitest";
import { makeInitializedProject, makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/url": { merge: ["x://", "${/app/a/password:uri}"] },
};

async function applied(
  values: Record<string, string> = { "/dba/password": "first-dummy" },
): Promise<Project> {
  const project = await makeInitializedProject({ parameters: PARAMETERS, values });
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  return project;
}

test.concurrent("history tells plan, hand and outsider apart, and no value", async () => {
  const project = await applied();
  const { fingerprint } = JSON.parse(
    (await project.env("apply", ["--auto-approve", "--format", "json"])).stdout,
  );
  await project.env("put", ["/dba/password"], { input: "second-dummy" });
  const { stdout } = await project.env("history", ["/dba/password", "--format", "json"]);
  const { versions } = JSON.parse(stdout);
  expect(versions).toMatchObject([
    {
      version: 1,
      written_by: "ours",
      rule: "static",
      plan: expect.stringMatching(/^[0-9a-f]{32}$/),
      labels: [],
    },
    { version: 2, written_by: "ours", rule: "static", plan: null },
  ]);
  expect(versions[0].plan).not.toBe(fingerprint);
  const human = await project.env("history", ["/dba/password"]);
  expect(human.stdout).toMatch(
    /^\/dba\/password: 2 versions kept\n {2}2 .* static, put by hand\n {2}1 .* static, plan /,
  );
  expect(human.stdout).not.toContain("dummy");
  expect(await project.env("history", ["/dba/nowhere"])).toMatchObject({ code: 1, stdout: "" });
  const own = await project.env("history", ["/paraform/dev/lock"]);
  expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining("paraform's own parameters") });
});

test.concurrent("a rollback is planned, shown, applied as reviewed, and seen in the history", async () => {
  const project = await applied();
  project.write("configs/dev/values.json", { "/dba/password": "second-dummy" });
  await project.env("apply", ["--auto-approve"]);
  const refused = await project.env("rollback", ["/dba/password", "--to-version", "1"]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("is not rolled back: its value comes from file configs/dev/values.json\n");
  project.write("configs/dev/values.json", {});
  const plan = await project.env("rollback", ["/dba/password", "--to-version", "1", "--out", "back.json"]);
  expect(plan.code).toBe(0);
  expect(plan.stdout).toContain("\nRollback of /dba/password to version 1, with what follows from it\n");
  expect(plan.stdout).not.toContain("--target");
  expect(plan.stdout).toContain("# (rolled back)\n  # (value from version 1)");
  expect(plan.stdout).toContain("Plan: 0 to add, 3 to change, 0 to destroy.");
  const apply = await project.run(["apply", "back.json"]);
  expect(apply.code, apply.stderr).toBe(0);
  expect((await project.run(["apply", "back.json"])).stdout).toContain("Nothing is left to do");
  const history = JSON.parse((await project.env("history", ["/dba/password", "--format", "json"])).stdout);
  expect(history.versions.at(-1)).toMatchObject({
    version: 3,
    written_by: "ours",
    plan: JSON.parse(project.read("back.json")).fingerprint,
    same_value_as: 1,
  });
  expect(history.versions[1]).not.toHaveProperty("same_value_as");
  expect((await project.env("history", ["/dba/password"])).stdout).toMatch(
    /\n {2}3 .* static, plan [0-9a-f]{32}, same value as version 1\n/,
  );
  expect((await project.env("plan", ["--detailed-exitcode"])).code).toBe(0);
  const copy = await project.env("rollback", ["/app/a/url", "--to-version", "1"]);
  expect(copy.stderr).toContain("hint: roll back its source: /dba/password\n");
});

test.concurrent("explain names every reader, and who changed it last by which plan", async () => {
  const project = await applied();
  const { stdout } = await project.env("explain", ["/dba/password"]);
  expect(stdout).toMatch(
    /followers +-> \/app\/a\/password \(copy, at configs\/dev\/main\.json:\d+\)\n +-> \/app\/a\/url \(merge, at/,
  );
  expect(stdout).toMatch(/read by +\/app\/a \(service\), \/dba \(owner\)\n/);
  expect(stdout).toMatch(
    /live +version 1 of \S+ by \S+, owner platform, as paraform wrote it with plan [0-9a-f]{32}\n/,
  );
});

test.concurrent("explain of a name that is moved away says where to, and that it goes", async () => {
  const project = await applied();
  const { "/app/a/url": _, ...rest } = PARAMETERS;
  project.write("configs/dev/main.json", {
    parameters: { ...rest, "/app/b/url": PARAMETERS["/app/a/url"] },
    moved: [{ from: "/app/a/url", to: "/app/b/url" }],
  });
  const asked = async () => (await project.env("explain", ["/app/a/url"])).stdout;
  const told = await asked();
  expect(told).toMatch(/declared +moved, at configs\/dev\/main\.json:\d+\n/);
  expect(told).toMatch(/planned +delete \(moved to \/app\/b\/url\)\n/);
  expect(told).toMatch(/read by +\/app\/a \(service\)\n/);
  const file = JSON.parse(project.read("configs/dev/environment.json"));
  project.write("configs/dev/environment.json", { ...file, protect: ["/app/a/**"] });
  expect(await asked()).toMatch(/planned +no-op \(its move to \/app\/b\/url is refused\)\n/);
});

test.concurrent("drift honours what is ignored, and says that a deleted parameter leaves no trace", async () => {
  const server = await startLocalServer();
  const environment = { store: servedBy(server.url) };
  const project = makeProject({
    parameters: PARAMETERS,
    values: { "/dba/password": "first-dummy" },
    environment,
  });
  await project.env("init");
  await project.env("apply", ["--auto-approve"]);
  await server.inRegion("eu-west-1").put("/app/a/password", "another-dummy");
  const drifted = async () => JSON.parse((await project.env("drift", ["--format", "json"])).stdout);
  expect(await drifted()).toMatchObject({
    drift: [{ address: "/app/a/password", version_stamped: 1, version_live: 2 }],
    absent: [],
  });
  const { "/app/a/password": _, ...rest } = PARAMETERS;
  const declared = { ...rest, "/app/a/url": { merge: ["x://", "${/dba/password:uri}"] }, "/app/a/new": {} };
  project.write("configs/dev/main.json", { parameters: declared });
  const file = JSON.parse(project.read("configs/dev/environment.json"));
  project.write("configs/dev/environment.json", { ...file, ignore: ["/app/a/password"] });
  expect(await drifted()).toMatchObject({ drift: [], absent: ["/app/a/new"] });
  expect((await project.env("drift")).stdout).toMatch(
    /1 declared parameter is not there: deleted or never applied/,
  );
});

/** Scenario A34: dev has five, stage three; each environment has a store, a digest key and a name of its own. */
async function devAndStage(): Promise<Project> {
  const project = await makeInitializedProject();
  const environment = JSON.parse(project.read("configs/dev/environment.json"));
  const shared = {
    "/app/${STAGE}/password": {},
    "/app/${STAGE}/key": { generate: { type: "password" } },
    "/app/${STAGE}/host": { value: "mysql.internal" },
  };
  project.write("configs/common/shared.json", { parameters: shared });
  for (const name of ["dev", "stage"]) {
    project.write(`configs/${name}/environment.json`, {
      ...environment,
      environment: name,
      configs: ["../common/*.json", "./own.json"],
      variables: { STAGE: name },
      sources: [{ kind: "file", path: "values.json" }],
    });
    project.write(`configs/${name}/values.json`, {
      [`/app/${name}/password`]: `dummy-of-${name}`,
      "/dba/one": "the same dummy",
      "/dba/two": "two dummy",
    });
  }
  project.write("configs/dev/own.json", { parameters: { "/dba/one": {}, "/dba/two": {} } });
  project.write("configs/stage/own.json", { parameters: { "/dba/one": {} } });
  await project.run(["init", "--env", "stage"]);
  for (const name of ["dev", "stage"]) {
    expect((await project.run(["apply", "--env", name, "--auto-approve"])).code).toBe(0);
  }
  return project;
}

test.concurrent("compare tells what the other environment lacks and what differs, and reveals nothing", async () => {
  const project = await devAndStage();
  const human = await project.run(["compare", "dev", "stage", "--detailed-exitcode"]);
  expect(human.code, human.stderr).toBe(2);
  expect(human.stdout).toBe(
    [
      "dev and stage: 1 missing, 1 different, 1 different by design and 2 the same",
      "  - /dba/two                                  missing in stage",
      "  ~ /app/dev/password = /app/stage/password   different",
      "    /app/dev/key = /app/stage/key             different by design: each is generated",
      "",
    ].join("\n"),
  );
  const { stdout } = await project.run(["compare", "stage", "dev", "--format", "json"]);
  expect(stdout).not.toContain("dummy");
  expect(JSON.parse(stdout)).toMatchObject({
    environments: ["stage", "dev"],
    parameters: expect.arrayContaining([
      { first: null, second: "/dba/two", status: "extra", by: null },
      { first: "/dba/one", second: "/dba/one", status: "same", by: "value" },
      { first: "/app/stage/host", second: "/app/dev/host", status: "same", by: "value" },
    ]),
  });
  expect(await project.run(["compare", "dev", "dev"])).toMatchObject({ code: 1, stdout: "" });
});

test.concurrent("compare says whose each problem is", async () => {
  const server = await startLocalServer([]);
  const project = makeProject({ parameters: { "/app/x": { value: "x" } } });
  const file = JSON.parse(project.read("configs/dev/environment.json"));
  const stage = { ...file, environment: "stage", store: servedBy("http://127.0.0.1:1") };
  project.write("configs/stage/environment.json", stage);
  project.write("configs/stage/main.json", { parameters: { "/app/x": { value: "x" } } });
  project.write("configs/dev/environment.json", { ...file, store: servedBy(server.url) });
  expect((await project.env("init")).code).toBe(0);
  const unreachable = await project.run(["compare", "dev", "stage"]);
  expect(unreachable.stderr).toMatch(/^error: \w+ in stage failed: nothing listens there \(ECONNREFUSED\)\n/);

  project.write("configs/common/all.json", {
    parameters: { "/app/${WHERE}/y": { value: "y" }, "/app/z": { copy: "no-name" } },
  });
  const both = ["./main.json", "../common/all.json"];
  const variables = { WHERE: "dev" };
  project.write("configs/dev/environment.json", { ...file, configs: both, variables });
  project.write("configs/stage/environment.json", { ...stage, configs: both, ownr: "x" });
  const broken = await project.run(["compare", "dev", "stage"]);
  const summaries = broken.stderr.split("\n").filter((line) => /^configs\//.test(line));
  expect(summaries.map((line) => line.replace(/:\d+:\d+: /, ": ")).sort()).toEqual([
    "configs/common/all.json: this source is no parameter name: a name begins with a slash",
    "configs/common/all.json: variable WHERE is not defined (in stage)",
    'configs/stage/environment.json: unknown key "ownr"',
  ]);
});

test.concurrent("compare says what it may not read, instead of guessing", async () => {
  const server = await startLocalServer(["--deny", "LIMITED@kms:Decrypt:alias/owner"]);
  const project = makeProject({
    parameters: { "/dba/password": {} },
    values: { "/dba/password": "a-dummy" },
  });
  const file = JSON.parse(project.read("configs/dev/environment.json"));
  for (const [name, region] of [
    ["dev", "eu-west-1"],
    ["stage", "eu-west-2"],
  ] as const) {
    const environment = { ...file, environment: name, store: servedBy(server.url, region) };
    project.write(`configs/${name}/environment.json`, environment);
    project.write(`configs/${name}/main.json`, { parameters: { "/dba/password": {} } });
    project.write(`configs/${name}/values.json`, { "/dba/password": "a-dummy" });
    await project.run(["init", "--env", name]);
    await project.run(["apply", "--env", name, "--auto-approve"]);
  }
  const compare = (key: string) =>
    project.run(["compare", "dev", "stage", "--format", "json"], { env: { AWS_ACCESS_KEY_ID: key } });
  const statuses = async (key: string) =>
    JSON.parse((await compare(key)).stdout).parameters.map(({ status }: { status: string }) => status);
  expect(await statuses("DUMMY")).toEqual(["same"]);
  expect(await statuses("LIMITED")).toEqual(["unknown"]);
});
