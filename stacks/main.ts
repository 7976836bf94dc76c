import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isFile } from "../src/config/json-file.ts";
import { UserError } from "../src/model/error.ts";
import { renderError } from "../src/render/human-problems.ts";
import { synthesize } from "./synthesize.ts";

/** Reads cdktf.json in the current folder and writes what `cdktf synth` would write. */
function main(root: string): void {
  const { output, context } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as {
    output: string;
    context: { paraform?: unknown };
  };
  const bundle = join(root, "dist", "replicator");
  const isBuilt = isFile(join(bundle, "index.mjs"));
  if (!isBuilt) console.error("The replicator is not built: the stacks come without its functions.");
  const environments = synthesize({
    root,
    context: context.paraform,
    output: join(root, output),
    bundle: isBuilt ? bundle : undefined,
  });
  for (const name of environments) console.log(join(output, "stacks", name, "cdk.tf.json"));
}

try {
  main(process.cwd());
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(renderError(error, { color: false }));
  process.exitCode = error.exitCode;
}
