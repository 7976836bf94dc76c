import { expect, test } from "vitest";
import { makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

// Scenarios A1 and A5 of Figgy's, by hand as its users do them: put, share, apply.

const DBA = "/dba/secrets/mysql/shared/data-changer";
const DC = "/app/data-changer/replicated/secrets/mysql";

const server = await startLocalServer();

async function ready(region: string, parameters: Record<string, unknown>): Promise<Project> {
  const environment = { store: servedBy(server.url, region), scopes: ["/dba/", "/app/", "/data/"] };
  const project = makeProject({ environment, parameters });
  expect((await project.env("init")).code).toBe(0);
  return project;
}

test.concurrent("A1: a secret that was put is shared: planned, copied under the replication key, and settled", async () => {
  const project = await ready("eu-west-1", {
    [`${DBA}/user`]: {},
    [`${DBA}/password`]: {},
  });
  const put = await project.env("put", [`${DBA}/password`], { input: "s3cr3t-dummy" });
  expect(put).toMatchObject({ code: 0, stdout: `${DBA}/password is written, version 1.\n` });
  await project.env("put", [`${DBA}/user`], { input: "user-dummy" });
  const share = await project.env("share", [`${DBA}/password`, `${DC}/password`, "--auto-approve"]);
  expect(share).toMatchObject({ code: 0, stderr: "" });

  const plan = JSON.parse((await project.env("plan", ["--format", "json"])).stdout);
  expect(plan.summary).toMatchObject({ add: 1, change: 0, destroy: 0, no_op: 2 });
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  expect((await project.env("get", [`${DC}/password`])).stdout).toBe("s3cr3t-dummy");
  const settled = JSON.parse((await project.env("plan", ["--format", "json", "--detailed-exitcode"])).stdout);
  expect(settled.summary).toMatchObject({ add: 0, change: 0, no_op: 3 });
  const copy = settled.resource_changes.find(
    ({ address }: { address: string }) => address === `${DC}/password`,
  );
  expect(copy.change.before).toMatchObject({ type: "SecureString", key_id: "alias/replication" });
});

test.concurrent("A5: a source that is shared is not deleted; once its destination is gone it may go", async () => {
  const source = "/data/t/p1";
  const destination = "/app/automated-test/dest/1";
  const project = await ready("eu-west-2", { [source]: {} });
  await project.env("put", [source], { input: "value-dummy" });
  expect((await project.env("share", [source, destination, "--auto-approve"])).code).toBe(0);
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  expect((await project.env("get", [destination])).stdout).toBe("value-dummy");

  // No longer declared, the source is still what the destination follows from.
  project.write("configs/dev/main.json", { parameters: { [destination]: { copy: source } } });
  const kept = JSON.parse((await project.env("plan", ["--delete", "--format", "json"])).stdout);
  expect(kept.summary).toMatchObject({ destroy: 0, no_op: 2 });

  project.write("configs/dev/main.json", { parameters: { [source]: {} } });
  expect((await project.env("apply", ["--delete", "--auto-approve"])).code).toBe(0);
  expect((await project.env("get", [destination])).stderr).toContain(`${destination} does not exist`);
  expect((await project.env("get", [source])).stdout).toBe("value-dummy");

  project.write("configs/dev/main.json", { parameters: { "/app/automated-test/other": { value: "1" } } });
  const gone = JSON.parse((await project.env("plan", ["--delete", "--format", "json"])).stdout);
  expect(gone.summary).toMatchObject({ add: 1, destroy: 1 });
});

test.concurrent("A5: a source that somebody deleted blocks what follows from it, by name", async () => {
  const source = "/data/t/p1";
  const destination = "/app/automated-test/dest/1";
  const project = await ready("eu-west-3", { [destination]: { copy: source } });
  const plan = JSON.parse((await project.env("plan", ["--format", "json"])).stdout);
  expect(plan.blocked).toContainEqual({ address: destination, reason: "input_missing", on: source });
});
