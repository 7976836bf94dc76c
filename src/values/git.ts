import { execFile } from "node:child_process";
import { lstatSync, realpathSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const LARGEST_BYTES = 16 * 2 ** 20;

/**
 * The top folder, without links, of the repository around a folder; `undefined` outside of one. A repository is told
 * by its `.git`, which git lets nobody commit: asked itself, git would also take a folder for one that somebody
 * committed with a `HEAD` and a `config` in it, and do what that config says.
 */
export function repositoryAround(folder: string): string | undefined {
  try {
    for (let at = realpathSync(folder); ; at = path.dirname(at)) {
      if (lstatSync(path.join(at, ".git"), { throwIfNoEntry: false }) !== undefined) return at;
      if (path.dirname(at) === at) return undefined;
    }
  } catch {
    return undefined;
  }
}

/**
 * What git prints of the repository whose top folder is `top`; `undefined` where it fails. The repository may belong
 * to somebody else, so nothing of its configuration starts a program or fetches anything.
 */
export async function runGit(
  top: string,
  args: readonly string[],
  { PATH, HOME }: Readonly<Record<string, string | undefined>>,
): Promise<Buffer | undefined> {
  const hardened = [
    "safe.directory=*",
    "safe.bareRepository=explicit",
    "protocol.allow=never",
    "core.fsmonitor=false",
  ];
  const env = {
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
  };
  try {
    const { stdout } = await promisify(execFile)(
      "git",
      [
        "--literal-pathspecs",
        ...hardened.flatMap((setting) => ["-c", setting]),
        ...["-C", top, `--git-dir=${path.join(top, ".git")}`, `--work-tree=${top}`],
        ...args,
      ],
      { env, encoding: "buffer", maxBuffer: LARGEST_BYTES },
    );
    return stdout;
  } catch {
    return undefined;
  }
}
