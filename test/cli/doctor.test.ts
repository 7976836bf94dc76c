import { describe, expect, it } from "vitest";
import { makeInitializedProject, makeProject, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/app/a/password": { copy: "/dba/password" },
};

describe("doctor", () => {
  it("finds nothing missing after init, and says what it cannot try", async () => {
    const project = await makeInitializedProject({ parameters: PARAMETERS });
    const { code, stdout, stderr } = await project.env("doctor");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/✓ digest key: its id is \S+\n/);
    expect(stdout).toContain("✓ sources: of 1 sources 0 may be read, 0 not; 1 do not exist\n");
    expect(stdout).toContain("✓ kept copies: none is kept; ");
    expect(stdout).toContain("✓ throughput: the account has the default throughput, which apply paces to\n");
    expect(stdout).toContain("? write: ");
    expect(stdout).toMatch(/Nothing that a plan needs is missing\.\n$/);
  });

  it("names what is missing with its remedy, and ends with 1", async () => {
    const { code, stdout } = await makeProject({ parameters: PARAMETERS }).env("doctor");
    expect(code).toBe(1);
    expect(stdout).toContain(
      "✗ digest key: /paraform/dev/digest-key does not exist\n      hint: run paraform init --env dev once\n",
    );
  });

  it("tells a service from a planner", async () => {
    const server = await startLocalServer();
    const store = servedBy(server.url);
    const project = makeProject({ parameters: PARAMETERS, environment: { store } });
    await project.env("init");
    const printed = await project.env("doctor", ["--policy", "planner"]);
    expect([printed.code, printed.stderr]).toEqual([0, ""]);
    const policy = JSON.parse(printed.stdout) as { Statement: { Sid: string; Resource: string[] }[] };
    expect(policy.Statement.map(({ Sid }) => Sid)).toEqual([
      "ReadMetadata",
      "ReadHistory",
      "ReadDigestKey",
      "OpenDigestKeyWithParaform",
    ]);
    const service = JSON.parse((await project.env("doctor", ["--policy", "service-a"])).stdout) as object;

    project.write("identities.json", {
      principals: [
        { accessKeyId: "PLANNER", arn: "arn:aws:iam::123456789012:role/planner", policies: [policy] },
        { accessKeyId: "SERVICE", arn: "arn:aws:iam::123456789012:role/service", policies: [service] },
      ],
    });
    const guarded = await startLocalServer(["--identities", project.path("identities.json")]);
    const as = (who: string) =>
      project.env("doctor", ["--endpoint-url", guarded.url, "--format", "json"], {
        env: { AWS_ACCESS_KEY_ID: who },
      });
    const statesOf = async (who: string) => {
      const { stdout } = await as(who);
      const { identity, checks } = JSON.parse(stdout) as {
        identity: string;
        checks: { name: string; state: string }[];
      };
      return { who: identity, ...Object.fromEntries(checks.map(({ name, state }) => [name, state])) };
    };
    expect(await statesOf("SERVICE")).toMatchObject({
      who: "arn:aws:iam::123456789012:role/service",
      metadata: "missing",
      "digest key": "missing",
    });
    expect(await statesOf("PLANNER")).toMatchObject({
      metadata: "fine",
      history: "fine",
      sources: "untested",
      "kept copies": "untested",
      throughput: "untested",
    });
  });

  it("tells whether what leaves, what is kept and what supplies may be read", async () => {
    const project = await makeInitializedProject({
      parameters: { ...PARAMETERS, "/app/a/gone": { value: "1" }, "/app/a/going": { value: "2" } },
      values: { "/dba/password": "dummy-password" },
    });
    expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
    project.write("configs/dev/main.json", { parameters: { ...PARAMETERS, "/app/a/going": { value: "2" } } });
    expect((await project.env("apply", ["--auto-approve", "--delete"])).code).toBe(0);
    project.write("configs/dev/main.json", { parameters: PARAMETERS });
    const { stdout } = await project.env("doctor");
    expect(stdout).toContain("✓ kept copies: 1 are kept, and may be read\n");
    expect(stdout).toContain(
      "✓ leaving: of 1 that a plan may delete, move or forget 1 may be read, 0 not; 0 do not exist\n",
    );
  });

  it("lists the principals where one is asked for that there is not", async () => {
    const server = await startLocalServer();
    const project = makeProject({
      parameters: PARAMETERS,
      environment: { store: servedBy(server.url) },
    });
    const { code, stderr } = await project.env("doctor", ["--policy", "nobody"]);
    expect(code).toBe(1);
    expect(stderr).toContain("planner, applier, initializer, replicator-all, owner-all, service-a");
  });

  it("has no policy for an embedded store", async () => {
    const { code, stderr } = await makeProject().env("doctor", ["--policy", "planner"]);
    expect([code, stderr.split("\n")[0]]).toEqual([
      1,
      "error: environment dev lies in an embedded store, which has no policies",
    ]);
  });
});
