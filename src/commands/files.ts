import { randomUUID } from "node:crypto";
import { access, constants, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../model/error.ts";
import { redact } from "../model/known-secrets.ts";

/** A plan of 100,000 parameters is below this. */
const LARGEST_FILE = 256 * 1024 * 1024;

/** Writes a file, whole or not at all, past the last check on secrets. @throws UserError */
export async function saveFile(file: string, text: string, mode = 0o600): Promise<void> {
  await replaceFile(file, text, mode);
}

/** Checks that `file` can be written; what it returns writes it as `saveFile` does, for everybody to read. @throws UserError */
export async function openReport(file: string): Promise<(text: string) => Promise<void>> {
  try {
    const special = await isSpecial(file);
    if (special && (await stat(file)).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    await access(special ? file : dirname(file), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
  return (text) => replaceFile(file, text, 0o644);
}

async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    if (await isSpecial(file)) return await writeFile(file, redact(text));
    await writeFile(draft, redact(text), { mode, flag: "wx" });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): UserError {
  return new UserError(`${file} cannot be written: ${codeOf(error)}`, {
    hint: "check that its folder exists and has room",
  });
}

/** A device or a pipe is written into, as /dev/null and /dev/stdout are meant: it is not replaced by a file. */
async function isSpecial(file: string): Promise<boolean> {
  try {
    return !(await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** @throws UserError */
export async function loadFile(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > LARGEST_FILE) throw new UserError(`${file} is too large`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = codeOf(error);
    throw new UserError(`${file} ${code === "ENOENT" ? "does not exist" : `cannot be read: ${code}`}`, {
      hint: "check the path",
    });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}
