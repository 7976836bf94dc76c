import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";

/** Whether a program that checks a format by its own means is here; says so aloud when it is not. */
export function hasTool(program: string): boolean {
  const found = (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
  if (!found) console.warn(`${program} is not installed: what it would check is not checked by it`);
  return found;
}

/** What a program prints, given `input`. Rejects when it fails. */
export async function ask(program: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { PATH: process.env.PATH } });
  let said = "";
  let complained = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complained += text;
  });
  child.stdin.on("error", () => {}).end(input);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${complained}`);
  return said;
}

/** A file that only its owner reads, as ssh-keygen wants it; it goes with the test. */
export function privateFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "paraform-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "key");
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
