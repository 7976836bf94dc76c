// Compiles stacks/ and runs it: Node 20 runs no TypeScript, and cdktf's own command line is not needed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

await build({
  absWorkingDir: root,
  entryPoints: ["stacks/main.ts"],
  outfile: "dist-stacks/main.mjs",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  sourcemap: true,
});
const main = ["--enable-source-maps", join(root, "dist-stacks/main.mjs")];
if ("build:replicator" in scripts) {
  if (!existsSync(join(root, "dist"))) run("npm", ["run", "--silent", "build"], "inherit");
  const asked = run(process.execPath, [...main, "environments"], "pipe");
  const { configs, environments } = JSON.parse(asked);
  for (const environment of environments) {
    const words = ["--configs", configs, "--env", environment];
    run("npm", ["run", "--silent", "build:replicator", "--", ...words], "inherit");
  }
}
run(process.execPath, main, "inherit");

function run(program, words, stdout) {
  const stdio = ["inherit", stdout, "inherit"];
  const finished = spawnSync(program, words, { cwd: root, stdio, encoding: "utf8" });
  if (finished.status !== 0) process.exit(finished.status ?? 1);
  return finished.stdout ?? "";
}
