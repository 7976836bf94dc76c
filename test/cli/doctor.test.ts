import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeInitializedProject, makeProject, scratchFolder, servedBy } from "../support/binary-project.ts";
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
    expect(stdout).toContain("? sources: of 1 sources 0 may be read, 0 not; 1 do not exist, and whether ");
    expect(stdout).toContain("? kept copies: none is kept; ");
    expect(stdout).toContain("✓ throughput: the account has the default throughput, which apply paces to\n");
    expect(stdout).toMatch(/Nothing that a plan needs is missing; 9 things not tested\.\n$/);
  });

  it("names each right of an apply that cannot be tried, with the reason", async () => {
    const project = await makeInitializedProject({ parameters: PARAMETERS });
    const { stdout } = await project.env("doctor");
    for (const right of ["ssm:PutParameter", "ssm:AddTagsToResource", "ssm:DeleteParameter"]) {
      expect(stdout).toContain(`? ${right}: not tried, since that would `);
    }
    for (const right of ["kms:Encrypt", "kms:GenerateDataKey"]) {
      expect(stdout).toContain(`? ${right}: not tried: it is for Parameter Store alone`);
    }
    expect(stdout).toContain("? replicas: whether their values are denied is not tried");
  });

  it("counts the parameters of the account when it is asked to", async () => {
    const server = await startLocalServer();
    const elsewhere = server.inRegion("eu-west-1");
    for (const name of ["/dba/password", "/other/one", "two"]) await elsewhere.put(name, "dummy");
    await elsewhere.put("/other/large", "dummy", { Tier: "Advanced" });
    const project = makeProject({ parameters: PARAMETERS, environment: { store: servedBy(server.url) } });
    const room = "an account and region has room for 10,000 standard and 100,000 advanced parameters";
    const known = await project.env("doctor");
    expect(known.stdout).toContain("✓ metadata: 1 parameters are in scope\n");
    expect(known.stdout).toContain(`? quota: ${room}: at least 1 are taken, those in scope. --quota `);
    const counted = await project.env("doctor", ["--quota"]);
    expect(counted.stdout).toContain(`✓ quota: ${room}: 3 standard and 1 advanced are taken\n`);
  });

  it("names what is missing with its remedy, and ends with 1", async () => {
    const { code, stdout } = await makeProject({ parameters: PARAMETERS }).env("doctor");
    expect(code).toBe(1);
    expect(stdout).toContain(
      "✗ digest key: /paraform/dev/digest-key does not exist\n      hint: run paraform init --env dev once\n",
    );
  });

  it("tells a service from a planner", async () => {
    const path = join(scratchFolder(), "store.db");
    const server = await startLocalServer(["--path", path]);
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

    const mighty = { Statement: [{ Effect: "Allow", Action: ["ssm:*", "kms:Decrypt"], Resource: "*" }] };
    project.write("identities.json", {
      principals: [
        { accessKeyId: "PLANNER", arn: "arn:aws:iam::123456789012:role/planner", policies: [policy] },
        { accessKeyId: "SERVICE", arn: "arn:aws:iam::123456789012:role/service", policies: [service] },
        { accessKeyId: "MIGHTY", arn: "arn:aws:iam::123456789012:role/mighty", policies: [policy, mighty] },
      ],
    });
    const guarded = await startLocalServer(["--path", path, "--identities", project.path("identities.json")]);
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
      "alias/paraform": "untested",
    });
    expect(await statesOf("PLANNER")).toMatchObject({
      metadata: "fine",
      history: "fine",
      sources: "untested",
      "kept copies": "untested",
      throughput: "untested",
      "alias/paraform": "fine",
      "alias/owner": "untested",
      "direct use": "fine",
    });
    expect(await statesOf("MIGHTY")).toMatchObject({ "digest key": "fine", "direct use": "excess" });
    const printedFor = (who: string) =>
      project.env("doctor", ["--endpoint-url", guarded.url], { env: { AWS_ACCESS_KEY_ID: who } });
    expect((await printedFor("PLANNER")).stdout).toContain(
      "✓ alias/paraform: in use: it opens /paraform/dev/digest-key (kms:DescribeKey is denied",
    );
    const { stdout } = await printedFor("MIGHTY");
    expect(stdout).toContain("! direct use: kms:Decrypt is allowed without Parameter Store on alias/owner, ");
    expect(stdout).toMatch(
      /Nothing that a plan needs is missing; 1 thing too much; \d+ things not tested\.\n$/,
    );
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
    expect(stdout).toContain(
      "✓ kept copies: 1 are kept, and may be read, which an apply needs and a plan does not\n",
    );
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
