// Compiles stacks/ and runs it: Node 20 runs no TypeScript, and cdktf's own command line is not needed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

if ("build:replicator" in scripts) run("npm", ["run", "--silent", "build:replicator"]);
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
run(process.execPath, ["--enable-source-maps", join(root, "dist-stacks/main.mjs")]);

function run(program, words) {
  const { status } = spawnSync(program, words, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
