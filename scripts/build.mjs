// Compiles src/ to dist/ and then gathers what the command line loads into few files: resolving and reading some
// 400 small ones takes as long as all the rest of a plan. `--command-line` makes nothing but that, straight from src/:
// it needs esbuild alone, of tools/ or of this package, and neither a compiler nor the types of anything.
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUNDLING, LEFT_OUT } from "./bundling.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const { build } = createRequire(new URL("../tools/", import.meta.url))("esbuild");
const isCommandLineOnly = process.argv.includes("--command-line");

rmSync(dist, { recursive: true, force: true });
if (!isCommandLineOnly) compile();

const { metafile } = await build({
  ...BUNDLING,
  absWorkingDir: root,
  entryPoints: [isCommandLineOnly ? "src/cli.ts" : "dist/cli.js"],
  outdir: "dist",
  allowOverwrite: true,
  chunkNames: "chunks/[name]-[hash]",
  splitting: true,
  external: LEFT_OUT,
  metafile: true,
});
chmodSync(join(dist, "cli.js"), 0o755);
writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), licensesOf(metafile));

function compile() {
  const tsc = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    { cwd: root, stdio: "inherit" },
  );
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}

/** The licence of every package that the chunks hold, as its authors ask for. */
function licensesOf({ inputs }) {
  const folders = new Set(
    Object.keys(inputs).flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const text = readdirSync(join(root, folder)).find((file) => /^(licen[cs]e|copying)(\.|$)/i.test(file));
      const terms = text === undefined ? "" : `\n${readFileSync(join(root, folder, text), "utf8").trim()}\n`;
      return `${name} ${version} (${license})\n${terms}`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
