import { join } from "node:path";
import { expect, it } from "vitest";
import { makeProject, type Project, scratchFolder, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/app/a/password": { copy: "/dba/password" },
};
const PRINCIPALS = ["planner", "applier", "initializer", "replicator-all", "owner-all", "service-a"];
/** As whom an onlooker calls. */
const ONLOOKER = "DUMMY";

const split = (printed: string) => printed.split(/^(?=\{)/m).map((text) => JSON.parse(text) as object);

async function guarded(project: Project, path: string, policies: ReadonlyMap<string, readonly object[]>) {
  const principals = [...policies].map(([who, documents]) => ({
    accessKeyId: who === "owner-all" ? ONLOOKER : who,
    arn: `arn:aws:iam::123456789012:role/paraform-dev-${who}`,
    policies: documents,
  }));
  project.write("identities.json", { principals });
  return startLocalServer(["--path", path, "--identities", project.path("identities.json")]);
}

/** Each principal's policy: as nobody, who may do everything, or from a guarded store as the principal itself. */
async function printed(project: Project, guardedUrl?: string) {
  const print = (who: string) => {
    if (guardedUrl === undefined) return project.env("doctor", ["--policy", who]);
    const env = { AWS_ACCESS_KEY_ID: who === "owner-all" ? ONLOOKER : who };
    return project.env("doctor", ["--endpoint-url", guardedUrl, "--policy", who], { env });
  };
  return Promise.all(PRINCIPALS.map(async (who) => [who, await print(who)] as const));
}

it("every principal prints its own policy, which holds by the keys' aliases where it may not describe them", async () => {
  const path = join(scratchFolder(), "store.db");
  const server = await startLocalServer(["--path", path]);
  const project = makeProject({
    parameters: PARAMETERS,
    environment: { store: servedBy(server.url) },
  });
  await project.env("init");
  const byArn = new Map<string, object[]>();
  for (const [who, { code, stdout, stderr }] of await printed(project)) {
    expect([who, code, stderr]).toEqual([who, 0, ""]);
    byArn.set(who, split(stdout));
  }

  const first = await guarded(project, path, byArn);
  const byAlias = new Map<string, object[]>();
  for (const [who, { code, stdout, stderr }] of await printed(project, first.url)) {
    expect([who, code]).toEqual([who, 0]);
    if (who === "planner") {
      expect(stderr).toBe(
        "warning: kms:DescribeKey is denied on alias/paraform, so the policy tells keys by their aliases\n" +
          "  hint: whoever may move an alias changes what it allows; ask with a right to kms:DescribeKey for the ARNs\n",
      );
    }
    expect([who, stderr === ""]).toEqual([who, who === "initializer"]);
    byAlias.set(who, split(stdout));
  }

  const second = await guarded(project, path, byAlias);
  const as = (who: string, command: string, rest: readonly string[] = []) =>
    project.env(command, ["--endpoint-url", second.url, ...rest], { env: { AWS_ACCESS_KEY_ID: who } });
  const owner = second.inRegion("eu-west-1");
  await owner.put("/dba/password", "dummy-password", { KeyId: "alias/owner" });
  await expect(owner.put("/dba/password", "dummy", { KeyId: "alias/replication" })).rejects.toThrow(
    "not authorized to perform: kms:Encrypt",
  );
  expect(await as("planner", "plan")).toMatchObject({ code: 0 });
  expect(await as("applier", "apply", ["--auto-approve"])).toMatchObject({ code: 0 });
  expect(await as("service-a", "get", ["/app/a/password"])).toMatchObject({ stdout: "dummy-password" });
  expect(await as("planner", "get", ["/app/a/password"])).toMatchObject({ code: 1 });
}, 180_000);
