import { readFile, realpath, stat } from "node:fs/promises";
import { platform } from "node:os";
import { showPath, systemCode } from "../config/json-file.ts";
import { UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import type { SourceContext } from "./source.ts";
import type { SourceReading, ValueFinding } from "./source-reading.ts";

const LARGEST_MIB = 8;
const BYTE_ORDER_MARK = /^\u{feff}/u;

/**
 * What `readText` makes of a file that is no business of anybody else's: UTF-8, of 8 MiB at most, not tracked by git.
 * A file that others may read is used, with a finding. Never throws for what is wrong with the file.
 */
export async function readPrivateFile(
  absolute: string,
  { cwd, trackingOf }: Pick<SourceContext, "cwd" | "trackingOf">,
  readText: (text: string, file: string) => SourceReading,
): Promise<SourceReading> {
  const file = showPath(absolute, cwd);
  try {
    const { bytes, openToOthers, mayBeTracked } = await readPrivateBytes(absolute, trackingOf);
    const reading = readText(strictText(bytes, "this").replace(BYTE_ORDER_MARK, ""), file);
    const findings = [
      ...(openToOthers ? [openWarning(file)] : []),
      ...(mayBeTracked ? [trackingWarning(file)] : []),
    ];
    return { ...reading, findings: [...findings, ...reading.findings] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const place = { file, line: 1, column: 1 };
    const { message: summary, hint = "" } = error;
    const problem: Problem = { severity: "error", ...place, summary, hint };
    return { values: new Map(), problems: [problem], findings: [] };
  }
}

/**
 * The bytes of a file that holds a value, of 8 MiB at most; whether other users of the machine may read it,
 * and whether git may track it, which could not be asked.
 * @throws UserError that does not name the file, also where git tracks it
 */
export async function readPrivateBytes(
  absolute: string,
  trackingOf: SourceContext["trackingOf"],
): Promise<{ bytes: Uint8Array; openToOthers: boolean; mayBeTracked: boolean }> {
  const stats = await orRefuse(() => stat(absolute));
  if (!stats.isFile()) throw refused("this is no regular file", "name a file of values");
  if (stats.size > LARGEST_MIB * 2 ** 20) {
    throw refused(`the file is larger than ${LARGEST_MIB} MiB`, "split it into several files");
  }
  const tracking = await trackingOf(await orRefuse(() => realpath(absolute)));
  if (tracking === "tracked") {
    throw refused(
      "git tracks this file, and it holds values",
      "take it out with git rm --cached, list it in .gitignore, and change the values that were committed",
    );
  }
  const bytes = await orRefuse(() => readFile(absolute));
  const openToOthers = platform() !== "win32" && (stats.mode & 0o077) !== 0;
  return { bytes, openToOthers, mayBeTracked: tracking === "unknown" };
}

/** Text that is UTF-8 throughout, with the byte order mark that it may have. @throws UserError that begins with `what` */
export function strictText(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused(
      `${what} is no text in UTF-8`,
      "Parameter Store holds text: save it as UTF-8, or encode it",
    );
  }
}

async function orRefuse<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const code = systemCode(error);
    throw code === "ENOENT"
      ? refused("there is no such file", "check its path, or create it with mode 0600")
      : refused(`the file cannot be read (${code})`, "check its permissions");
  }
}

function refused(summary: string, hint: string): UserError {
  return new UserError(summary, { hint });
}

function openWarning(file: string): ValueFinding {
  const summary = `${file} holds values and can be read by other users; chmod 600 closes it`;
  return { severity: "warning", code: "readable_by_others", summary, file, line: 1 };
}

function trackingWarning(file: string): ValueFinding {
  const summary = `${file} holds values and lies in a git repository; git cannot be run to tell whether it tracks the file`;
  return { severity: "warning", code: "tracking_unknown", summary, file, line: 1 };
}
