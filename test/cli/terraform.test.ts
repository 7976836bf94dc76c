import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { type Finished, startProgram } from "../support/binary.ts";
import { makeProject, type Project } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const PROVIDER = join("registry.terraform.io", "hashicorp", "aws");

/** Where the AWS provider may lie unpacked: as the developer says, as Terraform looks by itself, or beside other software. */
function findMirror(): string | undefined {
  const shares = ["/usr/local/share", "/usr/share", join(homedir(), ".local/share")];
  const implied = [
    join(homedir(), ".terraform.d/plugins"),
    ...shares.map((share) => join(share, "terraform/plugins")),
  ];
  const optional = existsSync("/opt") ? readdirSync("/opt").map((name) => join("/opt", name)) : [];
  return [process.env.TF_PLUGIN_MIRROR ?? "", ...implied, ...optional].find(
    (folder) => folder !== "" && existsSync(join(folder, PROVIDER)),
  );
}

const hasTerraform = (process.env.PATH ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "terraform")));
const mirror = findMirror();
const missing = hasTerraform
  ? "Terraform's AWS provider is in no local mirror (TF_PLUGIN_MIRROR names one)"
  : "terraform is not installed";
if (!hasTerraform || mirror === undefined) console.warn(`skipped: ${missing}`);

test.skipIf(!hasTerraform || mirror === undefined)(
  "Terraform keeps parameters in paraform local",
  async () => {
    const server = await startLocalServer();
    const live = server.inRegion("eu-west-1");
    const project = makeProject();
    project.write("cli.tfrc", cliConfig(mirror ?? ""));
    project.write("main.tf", declaration(server.url, "dummy-one", "a"));
    await terraform(project, "init");

    const first = await terraform(project, "apply", "-auto-approve");
    expect(first.stdout).toContain("2 added, 0 changed, 0 destroyed");
    expect(await live.value("/app/tf/password")).toBe("dummy-one");
    expect(await live.value("/app/tf/host")).toBe("db.internal.example");

    project.write("main.tf", declaration(server.url, "dummy-two", "b"));
    // What is unchanged has to read as it was written: one change, not two.
    const second = await terraform(project, "apply", "-auto-approve");
    expect(second.stdout).toContain("0 added, 1 changed, 0 destroyed");
    expect(await live.value("/app/tf/password")).toBe("dummy-two");

    const last = await terraform(project, "destroy", "-auto-approve");
    expect(last.stdout).toContain("2 destroyed");
    expect(await live.value("/app/tf/password")).toBeUndefined();
  },
);

async function terraform({ folder, path }: Project, command: string, ...flags: string[]): Promise<Finished> {
  const finished = await startProgram("terraform", [command, "-input=false", "-no-color", ...flags], {
    cwd: folder,
    env: { TF_CLI_CONFIG_FILE: path("cli.tfrc"), CHECKPOINT_DISABLE: "1" },
  }).finished;
  expect([command, finished.code, finished.stderr]).toEqual([command, 0, ""]);
  return finished;
}

/** Only the mirror is asked, never a registry. */
function cliConfig(folder: string): string {
  return `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(folder)}\n  }\n}\n`;
}

function declaration(endpoint: string, password: string, team: string): string {
  return `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "DUMMY"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {
    ssm = "${endpoint}"
    sts = "${endpoint}"
  }
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
