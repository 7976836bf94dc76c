import path from "node:path";
import { repositoryAround, runGit } from "./git.ts";

/** `unknown`: there is a repository around the file, and git cannot be asked about it. */
export type Tracking = "tracked" | "untracked" | "unknown";

/** Whether git tracks `file`. Outside a repository nothing is tracked. */
export async function trackingOf(
  file: string,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<Tracking> {
  const top = repositoryAround(path.dirname(file));
  if (top === undefined) return "untracked";
  const listed = await runGit(top, ["ls-files", "-z", "--", path.relative(top, file)], environmentVariables);
  if (listed === undefined) return "unknown";
  return listed.length > 0 ? "tracked" : "untracked";
}
