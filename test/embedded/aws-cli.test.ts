import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { serve } from "../../src/embedded/server.ts";
import { memoryEngine } from "./clients.ts";

const run = promisify(execFile);
const installed = spawnSync("aws", ["--version"], { stdio: "ignore" }).status === 0;
if (!installed) console.warn("SKIPPED: the aws CLI is not on the PATH, so it was not tried as a client");

test.skipIf(!installed)(
  "the aws CLI puts, reads, lists, labels, tags and deletes",
  async () => {
    const server = await serve(memoryEngine(), { port: 0 });
    onTestFinished(() => server.close());
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ACCESS_KEY_ID: "tester",
      AWS_SECRET_ACCESS_KEY: "dummy",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "1",
      AWS_PAGER: "",
    };
    const aws = async (service: string, ...args: string[]) => {
      const all = ["--endpoint-url", server.url, "--output", "json", service, ...args];
      const { stdout } = await run("aws", all, { env }).catch((error: { stderr: string }) => {
        throw new Error(error.stderr);
      });
      return stdout.trim() === "" ? {} : JSON.parse(stdout);
    };
    const ssm = (...args: string[]) => aws("ssm", ...args);

    expect(await aws("sts", "get-caller-identity")).toMatchObject({ Account: "123456789012" });
    expect(await aws("kms", "describe-key", "--key-id", "alias/dba")).toMatchObject({
      KeyMetadata: { Enabled: true },
    });
    const secure = ["--type", "SecureString", "--key-id", "alias/dba"];
    expect(
      await ssm(
        "put-parameter",
        "--name",
        "/dba/pw",
        "--value",
        "one €",
        ...secure,
        "--tags",
        "Key=team,Value=dba",
      ),
    ).toEqual({ Version: 1, Tier: "Standard" });
    expect(await ssm("put-parameter", "--name", "/dba/pw", "--value", "two", "--overwrite")).toMatchObject({
      Version: 2,
    });
    await expect(
      ssm("put-parameter", "--name", "/dba/pw", "--value", "three", "--type", "SecureString"),
    ).rejects.toThrow("(ParameterAlreadyExists)");
    const labelled = await ssm(
      "label-parameter-version",
      "--name",
      "/dba/pw",
      "--parameter-version",
      "1",
      "--labels",
      "old",
    );
    expect(labelled).toEqual({ InvalidLabels: [], ParameterVersion: 1 });
    expect(await ssm("get-parameter", "--name", "/dba/pw:old", "--with-decryption")).toMatchObject({
      Parameter: { Value: "one €", Version: 1, Selector: ":old" },
    });
    expect(await ssm("get-parameters", "--names", "/dba/pw", "/none")).toMatchObject({
      InvalidParameters: ["/none"],
    });
    expect(await ssm("get-parameters-by-path", "--path", "/dba", "--with-decryption")).toMatchObject({
      Parameters: [{ Name: "/dba/pw", Value: "two" }],
    });
    const filter = "Key=tag:team,Values=dba";
    expect(await ssm("describe-parameters", "--parameter-filters", filter)).toMatchObject({
      Parameters: [{ Name: "/dba/pw", KeyId: "alias/dba", Version: 2 }],
    });
    expect(await ssm("get-parameter-history", "--name", "/dba/pw", "--with-decryption")).toMatchObject({
      Parameters: [
        { Value: "one €", Labels: ["old"] },
        { Value: "two", Labels: [] },
      ],
    });
    const resource = ["--resource-type", "Parameter", "--resource-id", "/dba/pw"];
    await ssm("add-tags-to-resource", ...resource, "--tags", "Key=cost,Value=1");
    await ssm("remove-tags-from-resource", ...resource, "--tag-keys", "team");
    expect(await ssm("list-tags-for-resource", ...resource)).toEqual({
      TagList: [{ Key: "cost", Value: "1" }],
    });
    await ssm(
      "unlabel-parameter-version",
      "--name",
      "/dba/pw",
      "--parameter-version",
      "1",
      "--labels",
      "old",
    );
    await ssm("delete-parameter", "--name", "/dba/pw");
    await expect(ssm("get-parameter", "--name", "/dba/pw")).rejects.toThrow("(ParameterNotFound)");
  },
  120_000,
);
