import { readFile, realpath, stat } from "node:fs/promises";
import { platform } from "node:os";
import { showPath, systemCode } from "../config/json-file.ts";
import type { Problem } from "../model/problem.ts";
import type { SourceContext } from "./source.ts";
import type { SourceReading, ValueFinding } from "./source-reading.ts";

const LARGEST_MIB = 8;

/** Why a file is not read. */
class Refusal extends Error {
  readonly hint: string;

  constructor(summary: string, hint: string) {
    super(summary);
    this.hint = hint;
  }
}

/**
 * What `readText` makes of a file that is no business of anybody else's: UTF-8, of 8 MiB at most, not tracked by git.
 * A file that others may read is used, with a finding. Never throws for what is wrong with the file.
 */
export async function readPrivateFile(
  absolute: string,
  { cwd, isTracked }: Pick<SourceContext, "cwd" | "isTracked">,
  readText: (text: string, file: string) => SourceReading,
): Promise<SourceReading> {
  const file = showPath(absolute, cwd);
  try {
    const { text, openToOthers } = await readPrivateText(absolute, isTracked);
    const reading = readText(text, file);
    return openToOthers ? { ...reading, findings: [openWarning(file), ...reading.findings] } : reading;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const place = { file, line: 1, column: 1 };
    const problem: Problem = { severity: "error", ...place, summary: error.message, hint: error.hint };
    return { values: new Map(), problems: [problem], findings: [] };
  }
}

/** @throws Refusal */
async function readPrivateText(
  absolute: string,
  isTracked: SourceContext["isTracked"],
): Promise<{ text: string; openToOthers: boolean }> {
  const stats = await orRefuse(() => stat(absolute));
  if (!stats.isFile()) throw new Refusal("this is no regular file", "name a file of values");
  if (stats.size > LARGEST_MIB * 2 ** 20) {
    throw new Refusal(`the file is larger than ${LARGEST_MIB} MiB`, "split it into several files");
  }
  if (await isTracked(await orRefuse(() => realpath(absolute)))) {
    throw new Refusal(
      "git tracks this file, and it holds values",
      "take it out with git rm --cached, list it in .gitignore, and change the values that were committed",
    );
  }
  const bytes = await orRefuse(() => readFile(absolute));
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, openToOthers: platform() !== "win32" && (stats.mode & 0o077) !== 0 };
  } catch {
    throw new Refusal("this is no text in UTF-8", "save it as UTF-8");
  }
}

async function orRefuse<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const code = systemCode(error);
    throw code === "ENOENT"
      ? new Refusal(
          "there is no such file",
          "create it with mode 0600, or take it out of sources in environment.json",
        )
      : new Refusal(`the file cannot be read (${code})`, "check its permissions");
  }
}

function openWarning(file: string): ValueFinding {
  const summary = `${file} holds values and can be read by other users; chmod 600 closes it`;
  return { severity: "warning", code: "readable_by_others", summary, file, line: 1 };
}
