import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "vitest";
import { type Finished, startProgram } from "./binary.ts";

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

/** Why Terraform cannot be run here; empty where it can. */
export const missingTerraform = !hasTerraform
  ? "terraform is not installed"
  : mirror === undefined
    ? "Terraform's AWS provider is in no local mirror (TF_PLUGIN_MIRROR names one)"
    : "";
if (missingTerraform !== "") console.warn(`SKIPPED: ${missingTerraform}`);

/** Runs commands of Terraform. Each is to succeed without a warning. */
export type Terraform = (command: string, ...flags: string[]) => Promise<Finished>;

/** Terraform in `folder`, whose provider calls `endpoint` for all of AWS. Only the mirror is asked, never a registry. */
export function terraformIn(folder: string, endpoint?: string): Terraform {
  const cliConfig = join(folder, "cli.tfrc");
  const place = `path = ${JSON.stringify(mirror)}`;
  writeFileSync(cliConfig, `provider_installation {\n  filesystem_mirror {\n    ${place}\n  }\n}\n`);
  // With endpoints in its block, a provider takes three seconds of CPU to validate that, several times a command.
  const aws =
    endpoint === undefined
      ? {}
      : { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: "DUMMY", AWS_SECRET_ACCESS_KEY: "dummy" };
  const env = { TF_CLI_CONFIG_FILE: cliConfig, TF_INPUT: "0", CHECKPOINT_DISABLE: "1", ...aws };
  return async (command, ...flags) => {
    const finished = await startProgram("terraform", [command, "-no-color", ...flags], { cwd: folder, env })
      .finished;
    expect([command, finished.code, finished.stderr]).toEqual([command, 0, ""]);
    return finished;
  };
}
