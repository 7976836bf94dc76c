import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { type Base, isBelow, leadsOut } from "../config/base.ts";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { showPath } from "../config/json-file.ts";
import { type SourceLocation, TOUCHES_MACHINE } from "../config/source-location.ts";
import { UserError } from "../model/error.ts";
import type { Diagnostic } from "../plan/plan.ts";
import { repositoryAround, runGit } from "../values/git.ts";
import type { Host } from "./host.ts";
import type { EnvironmentOptions } from "./options.ts";

/** A working tree as an outsider proposes it, and the revision that says where and how (SPEC §8). */
export interface Proposal {
  readonly base: Base;
  readonly findings: readonly Diagnostic[];
}

/**
 * Takes environment.json from the git revision `revision` of the repository that the working folder `cwd` lies in. Objects
 * are read raw, without filters, attributes or hooks.
 * @throws UserError where there is no such repository, revision or file
 */
export async function openProposal(
  host: Host,
  cwd: string,
  { env, configs }: Pick<EnvironmentOptions, "env" | "configs">,
  revision: string,
): Promise<Proposal> {
  const folder = repositoryAround(cwd);
  if (folder === undefined) {
    throw new UserError("--untrusted needs a git repository around the configs", {
      hint: "run it in a checkout of the proposal that also has the trusted revision",
    });
  }
  const git = (...args: string[]) => runGit(folder, args, host.environmentVariables);
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  if (commit === undefined) {
    throw new UserError("the revision of --untrusted is not in this repository", {
      hint: "fetch the branch that the proposal is made to, with its history",
    });
  }
  const file = path.resolve(cwd, configs, env, ENVIRONMENT_FILE);
  const inside = path.relative(folder, path.resolve(await realpath(cwd), path.relative(cwd, file)));
  const found = await git("cat-file", "blob", `${text(commit)}:${inside.split(path.sep).join("/")}`);
  if (found === undefined) {
    throw new UserError(`${showPath(file, cwd)} is not in the revision of --untrusted`, {
      hint: "an environment is made in a change of its own, by somebody who is trusted",
    });
  }
  const proposed = await readFile(file).catch(() => undefined);
  const findings = proposed?.equals(found) === true ? [] : [changedEnvironment(showPath(file, cwd))];
  return { base: { environmentFile: found, top: folder }, findings };
}

/** A note for each source that a proposal's plan may not read; the sources without one are read. */
export function unreadSources(
  sources: readonly SourceLocation[],
  { base }: Proposal,
): ReadonlyMap<SourceLocation, Diagnostic> {
  return new Map(
    sources.flatMap((source) => {
      const reason = unreadReason(source, base);
      if (reason === undefined) return [];
      const summary = `the ${source.kind} source ${reason} and is not read for a plan of a proposal`;
      const { file, line } = source.at;
      return [[source, { severity: "note", code: "source_left_out", summary, file, line }] as const];
    }),
  );
}

function unreadReason(source: SourceLocation, { top }: Base): string | undefined {
  if (TOUCHES_MACHINE[source.kind]) return "belongs to this machine";
  const escapes = "path" in source && isBelow(source.path, top) && leadsOut(source.path, top);
  return escapes ? "leads out of the repository" : undefined;
}

function changedEnvironment(file: string): Diagnostic {
  return {
    severity: "warning",
    code: "environment_proposed",
    summary: `${file} is another in this proposal: the plan is made with that of the trusted revision`,
    file,
    line: 1,
  };
}

function text(line: Buffer): string {
  return line.toString("utf8").replace(/\n$/, "");
}
