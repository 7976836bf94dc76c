import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

/**
 * Whether git tracks `file`. Only git's own yes counts: without git, or outside a repository, nothing is tracked.
 * The repository may belong to somebody else, so its configuration starts no program.
 */
export async function gitTracks(
  file: string,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const { PATH, HOME } = environmentVariables;
  try {
    await promisify(execFile)(
      "git",
      [
        "--literal-pathspecs",
        ...["-c", "safe.directory=*"],
        ...["-c", "core.fsmonitor=false"],
        ...["-C", path.dirname(file)],
        ...["ls-files", "--error-unmatch", "--", path.basename(file)],
      ],
      { env: { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }) } },
    );
    return true;
  } catch {
    return false;
  }
}
