import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { reportFailure } from "../../src/commands/failure.ts";
import { openReport, saveFile } from "../../src/commands/files.ts";
import type { Host } from "../../src/commands/host.ts";

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of files, of which each is text as it is, or JSON; gone with the test. */
export function folderOf(files: Readonly<Record<string, string | object>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "paraform-import-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) write(path.join(folder, name), content);
  return folder;
}

export function write(file: string, content: string | object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 1));
}

/** Every file below `folder`, by its path there. */
export function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((file) => [path.relative(folder, file), readFileSync(file, "utf8")]));
}

/** The entries of a file that an importer wrote, below its comment. */
export function parametersOf(text: string): Record<string, Record<string, unknown>> {
  return documentOf(text).parameters as Record<string, Record<string, unknown>>;
}

export function documentOf(text: string): Record<string, unknown> {
  return JSON.parse(text.replaceAll(/^\/\/.*\n/gm, ""));
}

/** `paraform ARGV` in this process, in `cwd`. */
export function paraform(cwd: string, ...argv: readonly string[]): Promise<Said> {
  return paraformWith({}, cwd, ...argv);
}

/** The same with environment variables. */
export async function paraformWith(
  environmentVariables: Host["environmentVariables"],
  cwd: string,
  ...argv: readonly string[]
): Promise<Said> {
  let stdout = "";
  let stderr = "";
  const host: Host = {
    cwd,
    environmentVariables,
    stdin: process.stdin,
    stderr: process.stderr,
    interactive: false,
    color: { stdout: false, stderr: false },
    holder: { host: "here", pid: 1, who: "tester@here", isAlive: () => true },
    print: (text) => {
      stdout += text;
    },
    say: (text) => {
      stderr += text;
    },
    reveal: (value) => {
      stdout += value.expose();
    },
    save: saveFile,
    openReport,
    load: async () => "",
    watchSignals: () => () => null,
    untilStopped: () => new Promise(() => {}),
    monotonic: () => 0,
    sleep: async () => {},
  };
  const code = await runCommandLine(host, argv, "0").catch((error: unknown) => reportFailure(host, error));
  return { code, stdout, stderr };
}
