// Gathers the replicator of one environment into a folder that a Lambda is made of: `index.mjs`, the same for every
// environment, and `bundle.json`, its compiled config. The AWS SDK is left out: Lambda's Node runtimes bring it.
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { compile } from "../dist/graph/compile.js";
import { bundleText } from "../dist/replicate/bundle.js";
import { BUNDLING, LEFT_OUT } from "./bundling.mjs";

const { values } = parseArgs({
  options: {
    env: { type: "string", default: "prod" },
    configs: { type: "string", default: "configs" },
    out: { type: "string" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(values.out ?? join("replicator", values.env));

try {
  const compiled = compile({
    configs: resolve(values.configs),
    environment: values.env,
    cwd: process.cwd(),
  });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "bundle.json"), bundleText(compiled));
} catch (error) {
  for (const { file, line, column, summary, hint } of error.problems ?? [])
    console.error(`${file}:${line}:${column}: ${[summary, hint].filter(Boolean).join("; ")}`);
  if (error.problems === undefined) console.error([error.message, error.hint].filter(Boolean).join("; "));
  process.exit(1);
}

await build({
  ...BUNDLING,
  absWorkingDir: root,
  entryPoints: ["scripts/replicator.mjs"],
  outfile: join(out, "index.mjs"),
  minify: true,
  // A replicator makes no value and serves no store: what only these need is left out with them.
  external: ["@aws-sdk/*", "@smithy/*", ...LEFT_OUT],
  logLevel: "warning",
});
for (const name of ["index.mjs", "bundle.json"])
  console.log(
    `${relative(process.cwd(), join(out, name))}: ${(statSync(join(out, name)).size / 1000).toFixed(0)} kB`,
  );
