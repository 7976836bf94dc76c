import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { bareEnvironment, CLI } from "../support/binary.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const section = /^## In your repository\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? "";

/** The files of the section, each named in code just above its fence. */
const files = [...section.matchAll(/`([^`\n]+\.json)`:\n\n```json\n([\s\S]*?)^```/gm)];
const commands = /^```bash\n([\s\S]*?)^```/m.exec(section)?.[1] ?? "";

it("README's two files are a beginning: its commands make the replica in an empty folder", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "paraform-beginning-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [, name = "", text = ""] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const npx = `npx() { shift; '${process.execPath}' '${CLI}' "$@"; }`;
  const { stdout } = await promisify(execFile)("sh", ["-ec", `${npx}\n${commands}`], {
    cwd: folder,
    env: bareEnvironment(folder),
  });
  expect(files.map(([, name]) => name)).toEqual(["configs/dev/environment.json", "configs/dev/a.json"]);
  expect(stdout).toMatch(/\ndummy-password-of-dev$/);
});
