import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bareEnvironment } from "../support/binary.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "paraform-library-"));
const modules = join(folder, "node_modules");
/** What the SDK has to say of Node 20 it says to the program. */
const env = { ...bareEnvironment(folder), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** The packed package among links to what it depends on: what an install gives, without a registry. */
beforeAll(async () => {
  mkdirSync(modules);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".") && name !== "@cloud-copilot")
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
    env,
  });
  const [{ filename } = { filename: "" }] = JSON.parse(packed.stdout) as { filename: string }[];
  mkdirSync(join(modules, "paraform"));
  await run("tar", ["-xzf", join(folder, filename), "-C", join(modules, "paraform"), "--strip-components=1"]);
  const isCommitted = (file: string) => !file.endsWith("values.json");
  cpSync(join(root, "configs"), join(folder, "configs"), { recursive: true, filter: isCommitted });
  const names = ["mysql/shared/data-changer/user", "mysql/shared/data-changer/password"];
  const values = names.map((name) => [`/dba/secrets/${name}`, "dummy of dev"]);
  const mongo = ["user", "password"].map((key) => [
    `/dba/passpack/services/message-processor/mongo/${key}`,
    "another dummy of dev",
  ]);
  writeFileSync(
    join(folder, "configs/dev/values.json"),
    JSON.stringify(Object.fromEntries([...values, ...mongo])),
    {
      mode: 0o600,
    },
  );
  await run(process.execPath, [join(modules, "paraform/dist/cli.js"), "init", "--env", "dev"], {
    cwd: folder,
    env,
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function program(name: string, text: string): Promise<string> {
  writeFileSync(join(folder, name), text);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder, env });
  expect(stderr).toBe("");
  return stdout;
}

it("README's program plans and applies with the packed package, and shows no value", {
  timeout: 60_000,
}, async () => {
  const example = /^```js\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
  const first = await program("example.mjs", example);
  expect(first).toMatch(/add: \d+/);
  expect(first).toContain("/dba/secrets/mysql/shared/data-changer/password applied");
  expect(first).not.toContain("dummy");
  expect(await program("example.mjs", example)).toMatch(/add: 0,[\s\S]*\[\]\n$/);
});

it("errors are the command line's, with its exit codes", { timeout: 60_000 }, async () => {
  const told = await program(
    "errors.mjs",
    `import { ConfigError, UserError, applyEnvironment, planEnvironment, readPlan } from "paraform";
const tell = (error) => console.log(error instanceof UserError, error instanceof ConfigError, error.exitCode, error.message);
const cwd = process.cwd();
await planEnvironment({ cwd, environment: "nowhere" }).catch(tell);
try { readPlan("{}"); } catch (error) { tell(error); }
const plan = await planEnvironment({ cwd, environment: "dev", inputs: { regenerate: ["/**"] } });
const edited = readPlan(JSON.stringify({ ...plan, applyable: !plan.applyable }));
await applyEnvironment({ cwd, plan: edited }).catch(tell);
`,
  );
  expect(told.split("\n")).toEqual([
    "true true 1 1 problem in the configs",
    "true false 1 the text is no plan file",
    "true false 1 the plan file was edited, or made with another digest key",
    "",
  ]);
});

it("results and errors quote no secret, also where the store or an option does", {
  timeout: 60_000,
}, async () => {
  const secret = "dummy-password-of-dev";
  const environment = {
    environment: "dev",
    store: { kind: "embedded" },
    owner: "platform",
    scopes: ["/quoting/"],
    configs: ["../*.json"],
    digestKey: { kmsKey: "alias/paraform" },
    sources: [{ kind: "file", path: "values.json" }],
  };
  const write = (file: string, content: unknown) =>
    writeFileSync(join(folder, "quoting", file), JSON.stringify(content), { mode: 0o600 });
  const declare = (description: string) =>
    write("app.json", {
      parameters: { "/quoting/password": {}, "/quoting/host": { value: "on", description } },
    });
  mkdirSync(join(folder, "quoting/dev"), { recursive: true });
  write("dev/environment.json", environment);
  write("dev/values.json", { "/quoting/password": secret });
  declare(`its password is ${secret}`);
  const cli = join(modules, "paraform/dist/cli.js");
  for (const words of [["init"], ["apply", "--auto-approve"]]) {
    await run(process.execPath, [cli, ...words, "--env", "dev", "--configs", "quoting"], {
      cwd: folder,
      env,
    });
  }
  declare("where it answers");
  const printed = await program(
    "quoting.mjs",
    `import { planEnvironment } from "paraform";
const place = { cwd: process.cwd(), configs: "quoting" };
console.log(JSON.stringify(await planEnvironment({ ...place, environment: "dev", deep: true })));
await planEnvironment({ ...place, environment: "${secret}" }).catch((error) =>
  console.log(error.message, error.stack, JSON.stringify(error)));
`,
  );
  expect(printed).toContain("its password is (sensitive value)");
  expect(printed).toMatch(/ConfigError[\s\S]*\(sensitive value\)/);
  expect(printed).not.toContain(secret);
});

it("a store with identities says which package its user has to install", async () => {
  writeFileSync(join(folder, "identities.json"), '{ "principals": [] }');
  const words = [
    "local",
    "--identities",
    "identities.json",
    "--path",
    join(folder, "local.db"),
    "--port",
    "0",
  ];
  const ended = run(process.execPath, [join(modules, "paraform/dist/cli.js"), ...words], {
    cwd: folder,
    env,
  });
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: --identities needs the package @cloud-copilot\/iam-simulate/),
  });
});

/** What programs rely on: a difference here is a change of the published interface. */
it("the types of the package's entry are as they were published", async () => {
  const types = readFileSync(join(modules, "paraform/dist/library.d.ts"), "utf8");
  await expect(types).toMatchFileSnapshot("library.d.ts.golden");
});

const EXPORTED = [
  ["Plan", 'Plan["resource_changes"][number]["change"]["after"]', 'Plan["environment"]["name"]'],
  ["ApplyResult", 'ApplyResult["outcomes"][number]["outcome"]', 'ApplyResult["fingerprint"]'],
  ["PlanInputs", 'PlanInputs["allow"]'],
  ["Outcome", 'Outcome["kind"]'],
  ["Diagnostic", 'Diagnostic["severity"]'],
  ["Problem", 'Problem["line"]'],
  ["ResourceChange", 'ResourceChange["origin"]'],
  ["Action"],
];

/** With every declaration that is reached checked too, as a program without `skipLibCheck` has it. */
it("the program of the README is well typed under the strictest options, and no type that is exported is any", async () => {
  const [, example = ""] =
    /## From a program\n\n```js\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  const names = EXPORTED.flatMap(([name = ""]) => name);
  const types = [...EXPORTED.flat(), 'ConfigError["problems"]', 'UserError["exitCode"]'];
  const checks = types.map((type) => `false satisfies 0 extends 1 & ${type} ? true : false;`);
  const imports = `import { ConfigError, UserError, type ${names.join(", type ")} } from "paraform";`;
  writeFileSync(join(folder, "strict.mts"), [imports, example, ...checks, ""].join("\n"));
  const options = [
    ...["--strict", "--noEmit", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"],
    ...["--module", "nodenext", "--target", "es2023", "--types", "node", "--skipLibCheck", "false"],
  ];
  const tsc = join(modules, "typescript/bin/tsc");
  const checked = await run(process.execPath, [tsc, ...options, "strict.mts"], { cwd: folder, env }).catch(
    ({ stdout }: { stdout: string }) => ({ stdout }),
  );
  expect(checked.stdout).toBe("");
});
