import { readlinkSync, realpathSync } from "node:fs";
import path from "node:path";

/** What stands firm while somebody's proposal is read (SPEC §8, `plan --untrusted`). */
export interface Base {
  /** environment.json as the trusted revision has it. */
  readonly environmentFile: Uint8Array;
  /** The repository's top folder, absolute and without links: no file that is read may lead out of it. */
  readonly top: string;
}

/** Whether a path leads elsewhere than below `top`, by `..` or by a link in any of its folders, whether or not something is there. */
export function leadsOut(absolute: string, top: string): boolean {
  return !isBelow(targetOf(absolute, MOST_LINKS), top);
}

/** As many as the system itself follows. */
const MOST_LINKS = 40;

/** Where a path leads, as far as links can be followed. */
function targetOf(absolute: string, links: number): string {
  const folder = path.dirname(absolute);
  if (folder === absolute || links === 0) return absolute;
  try {
    return realpathSync(absolute);
  } catch {
    const own = path.join(targetOf(folder, links - 1), path.basename(absolute));
    const link = linkAt(own);
    return link === undefined ? own : targetOf(path.resolve(path.dirname(own), link), links - 1);
  }
}

function linkAt(absolute: string): string | undefined {
  try {
    return readlinkSync(absolute);
  } catch {
    return undefined;
  }
}

/** Whether a path, as it is written, is `top` or lies below it. */
export function isBelow(absolute: string, top: string): boolean {
  const relative = path.relative(top, absolute);
  return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
