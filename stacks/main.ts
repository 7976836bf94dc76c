import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isFile } from "../src/config/json-file.ts";
import type { Compiled } from "../src/graph/compile.ts";
import { UserError } from "../src/model/error.ts";
import { renderError } from "../src/render/human-problems.ts";
import { bundleText } from "../src/replicate/bundle.ts";
import { readSettings } from "./settings.ts";
import { compileAll, synthesize } from "./synthesize.ts";

/**
 * Reads cdktf.json in the current folder and writes what `cdktf synth` would write; with the word `environments` it
 * only says where the configs are and which environments have a stack, so that their replicators can be built before.
 */
function main(root: string, words: readonly string[]): void {
  const { output, context } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as {
    output: string;
    context: { paraform?: unknown };
  };
  if (words.includes("environments")) {
    const environments = compileAll(root, context.paraform).map(({ config }) => config.environment.name);
    console.log(JSON.stringify({ configs: readSettings(context.paraform).configs, environments }));
    return;
  }
  const bundleOf = (compiled: Compiled) => {
    const { name } = compiled.config.environment;
    const bundle = join(root, "replicator", name);
    if (isFile(join(bundle, "index.mjs"))) return builtOf(compiled, bundle, context.paraform);
    console.error(`The replicator of ${name} is not built: its stack comes without the functions.`);
    return undefined;
  };
  const names = synthesize({ root, context: context.paraform, output: join(root, output), bundleOf });
  for (const name of names) console.log(join(output, "stacks", name, "cdk.tf.json"));
  for (const name of names)
    console.log(`Next: cd ${join(output, "stacks", name)} && terraform init && terraform apply`);
}

/** `bundle`, where it is made of the configs that the stack is made of. @throws UserError */
function builtOf(compiled: Compiled, bundle: string, context: unknown): string {
  if (readFileSync(join(bundle, "bundle.json"), "utf8") === bundleText(compiled)) return bundle;
  const { name } = compiled.config.environment;
  throw new UserError(`the replicator of ${name} was built of other configs than its stack is made of`, {
    hint: `npm run build:replicator -- --env ${name} --configs ${readSettings(context).configs}`,
  });
}

try {
  main(process.cwd(), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(renderError(error, { color: false }));
  process.exitCode = error.exitCode;
}
