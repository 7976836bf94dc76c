// Compiles src/ to dist/ and then gathers what the command line loads into few files: resolving and reading some
// 400 small ones takes as long as all the rest of a plan.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
  { cwd: root, stdio: "inherit" },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["dist/cli.js"],
  outdir: "dist",
  allowOverwrite: true,
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // Some packages name their ESM build in "module" alone.
  mainFields: ["module", "main"],
  // Native code cannot be bundled; the others are loaded seldom and read files beside them.
  external: [
    "libsql",
    "@node-rs/bcrypt",
    "@peculiar/x509",
    "reflect-metadata",
    "@cloud-copilot/iam-simulate",
  ],
  // CommonJS inside an ES module asks for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
  legalComments: "none",
  metafile: true,
});
writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), licensesOf(metafile));

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
