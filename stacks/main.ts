import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isFile } from "../src/config/json-file.ts";
import { UserError } from "../src/model/error.ts";
import { renderError } from "../src/render/human-problems.ts";
import { compileAll, synthesize } from "./synthesize.ts";

/**
 * Reads cdktf.json in the current folder and writes what `cdktf synth` would write; with the word `environments` it
 * only says which environments have a stack, so that their replicators can be built before.
 */
function main(root: string, words: readonly string[]): void {
  const { output, context } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as {
    output: string;
    context: { paraform?: unknown };
  };
  if (words.includes("environments")) {
    for (const { config } of compileAll(root, context.paraform)) console.log(config.environment.name);
    return;
  }
  const bundleOf = (environment: string) => {
    const bundle = join(root, "replicator", environment);
    if (isFile(join(bundle, "index.mjs"))) return bundle;
    console.error(`The replicator of ${environment} is not built: its stack comes without the functions.`);
    return undefined;
  };
  const names = synthesize({ root, context: context.paraform, output: join(root, output), bundleOf });
  for (const name of names) console.log(join(output, "stacks", name, "cdk.tf.json"));
}

try {
  main(process.cwd(), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(renderError(error, { color: false }));
  process.exitCode = error.exitCode;
}
