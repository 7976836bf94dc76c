// Compiles stacks/ and runs it: Node 20 runs no TypeScript, and cdktf's own command line is not needed.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
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
  // The functions are gathered from what is built.
  if (lastChange("src") > lastChange("dist/cli.js")) run("npm", ["run", "--silent", "build"], "inherit");
  const asked = run(process.execPath, [...main, "environments"], "pipe");
  const { configs, environments } = JSON.parse(asked);
  for (const environment of environments) {
    const words = ["--configs", configs, "--env", environment];
    run("npm", ["run", "--silent", "build:replicator", "--", ...words], "inherit");
  }
}
run(process.execPath, main, "inherit");

/** When a file, or any below a folder, was written last; 0 for what is not there. */
function lastChange(path) {
  const place = join(root, path);
  if (!existsSync(place)) return 0;
  if (statSync(place).isFile()) return statSync(place).mtimeMs;
  return Math.max(...readdirSync(place).map((name) => lastChange(join(path, name))));
}

function run(program, words, stdout) {
  const stdio = ["inherit", stdout, "inherit"];
  const finished = spawnSync(program, words, { cwd: root, stdio, encoding: "utf8" });
  if (finished.status !== 0) process.exit(finished.status ?? 1);
  return finished.stdout ?? "";
}
