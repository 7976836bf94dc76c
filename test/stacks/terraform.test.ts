import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { expect, onTestFinished, test, vi } from "vitest";
import { hasMoto, startMoto } from "../support/moto.ts";
import { missingTerraform, terraform } from "../support/terraform.ts";
import { CONTEXT, synthesizeInto } from "./synthesized.ts";

vi.setConfig({ testTimeout: 600_000 });

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** moto's own account: the provider refuses any other than the config's. */
const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const SERVICES = ["cloudwatch", "cloudwatchlogs", "events", "iam", "kms", "lambda", "sns", "sqs", "sts"];

const canApply = hasMoto && missingTerraform === "";
/** The provider waits 25 seconds for each queue and for what needs it, whatever the server: minutes in all. */
const isPatient = process.env.SLOW !== undefined;

if (!hasMoto) console.warn("SKIPPED: moto_server is not on the PATH, so no stack was applied");
else if (!isPatient)
  console.warn("SKIPPED: no stack was applied to moto, which takes minutes; SLOW=1 does it");

test.skipIf(missingTerraform !== "")("Terraform finds a whole stack valid", async () => {
  const stacks = synthesizeInto(ROOT);
  onTestFinished(() => stacks.remove());
  const { folder } = stacks.stack("prod");
  await terraform(folder, "init", "-backend=false");
  const { stdout } = await terraform(folder, "validate");
  expect(stdout).toContain("The configuration is valid");
});

test.skipIf(!canApply || !isPatient)("Terraform applies keys and roles to moto and destroys them", () =>
  applyAndDestroy(false),
);

test.skipIf(!canApply || !isPatient)("Terraform applies a whole stack to moto and destroys it", () =>
  applyAndDestroy(true),
);

async function applyAndDestroy(built: boolean): Promise<void> {
  const moto = await startMoto();
  onTestFinished(() => moto.stop());
  // Only what is to be retired can be destroyed.
  const retiring = ["app", "dba", "paraform", "replication"].map((name) => `alias/prod-${name}`);
  const stacks = synthesizeInto(ROOT, { ...CONTEXT, retiring: { prod: retiring } }, { built });
  onTestFinished(() => stacks.remove());
  const { folder, text } = stacks.stack("prod");
  writeFileSync(
    join(folder, "cdk.tf.json"),
    JSON.stringify(leadToMoto(JSON.parse(text.replaceAll("444455556666", ACCOUNT)), moto.endpoint)),
  );
  await knowGithub(moto.endpoint);

  await terraform(folder, "init");
  const applied = await terraform(folder, "apply", "-auto-approve", "-parallelism=40");
  expect(applied.stdout).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/);

  const credentials = { accessKeyId: "tester", secretAccessKey: "dummy" };
  const kms = new KMSClient({ endpoint: moto.endpoint, region: REGION, credentials });
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: "alias/prod-replication" }));
  expect(KeyMetadata?.Description).toBe("Parameters of prod: copies and merges");
  const state = readFileSync(join(folder, "terraform.prod.tfstate"), "utf8");
  expect(state).not.toContain("aws_ssm_parameter");

  const destroyed = await terraform(folder, "destroy", "-auto-approve", "-parallelism=40", "-refresh=false");
  expect(destroyed.stdout).toMatch(/Destroy complete! Resources: \d+ destroyed/);
}

/** The stack as it is, but for where the provider's calls go. */
function leadToMoto(stack: { provider: { aws: object[] } }, endpoint: string): object {
  const [aws] = stack.provider.aws;
  const endpoints = Object.fromEntries(SERVICES.map((service) => [service, endpoint]));
  const access = { access_key: "DUMMY", secret_key: "dummy", skip_metadata_api_check: "true" };
  return { ...stack, provider: { aws: [{ ...aws, ...access, endpoints: [endpoints] }] } };
}

/** An account has one provider of GitHub's tokens, which the stacks look up. moto asks for no signature. */
async function knowGithub(endpoint: string): Promise<void> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=DUMMY/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=dummy`,
    },
    body: new URLSearchParams({
      Action: "CreateOpenIDConnectProvider",
      Version: "2010-05-08",
      Url: "https://token.actions.githubusercontent.com",
      "ClientIDList.member.1": "sts.amazonaws.com",
      "ThumbprintList.member.1": "0".repeat(40),
    }),
  });
  expect(answer.status).toBe(200);
}
