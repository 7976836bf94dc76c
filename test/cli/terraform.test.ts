import { expect, test } from "vitest";
import { makeProject } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";
import { missingTerraform, terraformIn } from "../support/terraform.ts";

test.skipIf(missingTerraform !== "")("Terraform keeps parameters in paraform local", async () => {
  const server = await startLocalServer();
  const live = server.inRegion("eu-west-1");
  const project = makeProject();
  const terraform = terraformIn(project.folder, server.url);
  project.write("main.tf", declaration("dummy-one", "a"));
  await terraform("init");

  const first = await terraform("apply", "-auto-approve");
  expect(first.stdout).toContain("2 added, 0 changed, 0 destroyed");
  expect(await live.value("/app/tf/password")).toBe("dummy-one");
  expect(await live.value("/app/tf/host")).toBe("db.internal.example");

  project.write("main.tf", declaration("dummy-two", "b"));
  // What is unchanged has to read as it was written: one change, not two.
  const second = await terraform("apply", "-auto-approve");
  expect(second.stdout).toContain("0 added, 1 changed, 0 destroyed");
  expect(await live.value("/app/tf/password")).toBe("dummy-two");

  const last = await terraform("destroy", "-auto-approve");
  expect(last.stdout).toContain("2 destroyed");
  expect(await live.value("/app/tf/password")).toBeUndefined();
});

function declaration(password: string, team: string): string {
  return `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

resource "aws_ssm_parameter" "password" {
  name   = "/app/tf/password"
  type   = "SecureString"
  key_id = "alias/app"
  value  = "${password}"
  tags   = { team = "${team}" }
}

resource "aws_ssm_parameter" "host" {
  name        = "/app/tf/host"
  type        = "String"
  description = "where the database answers"
  value       = "db.internal.example"
  tags        = { team = "a" }
}
`;
}
