import { realpath } from "node:fs/promises";
import path from "node:path";
import { type Base, isBelow, leadsOut } from "../config/base.ts";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { environmentSchema } from "../config/environment-schema.ts";
import { showPath } from "../config/json-file.ts";
import { plainValue } from "../config/json-node.ts";
import { parseJson } from "../config/json-parser.ts";
import { type SourceLocation, TOUCHES_MACHINE } from "../config/source-location.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { UserError } from "../model/error.ts";
import { CHANGED_SOPS_FILES, type Diagnostic, type Plan } from "../plan/plan.ts";
import { repositoryAround, runGit } from "../values/git.ts";
import { readBoundFiles } from "./bound-files.ts";
import type { Host } from "./host.ts";
import type { EnvironmentOptions } from "./options.ts";

/** A working tree as an outsider proposes it, and the revision that says where and how (SPEC §8). */
export interface Proposal {
  readonly base: Base;
  readonly proposed: NonNullable<Plan["proposed"]>;
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
  const commit = await trustedCommit(git, revision);
  const trusted = (inside: string) =>
    git("cat-file", "blob", `${commit}:${inside.split(path.sep).join("/")}`);
  const file = path.resolve(cwd, configs, env, ENVIRONMENT_FILE);
  const own = path.resolve(await realpath(cwd), path.relative(cwd, file));
  const found = await trusted(path.relative(folder, own));
  if (found === undefined) {
    throw new UserError(`${showPath(file, cwd)} is not in the revision of --untrusted`, {
      hint: "an environment is made in a change of its own, by somebody who is trusted",
    });
  }
  const {
    environmentFile = Buffer.alloc(0),
    sopsFiles,
    digest,
  } = await readBoundFiles(host, path.dirname(own), { top: folder, cwd: await realpath(cwd) });
  const keys = environmentFile.equals(found) ? [] : changedKeys(found, environmentFile);
  let isSopsChanged = false;
  for (const { inside, content } of sopsFiles) {
    const before = await trusted(inside);
    isSopsChanged ||= before === undefined ? content !== undefined : content?.equals(before) !== true;
  }
  const shown = showPath(file, cwd);
  return {
    base: { environmentFile: found, top: folder },
    proposed: { digest, changes: [...keys, ...(isSopsChanged ? [CHANGED_SOPS_FILES] : [])] },
    findings: [
      ...(keys.length === 0 ? [] : [changedEnvironment(shown, keys)]),
      ...(isSopsChanged ? [changedSopsFiles(shown)] : []),
    ],
  };
}

/** Where `NAME` is short for a branch. A tag is not among them: who may push no branch that is protected may push tags. */
const BRANCHES = ["refs/heads/", "refs/remotes/"] as const;

/**
 * The commit that a commit id, `HEAD`, a ref's full name or a branch's short one stands for, or one so many before it
 * (`main~1`, `HEAD^2`). git itself would take `origin/main` for a tag of that name, which whoever proposes may push.
 * @throws UserError
 */
async function trustedCommit(
  git: (...args: string[]) => Promise<Buffer | undefined>,
  revision: string,
): Promise<string> {
  const [, name = "", steps = ""] = /^(.*?)((?:[~^]\d*)*)$/.exec(revision) ?? [];
  const named = name === "HEAD" || WHOLE_ID.test(name) ? name : await refNamed(git, name);
  const object = named ?? (SHORT_ID.test(name) ? name : undefined);
  const commit =
    object === undefined
      ? undefined
      : await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${object}${steps}^{commit}`);
  if (commit === undefined) {
    throw new UserError("the revision of --untrusted is not in this repository", {
      hint: "fetch the branch that the proposal is made to, and name it: a branch, a commit id, or a ref's full name",
    });
  }
  return text(commit);
}

const WHOLE_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHORT_ID = /^[0-9a-f]{7,63}$/;

/** The object that the one ref of this name points to. */
async function refNamed(
  git: (...args: string[]) => Promise<Buffer | undefined>,
  name: string,
): Promise<string | undefined> {
  const objectOf = async (ref: string) => {
    const found = await git("show-ref", "--verify", "--hash", "--", ref);
    return found === undefined ? undefined : text(found);
  };
  if (name.startsWith("refs/")) return objectOf(name);
  const [tag, ...branches] = await Promise.all(
    ["refs/tags/", ...BRANCHES].map((folder) => objectOf(`${folder}${name}`)),
  );
  const [branch, ...others] = branches.filter((found) => found !== undefined);
  const isAmbiguous =
    others.length > 0 || (tag !== undefined && (branch !== undefined || SHORT_ID.test(name)));
  if (!isAmbiguous) return branch;
  throw new UserError("the revision of --untrusted is the name of more than one branch or tag", {
    hint: "give its full name, such as refs/remotes/origin/main: a proposal can push a tag of any name",
  });
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

function changedEnvironment(file: string, changes: readonly string[]): Diagnostic {
  return {
    severity: "warning",
    code: "environment_proposed",
    summary: `${file} is another in this proposal (${changes.join(", ")}): the plan is made with that of the trusted revision`,
    file,
    line: 1,
  };
}

/** Whatever else it names is the proposal's own text, and no part of the message. */
function changedSopsFiles(file: string): Diagnostic {
  return {
    severity: "warning",
    code: "sops_proposed",
    summary: `a SOPS file that ${file} names is another in this proposal: it says whom an apply asks for its key`,
    file,
    line: 1,
  };
}

/** The known keys at the top whose content is another, and words for what is no such key: nothing of it is quoted. */
function changedKeys(trusted: Uint8Array, proposed: Uint8Array): string[] {
  const [before, after] = [membersOf(trusted), membersOf(proposed)];
  if (before === undefined || after === undefined) return ["everything"];
  const differing = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null),
  );
  const known = Object.keys(environmentSchema.shape).filter((key) => differing.includes(key));
  if (differing.length > known.length) return [...known, "unknown keys"];
  return known.length === 0 ? ["its layout"] : known;
}

function membersOf(file: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const { root } = parseJson(Buffer.from(file).toString("utf8"), ENVIRONMENT_FILE);
  return root?.kind === "object" ? (plainValue(root) as Readonly<Record<string, unknown>>) : undefined;
}

function text(line: Buffer): string {
  return line.toString("utf8").replace(/\n$/, "");
}
