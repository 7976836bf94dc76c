import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scratchFolder } from "../support/binary-project.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A checkout of paraform whose cdktf.json names the configs of another repository, beside it. */
function checkout(configs: string) {
  const folder = scratchFolder();
  const root = join(folder, "paraform");
  const write = (file: string, content: object) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify(content));
  };
  mkdirSync(root);
  for (const name of ["scripts", "stacks", "configs", "package.json"])
    cpSync(join(ROOT, name), join(root, name), { recursive: true });
  for (const name of ["src", "dist", "node_modules"]) symlinkSync(join(ROOT, name), join(root, name));
  write("paraform/cdktf.json", { output: "cdktf.out", context: { paraform: { configs } } });
  write("ours/prod/environment.json", {
    environment: "prod",
    store: { kind: "parameter-store", account: "123456789012", region: "eu-west-1" },
    owner: "us",
    scopes: ["/dba/", "/app/"],
    keys: [{ path: "/dba/**", key: "alias/dba" }],
    replicationKey: "alias/replication",
    digestKey: { kmsKey: "alias/paraform" },
  });
  write("ours/prod/main.json", {
    parameters: { "/dba/ours": {}, "/app/a/ours": { copy: "/dba/ours" } },
  });
  const node = (words: readonly string[]) =>
    spawnSync(process.execPath, words, { cwd: root, encoding: "utf8", env: { PATH: process.env.PATH } });
  return { root, write, node, read: (file: string) => readFileSync(join(root, file), "utf8") };
}

test("npm run synth builds the replicators of the configs that cdktf.json names, and says what comes next", () => {
  const { read, node } = checkout("../ours");
  const { status, stdout } = node(["scripts/synth.mjs"]);
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/^replicator\/prod\/index\.mjs: \d+ kB\nreplicator\/prod\/bundle\.json: \d+ kB\n/),
  ]);
  expect(stdout).toContain("Next: cd cdktf.out/stacks/prod && terraform init && terraform apply\n");
  const { parameters } = JSON.parse(read("replicator/prod/bundle.json")) as {
    parameters: { name: string }[];
  };
  expect(parameters.map(({ name }) => name).sort()).toEqual(["/app/a/ours", "/dba/ours"]);
});

test("a stack is not made with a replicator that was built of other configs", () => {
  const { root, node } = checkout("../ours");
  expect(node(["scripts/synth.mjs"]).status).toBe(0);
  expect(node(["scripts/build-replicator.mjs", "--env", "prod"]).status).toBe(0);
  rmSync(join(root, "cdktf.out"), { recursive: true });
  const { status, stderr } = node(["dist-stacks/main.mjs"]);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining("the replicator of prod was built of other configs than its stack is made of"),
  ]);
  expect(stderr).toContain("npm run build:replicator -- --env prod --configs ../ours");
});
