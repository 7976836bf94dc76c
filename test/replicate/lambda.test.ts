import { execFile } from "node:child_process";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { canary, foundIn } from "../canaries/canary.ts";
import { startProgram } from "../support/binary.ts";
import {
  ACCOUNT,
  DUMMY_CREDENTIALS,
  makeProject,
  scratchFolder,
  servedBy,
} from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

const SOURCES = { "/dba/user": canary("User"), "/dba/password": canary("Password") };
const PARAMETERS = {
  "/dba/user": {},
  "/dba/password": {},
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/url": { merge: ["${/dba/user:uri}", ":", "${/dba/password:uri}"] },
  "/app/a/new": { copy: "/dba/password" },
};

/** Builds the Lambda of a project's environment, beside which the SDK lies as in Lambda's own runtime. */
async function buildLambda(configs: string): Promise<string> {
  const folder = scratchFolder();
  const out = join(folder, "lambda");
  await run(process.execPath, [
    join(root, "scripts/build-replicator.mjs"),
    ...["--env", "dev", "--configs", configs, "--out", out],
  ]);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return out;
}

const INVOKE = `
import { readFileSync } from "node:fs";
const { handler } = await import("./index.mjs");
const answer = await handler(JSON.parse(readFileSync(0, "utf8")), { getRemainingTimeInMillis: () => Number(process.env.REMAINING) });
process.stdout.write("answer " + JSON.stringify(answer ?? null) + "\\n");
`;

function changed(name: string, region = "eu-west-1"): object {
  return {
    source: "aws.ssm",
    "detail-type": "Parameter Store Change",
    account: ACCOUNT,
    region,
    time: "2026-01-01T00:00:00Z",
    detail: { operation: "Update", name, type: "SecureString" },
  };
}

it("is built under 1 MB, starts, and replicates what it is told of without a value in its log", async () => {
  const server = await startLocalServer();
  const { "/app/a/new": _, ...first } = PARAMETERS;
  const values = Object.fromEntries(
    Object.entries(SOURCES).map(([name]) => [name, `first dummy of ${name}`]),
  );
  const project = makeProject({
    environment: { store: servedBy(server.url) },
    parameters: first,
    values,
  });
  expect((await project.env("init")).code).toBe(0);
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  project.write("configs/dev/main.json", { parameters: PARAMETERS });

  const lambda = await buildLambda(project.path("configs"));
  expect(statSync(join(lambda, "index.mjs")).size).toBeLessThan(1_000_000);
  const bundle = readFileSync(join(lambda, "bundle.json"), "utf8");
  expect(bundle).not.toContain(`"file":"/`);
  expect(bundle).not.toContain("first dummy");

  const store = server.inRegion("eu-west-1");
  for (const [name, { value }] of Object.entries(SOURCES)) await store.put(name, value);
  writeFileSync(join(lambda, "invoke.mjs"), INVOKE);
  const invoke = async (event: object, remaining = 60_000) => {
    const env = { ...DUMMY_CREDENTIALS, REMAINING: String(remaining) };
    const options = { cwd: lambda, env, input: JSON.stringify(event) };
    const { code, stdout, stderr } = await startProgram(process.execPath, ["invoke.mjs"], options).finished;
    expect(foundIn(stdout + stderr, Object.values(SOURCES))).toEqual([]);
    return { code, stdout };
  };
  const batch = {
    Records: [
      { messageId: "1", body: JSON.stringify(changed("/dba/password")) },
      { messageId: "2", body: SOURCES["/dba/user"].value },
      { messageId: "3", body: JSON.stringify(changed("/dba/user", "us-east-1")) },
    ],
  };
  const told = await invoke(batch);
  const counted = {
    environment: "dev",
    replication: "all",
    written: 2,
    failed: 0,
    withheld: 1,
    outdated: 0,
    waited: 0,
  };
  const [tally = ""] = told.stdout.split("\n").filter((line) => line.includes("_aws"));
  const names = ["written", "failed", "withheld", "outdated", "waited"];
  expect(JSON.parse(tally)).toEqual({
    level: "info",
    event: "tally",
    ...counted,
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: "paraform",
          Dimensions: [["environment", "replication"]],
          Metrics: names.map((Name) => ({ Name, Unit: Name === "waited" ? "Seconds" : "Count" })),
        },
      ],
    },
  });
  expect(told.stdout.replace(`${tally}\n`, "").split("\n")).toEqual([
    '{"level":"warn","event":"ignored","why":"unreadable"}',
    '{"level":"warn","event":"ignored","why":"foreign"}',
    '{"level":"info","event":"applied","environment":"dev","name":"/app/a/password","version":2}',
    '{"level":"info","event":"applied","environment":"dev","name":"/app/a/url","version":2}',
    '{"level":"warn","event":"withheld","environment":"dev","name":"/app/a/new","why":"absent"}',
    'answer {"batchItemFailures":[]}',
    "",
  ]);
  expect(await store.value("/app/a/password")).toBe(SOURCES["/dba/password"].value);
  expect(await store.value("/app/a/new")).toBeUndefined();

  const scheduled = { source: "aws.events", "detail-type": "Scheduled Event" };
  expect(await invoke(scheduled)).toMatchObject({ code: 0 });
  expect(await store.version("/app/a/password")).toBe(2);

  const late = { Records: [{ messageId: "1", body: JSON.stringify(changed("/dba/password")) }] };
  const cut = await invoke(late, 5_000);
  expect(cut.stdout).toContain('"message":"the time is up after 0 pages of metadata"');
  expect(cut.stdout).toContain('{"batchItemFailures":[{"itemIdentifier":"1"}]}');
});

it("is not built for an embedded store", async () => {
  const project = makeProject({ parameters: PARAMETERS });
  await expect(buildLambda(project.path("configs"))).rejects.toMatchObject({
    stderr: expect.stringMatching(/^(error: )?environment dev is on an embedded store/),
  });
});
