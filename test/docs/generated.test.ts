import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("../../scripts/update-docs.mjs", import.meta.url));

/** `npm run docs` writes them: the usage and the plan in README.md, and the schemas in schemas/. */
it("what is generated in README.md and schemas/ is what the built binary says", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--check"]).catch(
    (error: { stdout: string; stderr: string }) => ({ stdout: error.stdout || error.stderr }),
  );
  expect(stdout).toBe("");
});
