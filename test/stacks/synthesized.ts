import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../stacks/synthesize.ts";

/** What `terraform` is given for one environment. */
export interface Synthesized {
  readonly folder: string;
  readonly text: string;
}

/** What cdktf.json says in most tests. */
export const CONTEXT = { github: { repository: "example/configs" } };

/** Stacks of the configs below `root`, with a stand-in for the replicator's bundle. The caller removes the folder. */
export function synthesizeInto(
  root: string,
  context: object = CONTEXT,
  { built = true } = {},
): { output: string; stack(environment: string): Synthesized; remove(): void } {
  const output = mkdtempSync(join(tmpdir(), "paraform-stacks-"));
  const bundle = join(output, "bundle");
  mkdirSync(bundle);
  writeFileSync(join(bundle, "index.mjs"), "export const handler = async () => {};\n");
  synthesize({
    root,
    context,
    output: join(output, "cdktf.out"),
    bundleOf: () => (built ? bundle : undefined),
  });
  return {
    output,
    stack(environment) {
      const folder = join(output, "cdktf.out", "stacks", environment);
      return { folder, text: readFileSync(join(folder, "cdk.tf.json"), "utf8") };
    },
    remove: () => rmSync(output, { recursive: true, force: true }),
  };
}
