import { realpathSync } from "node:fs";
import path from "node:path";

/** What stands firm while somebody's proposal is read (SPEC §8, `plan --untrusted`). */
export interface Base {
  /** environment.json as the trusted revision has it. */
  readonly environmentFile: Uint8Array;
  /** The repository's top folder, absolute and without links: no file that is read may lead out of it. */
  readonly top: string;
}

/** Whether a path leads elsewhere than below `top`, by `..` or by a link in any of its folders; what is not there leads nowhere. */
export function leadsOut(absolute: string, top: string): boolean {
  try {
    return !isBelow(realpathSync(absolute), top);
  } catch {
    return false;
  }
}

/** Whether a path, as it is written, is `top` or lies below it. */
export function isBelow(absolute: string, top: string): boolean {
  const relative = path.relative(top, absolute);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}
