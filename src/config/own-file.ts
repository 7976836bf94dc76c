import { lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../model/error.ts";

/**
 * A file of the repository whose top folder is `top`, as it lies in the working tree; `undefined` where it has none.
 * A link would tell by its digest of any file of this machine, and one in a folder whether there is such a file.
 * @throws UserError where a link or anything else is in the way
 */
export async function readOwnFile(top: string, inside: string, shown: string): Promise<Buffer | undefined> {
  const segments = inside.split(path.sep);
  for (const last of segments.keys()) {
    const found = await lstat(path.join(top, ...segments.slice(0, last + 1))).catch(() => undefined);
    if (found === undefined) return undefined;
    if (last === segments.length - 1 ? found.isFile() : found.isDirectory()) continue;
    throw new UserError(`${shown} is no file of the repository itself`, {
      hint: "environment.json, the SOPS files that it names, and the folders that they lie in, are no links",
    });
  }
  return readFile(path.join(top, inside));
}
