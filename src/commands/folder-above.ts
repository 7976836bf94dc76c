import { dirname, join, relative, resolve } from "node:path";
import { environmentsIn } from "../config/environments.ts";
import { UserError } from "../model/error.ts";
import { shellWord } from "../render/escape.ts";
import type { Host } from "./host.ts";
import { DEFAULT_CONFIGS } from "./options.ts";

/**
 * Configs above the working folder may be somebody else's: they are never read unasked, but who stands in a folder
 * below their own is told how to ask.
 * @throws UserError where there is no environment here and the nearest parent that has any is another folder
 */
export function refuseFolderBelow(host: Pick<Host, "cwd">, folder: string, configs: string): void {
  if (configs !== DEFAULT_CONFIGS || environmentsIn(resolve(folder, configs)).length > 0) return;
  const above = folderAbove(folder);
  if (above === undefined) return;
  const chdir = shellWord(relative(host.cwd, above) || ".") ?? "...";
  throw new UserError(`no environment is in ${DEFAULT_CONFIGS}/ of this folder`, {
    hint: `a folder above has some: add --chdir ${chdir}`,
  });
}

/** The nearest parent with environments, up to the root of the file system. */
function folderAbove(folder: string): string | undefined {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  return environmentsIn(join(parent, DEFAULT_CONFIGS)).length > 0 ? parent : folderAbove(parent);
}
