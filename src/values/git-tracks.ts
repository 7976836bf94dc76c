import path from "node:path";
import { repositoryAround, runGit } from "./git.ts";

/** Whether git tracks `file`. Only git's own yes counts: without git, or outside a repository, nothing is tracked. */
export async function gitTracks(
  file: string,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const top = repositoryAround(path.dirname(file));
  if (top === undefined) return false;
  const args = ["ls-files", "--error-unmatch", "--", path.relative(top, file)];
  return (await runGit(top, args, environmentVariables)) !== undefined;
}
