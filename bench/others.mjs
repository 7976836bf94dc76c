import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../dist/embedded/engine.js";
import { serve } from "../dist/embedded/server.js";
import { parameterNames, storeFile, useEndpoint, writeEnvironment } from "./environment.mjs";
import { paraform, run } from "./measure.mjs";

const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
};

/**
 * Reads `count` in-sync parameters with paraform, Terraform and a loop of the aws CLI, all over HTTP from the same
 * server on loopback. One run each: `{ what, seconds, calls }`, or `{ what, missing }` for what is not installed.
 */
export async function compareWithOthers(count) {
  const root = writeEnvironment(count);
  const plan = ["plan", "--env", "bench"];
  await paraform(["init", "--env", "bench"], { cwd: root });
  await paraform(["apply", "--env", "bench", "--auto-approve"], { cwd: root });
  try {
    const measured = await withServer(storeFile(root), async ({ endpoint, counted }) => {
      useEndpoint(root, endpoint);
      const ours = await counted(() => paraform(plan, { cwd: root, env: CREDENTIALS }));
      return [
        { what: "paraform plan, paced as on AWS", ...ours },
        { what: "aws ssm get-parameters in a loop", ...(await readWithAws(count, endpoint, counted)) },
      ];
    });
    return [...measured, { what: "terraform plan", ...(await planWithTerraform(count, root)) }];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function withServer(path, work) {
  let calls = 0;
  const engine = openEngine({
    path,
    observe: () => {
      calls += 1;
    },
  });
  const server = await serve(engine, { port: 0 });
  const counted = async (measure) => {
    const before = calls;
    const { seconds } = await measure();
    return { seconds, calls: calls - before };
  };
  try {
    return await work({ endpoint: server.url, counted });
  } finally {
    await server.close();
    engine.close();
  }
}

/** Ten names a call, as many as GetParameters takes. */
async function readWithAws(count, endpoint, counted) {
  if (!(await isInstalled("aws"))) return { missing: "the aws CLI is not installed" };
  const names = parameterNames(count);
  return counted(async () => {
    let seconds = 0;
    for (let start = 0; start < count; start += 10) {
      const some = names.slice(start, start + 10);
      const args = ["ssm", "get-parameters", "--endpoint-url", endpoint, "--with-decryption", "--names"];
      seconds += (await succeed("aws", [...args, ...some], { env: CREDENTIALS })).seconds;
    }
    return { seconds };
  });
}

/** The same names and types, made by Terraform itself in a store of its own. */
async function planWithTerraform(count, root) {
  if (!(await isInstalled("terraform"))) return { missing: "terraform is not installed" };
  const mirror = findMirror();
  if (mirror === undefined) return { missing: "no mirror of its providers: set TF_PLUGIN_MIRROR" };
  const cwd = join(root, "terraform");
  mkdirSync(cwd);
  return withServer(join(cwd, "store.db"), async ({ endpoint, counted }) => {
    writeFileSync(join(cwd, "main.tf.json"), JSON.stringify(terraformConfig(count, endpoint)));
    writeFileSync(
      join(cwd, "terraform.rc"),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
    );
    const env = { ...CREDENTIALS, TF_CLI_CONFIG_FILE: join(cwd, "terraform.rc"), CHECKPOINT_DISABLE: "1" };
    const terraform = (...args) => succeed("terraform", args, { cwd, env });
    await terraform("init", "-input=false");
    await terraform("apply", "-auto-approve", "-input=false");
    return counted(() => terraform("plan", "-input=false", "-detailed-exitcode"));
  });
}

function terraformConfig(count, endpoint) {
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    provider: {
      aws: {
        region: "us-east-1",
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        skip_metadata_api_check: true,
        endpoints: [{ ssm: endpoint, sts: endpoint, kms: endpoint }],
      },
    },
    resource: {
      aws_ssm_parameter: {
        all: {
          for_each: `\${toset(${JSON.stringify(parameterNames(count))})}`,
          name: `\${each.value}`,
          type: "SecureString",
          key_id: "alias/owner",
          value: `dummy of \${each.value}`,
        },
      },
    },
  };
}

/** `TF_PLUGIN_MIRROR`, or a folder with a `registry.terraform.io` where such mirrors are usually put. */
function findMirror() {
  const inOpt = existsSync("/opt") ? readdirSync("/opt").map((name) => join("/opt", name)) : [];
  const folders = [
    process.env.TF_PLUGIN_MIRROR ?? "",
    join(homedir(), ".terraform.d", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    ...inOpt,
  ];
  return folders.find((folder) => folder !== "" && existsSync(join(folder, "registry.terraform.io")));
}

async function isInstalled(command) {
  try {
    return (await run(command, ["--version"])).exitCode === 0;
  } catch {
    return false;
  }
}

async function succeed(command, args, options) {
  const result = await run(command, args, options);
  if (result.exitCode !== 0) throw new Error(`${command} ${args[0]} failed:\n${result.stderr}`);
  return result;
}
