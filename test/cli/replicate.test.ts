import { expect, test } from "vitest";
import { canary, foundIn } from "../canaries/canary.ts";
import { makeProject, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/user": {},
  "/dba/password": {},
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/url": { merge: ["${/dba/user:uri}", ":", "${/dba/password:uri}"] },
};
const VALUES = { "/dba/user": "first dummy user", "/dba/password": "first dummy password" };

/** An environment in sync on a server of its own; the sources are nobody's but the owner's from now on. */
async function inSync() {
  const server = await startLocalServer();
  const project = makeProject({
    environment: { store: servedBy(server.url) },
    parameters: PARAMETERS,
    values: VALUES,
  });
  expect((await project.env("init")).code).toBe(0);
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  return { project, store: server.inRegion("eu-west-1") };
}

test("replicate --once brings replicas up with their sources and says which, or that nothing was to do", async () => {
  const { project, store } = await inSync();
  const secret = canary("Once");
  await store.put("/dba/password", secret.value);
  const once = await project.env("replicate", ["--once"]);
  expect(once).toMatchObject({
    code: 0,
    stdout: "/app/a/password: replicated, version 2\n/app/a/url: replicated, version 2\n",
  });
  expect(foundIn(once.stdout + once.stderr, [secret])).toEqual([]);
  expect(await store.value("/app/a/password")).toBe(secret.value);
  expect(await project.env("replicate", ["--once"])).toEqual({
    code: 0,
    stdout: "",
    stderr: "Nothing to replicate: every copy and merge that is here is as its sources.\n",
  });
});

test("replicate --once says what it leaves to a reviewed plan, writes the rest, and exits as apply does for that", async () => {
  const { project, store } = await inSync();
  await store.put("/app/a/url", "dummy of a meddler", { Description: "" });
  await store.put("/dba/password", "second dummy password");
  expect(await project.env("replicate", ["--once"])).toMatchObject({
    code: 3,
    stdout:
      "/app/a/password: replicated, version 2\n/app/a/url: bears no stamp of ours: apply adopts it where the config says so\n",
  });
});

test("replicate --watch follows until SIGTERM, which ends it cleanly", async () => {
  const { project, store } = await inSync();
  const watch = project.start(["replicate", "--env", "dev", "--watch", "--interval", "1"]);
  await watch.until("stderr", /Replicating dev every 1 s\.\n/);
  await store.put("/dba/user", "second dummy user");
  await watch.until("stdout", /\/app\/a\/url: replicated, version 2\n/);
  watch.kill("SIGTERM");
  expect((await watch.finished).code).toBe(0);
  expect(await store.value("/app/a/url")).toBe("second+dummy+user:first+dummy+password");
});

test("replicate takes one of --once and --watch", async () => {
  const project = makeProject();
  const { code, stderr } = await project.env("replicate");
  expect([code, stderr]).toEqual([1, expect.stringContaining("replicate takes one of --once and --watch")]);
});

test("local --replicate follows the changes of the store that it serves", async () => {
  const project = makeProject({ parameters: PARAMETERS, values: VALUES });
  const secret = canary("Local");
  const local = project.start([
    "local",
    "--port",
    "0",
    "--region",
    "eu-west-1",
    "--replicate",
    "--env",
    "dev",
  ]);
  const [, url = ""] = await local.until("stdout", /on (http:\S+)\n/);
  await local.until("stderr", /Replicating dev from changed sources\.\n/);
  const config = JSON.parse(project.read("configs/dev/environment.json")) as object;
  project.write("configs/dev/environment.json", { ...config, store: servedBy(url) });
  expect((await project.env("init")).code).toBe(0);
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  project.write("configs/dev/values.json", { ...VALUES, "/dba/password": secret.value });
  project.write("secret", secret.value);
  const put = await project.run(["put", "/dba/password", "--env", "dev", "--file", "secret"]);
  expect([put.code, put.stderr]).toEqual([0, expect.any(String)]);
  await local.until("stderr", /"applied","environment":"dev","name":"\/app\/a\/url","version":2/);
  const get = await project.run(["get", "/app/a/password", "--env", "dev"]);
  expect(get.stdout).toBe(secret.value);
  local.kill("SIGTERM");
  const { code, stdout, stderr } = await local.finished;
  expect(code).toBe(0);
  expect(foundIn(stdout + stderr, [secret])).toEqual([]);
});

test("local --replicate finds at its start what changed while nobody replicated", async () => {
  const project = makeProject({ parameters: PARAMETERS, values: VALUES });
  const place = ["local", "--port", "0", "--region", "eu-west-1", "--path", "served.db"];
  const alone = project.start(place);
  const [, url = ""] = await alone.until("stdout", /on (http:\S+)\n/);
  const config = JSON.parse(project.read("configs/dev/environment.json")) as object;
  project.write("configs/dev/environment.json", { ...config, store: servedBy(url) });
  expect((await project.env("init")).code).toBe(0);
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  project.write("configs/dev/values.json", { ...VALUES, "/dba/user": "second dummy user" });
  project.write("user", "second dummy user");
  expect((await project.run(["put", "/dba/user", "--env", "dev", "--file", "user"])).code).toBe(0);
  alone.kill("SIGTERM");
  await alone.finished;
  const replicating = project.start([...place, "--replicate", "--env", "dev"]);
  await replicating.until("stderr", /"applied","environment":"dev","name":"\/app\/a\/url","version":2/);
  replicating.kill("SIGTERM");
  expect((await replicating.finished).code).toBe(0);
});

test("local --replicate serves its environment's own store, and follows what other processes write to it", async () => {
  const project = makeProject({ parameters: PARAMETERS, values: VALUES });
  const local = project.start(["local", "--port", "0", "--replicate", "--env", "dev"]);
  await local.until("stderr", /What other processes write to \.paraform\/dev\.db is followed too\.\n/);
  expect((await project.env("init")).code).toBe(0);
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  project.write("configs/dev/values.json", { ...VALUES, "/dba/user": "second dummy user" });
  project.write("user", "second dummy user");
  expect((await project.run(["put", "/dba/user", "--env", "dev", "--file", "user"])).code).toBe(0);
  await local.until("stderr", /"applied","environment":"dev","name":"\/app\/a\/url","version":2/);
  local.kill("SIGTERM");
  expect((await local.finished).code).toBe(0);
  expect(project.read(".paraform/.gitignore")).toBe("*\n");
  expect((await project.env("get", ["/app/a/url"])).stdout).toBe("second+dummy+user:first+dummy+password");
});

test("local --replicate needs an environment", async () => {
  const { code, stderr } = await makeProject().run(["local", "--port", "0", "--replicate"]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("--replicate and --env go together")]);
});
