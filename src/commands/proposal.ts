import { execFile } from "node:child_process";
import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type Base, leadsOut } from "../config/base.ts";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { showPath } from "../config/json-file.ts";
import { type SourceLocation, TOUCHES_MACHINE } from "../config/source-location.ts";
import { UserError } from "../model/error.ts";
import type { Diagnostic } from "../plan/plan.ts";
import type { Host } from "./host.ts";
import type { EnvironmentOptions } from "./options.ts";

/** A working tree as an outsider proposes it, and the revision that says where and how (SPEC §8). */
export interface Proposal {
  readonly base: Base;
  readonly findings: readonly Diagnostic[];
}

const LARGEST_BYTES = 16 * 2 ** 20;

/**
 * Takes environment.json from the git revision `revision` of the repository that the working folder `cwd` lies in. Nothing
 * of the working tree says what git runs: objects are read raw, without filters, attributes or hooks.
 * @throws UserError where there is no such repository, revision or file
 */
export async function openProposal(
  host: Host,
  cwd: string,
  { env, configs }: Pick<EnvironmentOptions, "env" | "configs">,
  revision: string,
): Promise<Proposal> {
  const git = (...args: string[]) => runGit(host, cwd, args);
  const top = await git("rev-parse", "--show-toplevel");
  if (top === undefined) {
    throw new UserError("--untrusted needs a git repository around the configs", {
      hint: "run it in a checkout of the proposal that also has the trusted revision",
    });
  }
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  if (commit === undefined) {
    throw new UserError("the revision of --untrusted is not in this repository", {
      hint: "fetch the branch that the proposal is made to, with its history",
    });
  }
  const file = path.resolve(cwd, configs, env, ENVIRONMENT_FILE);
  const folder = text(top);
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

/** The sources that a proposal's plan may read; those left out are said in `findings`. */
export function readableSources(
  sources: readonly SourceLocation[],
  { base }: Proposal,
  findings: Diagnostic[],
): readonly SourceLocation[] {
  return sources.filter((source) => {
    const reason = TOUCHES_MACHINE[source.kind]
      ? "belongs to this machine"
      : "path" in source && isInside(source.path, base.top) && leadsOut(source.path, base.top)
        ? "leads out of the repository"
        : undefined;
    if (reason === undefined) return true;
    const summary = `the ${source.kind} source ${reason} and is not read for a plan of a proposal`;
    findings.push({
      severity: "note",
      code: "source_left_out",
      summary,
      file: source.at.file,
      line: source.at.line,
    });
    return false;
  });
}

function isInside(file: string, top: string): boolean {
  const relative = path.relative(top, file);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
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

/** What git prints, or `undefined` where it fails. */
async function runGit(host: Host, cwd: string, args: readonly string[]): Promise<Buffer | undefined> {
  const { PATH, HOME } = host.environmentVariables;
  const env = {
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    GIT_NO_REPLACE_OBJECTS: "1",
  };
  try {
    const { stdout } = await promisify(execFile)(
      "git",
      ["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-C", cwd, ...args],
      { env, encoding: "buffer", maxBuffer: LARGEST_BYTES },
    );
    return stdout;
  } catch {
    return undefined;
  }
}

function text(line: Buffer): string {
  return line.toString("utf8").replace(/\n$/, "");
}
