import { describe, expect, test } from "vitest";
import { run } from "../support/binary.ts";
import { ACCOUNT, DUMMY_CREDENTIALS, makeProject, servedBy } from "../support/binary-project.ts";
import { openGate, startLocalServer } from "../support/local-server.ts";
import { expectOneError } from "./one-error.ts";

const PARAMETERS = { "/dba/password": {}, "/app/a/password": { copy: "/dba/password" } };
const VALUES = { "/dba/password": "dummy-password-of-dev" };

describe.concurrent("an endpoint that is none", async () => {
  const rules = {
    resets: "before-reset",
    // Each hanging call takes the ten seconds of its time-out, so only the last of the four that are sent does.
    hangs: "4:before-hang",
    html: "before-html",
    half: "before-truncated",
    fails: "before-500",
    expired: "error=ExpiredTokenException",
    strange: "error=SomethingNeverHeardOf",
  };
  const server = await startLocalServer(
    [...Object.entries(rules), ["hangs", "1-3:before-reset"]].flatMap(([name, fault]) => [
      "--fault",
      `GetParameter@/paraform/${name}/**:${fault}`,
    ]),
  );

  test.each<[keyof typeof rules, RegExp]>([
    ["resets", /GetParameter failed: the connection broke off \(ECONNRESET\)/],
    ["hangs", /GetParameter failed: no answer came in time \(ETIMEDOUT\)/],
    [
      "html",
      /GetParameter failed: what answered is not AWS \(UnreadableAnswer\)\n {2}hint: check the endpoint/,
    ],
    ["half", /GetParameter failed: the connection broke off \(ECONNRESET\)/],
    ["fails", /GetParameter failed: the service itself failed \(InternalServerError\)/],
    [
      "expired",
      /GetParameter failed: the AWS credentials have expired \(ExpiredTokenException\)\n {2}hint: log in again/,
    ],
    [
      "strange",
      /GetParameter failed: the store refused it, .+ \(UnknownError\)\n {2}hint: check the endpoint/,
    ],
  ])("%s", async (name, message) => {
    const gate = await openGate(server.url);
    const environment = { store: servedBy(gate.url) };
    const project = makeProject({ name, environment, parameters: PARAMETERS, values: VALUES });
    expectOneError(await project.env("apply", ["--auto-approve"]), message);
    expect(gate.writes).toEqual([]);
  });

  test("refuses connections", async () => {
    const project = makeProject({ environment: { store: servedBy("http://127.0.0.1:1") } });
    expectOneError(
      await project.env("init"),
      /GetCallerIdentity failed: nothing listens there \(ECONNREFUSED\)\n {2}hint: start what serves the endpoint/,
    );
  });

  test("is in clear, carries a password, or is no URL: refused before any call, not repeated", async () => {
    const project = makeProject({ environment: { store: servedBy(server.url) } });
    for (const url of ["http://store.example", "https://me:dummy-word@store.example", "dummy-word"]) {
      const { code, stdout, stderr } = await project.env("plan", ["--endpoint-url", url]);
      expect({ url, code, stdout }).toEqual({ url, code: 1, stdout: "" });
      expect(stderr).toMatch(/^error: the endpoint .+\n {2}hint: /);
      expect(stderr).not.toContain("dummy-word");
    }
  });

  test("no credentials at all", async () => {
    const { folder } = makeProject({ environment: { store: servedBy(server.url) } });
    expectOneError(
      await run(["init", "--env", "dev"], { cwd: folder }),
      /GetCallerIdentity failed: there are no AWS credentials, or their session is over \(CredentialsProviderError\)\n {2}hint: log in \(aws sso login\), set AWS_PROFILE/,
    );
  });

  test("a profile beside keys: the SDK's own advice is not printed", async () => {
    const { folder } = makeProject({ environment: { store: servedBy(server.url) } });
    const env = { AWS_PROFILE: "nobody", ...DUMMY_CREDENTIALS };
    expectOneError(
      await run(["init", "--env", "dev"], { cwd: folder, env }),
      /^error: GetCallerIdentity failed: there are no AWS credentials/,
    );
  });

  test("a saved plan of an endpoint that apply is not given: it says so before anything fails", async () => {
    const environment = { store: { ...servedBy(server.url), endpoint: "http://127.0.0.1:1" } };
    const project = makeProject({ name: "apart", environment, parameters: PARAMETERS, values: VALUES });
    const there = ["--endpoint-url", server.url];
    expect((await project.env("init", there)).code).toBe(0);
    expect((await project.env("plan", [...there, "--out", "p.json"])).code).toBe(0);
    const apart = await project.run(["apply", "p.json"]);
    expect(apart.code).toBe(1);
    expect(apart.stderr).toMatch(
      /^Warning: The plan was made at another endpoint than is called now: .*--endpoint-url gives it\.\n/,
    );
    expect(apart.stderr).toContain("nothing listens there (ECONNREFUSED)");
    const together = await project.run(["apply", "p.json", ...there]);
    expect(together.code).toBe(0);
    expect(together.stderr).not.toContain("another endpoint");
  });

  test("another account than the config says", async () => {
    const gate = await openGate(server.url);
    const wrong = { store: servedBy(gate.url, "eu-west-1", "999999999999") };
    const project = makeProject({
      name: "moved",
      environment: wrong,
      parameters: PARAMETERS,
      values: VALUES,
    });
    expectOneError(
      await project.env("init"),
      new RegExp(`is account 999999999999, these credentials are of ${ACCOUNT}`),
    );
    const environment = JSON.parse(project.read("configs/moved/environment.json"));
    const write = (store: unknown) =>
      project.write("configs/moved/environment.json", { ...environment, store });
    write(servedBy(gate.url));
    expect((await project.env("init")).code).toBe(0);
    const writes = gate.writes.length;
    write(wrong.store);
    expectOneError(await project.env("apply", ["--auto-approve"]), /999999999999/);
    write(servedBy(gate.url, "eu-west-2"));
    expectOneError(await project.env("apply", ["--auto-approve"]), /environment moved has no digest key/);
    expect(gate.writes).toHaveLength(writes);
  });
});
