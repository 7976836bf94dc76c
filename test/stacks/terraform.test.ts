import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { expect, onTestFinished, test, vi } from "vitest";
import { hasMoto, startMoto } from "../support/moto.ts";
import { missingTerraform, terraformIn } from "../support/terraform.ts";
import type { Resources } from "./project.ts";
import { CONTEXT, synthesizeInto } from "./synthesized.ts";

// The provider waits for what AWS takes its time over, whatever the server: 25 seconds for each queue.
vi.setConfig({ testTimeout: 600_000 });

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

if (!hasMoto) console.warn("SKIPPED: moto_server is not on the PATH, so no stack was applied");

test.skipIf(missingTerraform !== "")("Terraform finds a whole stack valid", async () => {
  const stacks = synthesizeInto(ROOT);
  onTestFinished(() => stacks.remove());
  const { folder } = stacks.stack("prod");
  const terraform = terraformIn(folder);
  await terraform("init", "-backend=false");
  const { stdout } = await terraform("validate");
  expect(stdout).toContain("The configuration is valid");
});

test.skipIf(missingTerraform !== "" || !hasMoto)(
  "Terraform applies a whole stack to moto as it was synthesized, and destroys it",
  async () => {
    // Only what is to be retired can be destroyed.
    const retiring = ["app", "dba", "paraform", "replication"].map((name) => `alias/prod-${name}`);
    const stacks = synthesizeInto(ROOT, { ...CONTEXT, retiring: { prod: retiring } });
    onTestFinished(() => stacks.remove());
    const { folder, text } = stacks.stack("prod");
    const { resource } = JSON.parse(text) as { resource: Resources };
    const resources = Object.values(resource).flatMap(Object.keys).length;

    // The account of the config: in any other the provider does nothing.
    const moto = await startMoto("444455556666");
    onTestFinished(() => moto.stop());
    await knowGithub(moto.endpoint);
    const terraform = terraformIn(folder, moto.endpoint);
    await terraform("init");
    const applied = await terraform("apply", "-auto-approve", "-parallelism=40");
    expect(applied.stdout).toContain(
      `Apply complete! Resources: ${resources} added, 0 changed, 0 destroyed.`,
    );

    const kms = new KMSClient({
      endpoint: moto.endpoint,
      region: "eu-west-1",
      credentials: { accessKeyId: "tester", secretAccessKey: "dummy" },
    });
    onTestFinished(() => kms.destroy());
    const keyOf = async (KeyId: string | undefined) =>
      (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
    const key = await keyOf("alias/prod-replication");
    expect(key?.Description).toBe("Parameters of prod: copies and merges");
    expect(readFileSync(join(folder, "terraform.prod.tfstate"), "utf8")).not.toContain("aws_ssm_parameter");

    const destroyed = await terraform("destroy", "-auto-approve", "-parallelism=40", "-refresh=false");
    expect(destroyed.stdout).toContain(`Destroy complete! Resources: ${resources} destroyed.`);
    expect((await keyOf(key?.KeyId))?.KeyState).toBe("PendingDeletion");
  },
);

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
