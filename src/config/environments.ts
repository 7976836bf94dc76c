import { readdirSync } from "node:fs";
import path from "node:path";
import { ENVIRONMENT_FILE } from "./environment-file.ts";
import { ENVIRONMENT_NAME } from "./environment-name.ts";
import { isFile } from "./json-file.ts";

/**
 * The environments of a folder, sorted; none where there is no such folder. A shell reads what is completed, so a
 * folder of any other name is none: it could be a command to it.
 */
export function environmentsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => ENVIRONMENT_NAME.test(name) && isFile(path.join(folder, name, ENVIRONMENT_FILE)))
      .sort();
  } catch {
    return [];
  }
}
