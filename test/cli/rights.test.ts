import { join } from "node:path";
import { expect, it } from "vitest";
import { makeProject, scratchFolder, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/app/a/host": { value: "db.internal" },
  "/app/a/password": { copy: "/dba/password" },
};

it("the planner's printed policies are enough for every command that only asks", async () => {
  const path = join(scratchFolder(), "store.db");
  const server = await startLocalServer(["--path", path]);
  const environment = { store: servedBy(server.url) };
  const project = makeProject({ parameters: PARAMETERS, environment });
  const stage = JSON.parse(project.read("configs/dev/environment.json")) as object;
  project.write("configs/stage/environment.json", { ...stage, environment: "stage", scopes: ["/stage/"] });
  project.write("configs/stage/main.json", { parameters: { "/stage/host": { value: "db.internal" } } });
  await server.inRegion("eu-west-1").put("/dba/password", "dummy-password", { KeyId: "alias/owner" });
  for (const args of [["init"], ["apply", "--auto-approve"]]) {
    expect(await project.env(args[0] ?? "", args.slice(1))).toMatchObject({ code: 0 });
  }
  expect(await project.run(["init", "--env", "stage"])).toMatchObject({ code: 0 });

  const policies = await Promise.all(
    ["dev", "stage"].map(async (env) => {
      const { stdout } = await project.run(["doctor", "--env", env, "--policy", "planner"]);
      return JSON.parse(stdout) as object;
    }),
  );
  project.write("identities.json", {
    principals: [{ accessKeyId: "PLANNER", arn: "arn:aws:iam::123456789012:role/planner", policies }],
  });
  const guarded = await startLocalServer(["--path", path, "--identities", project.path("identities.json")]);
  const as = (...args: string[]) =>
    project.run([...args, "--endpoint-url", guarded.url], { env: { AWS_ACCESS_KEY_ID: "PLANNER" } });

  const said = [
    [["plan", "--env", "dev"], "No changes."],
    [["audit", "--env", "dev"], ""],
    [["drift", "--env", "dev"], "No drift."],
    [["explain", "/app/a/password", "--env", "dev"], "/dba/password"],
    [["history", "/app/a/password", "--env", "dev"], "1"],
    [["compare", "dev", "stage"], ""],
    [["undelete", "--env", "dev"], ""],
  ] as const;
  for (const [args, text] of said) {
    const { code, stdout, stderr } = await as(...args);
    expect([args[0], code]).toEqual([args[0], 0]);
    expect(stderr).not.toContain("error");
    expect(stdout).toContain(text);
  }
  const refused = await as("get", "/app/a/password", "--env", "dev");
  expect(refused.code).toBe(1);
});
