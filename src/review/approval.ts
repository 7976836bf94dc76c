import { EXIT, UserError } from "../model/error.ts";
import type { CodeHost, Merged } from "./code-host.ts";
import { identityOf } from "./identity.ts";
import { ownPosts } from "./report.ts";

/** What counts as the moment of approval: a review by somebody else who may write, or the merge itself. */
export type ApprovedBy = "review" | "merge";

/** What is to be applied, of which the fingerprint is asked. */
export interface Request {
  readonly environment: string;
  readonly pullRequest: number;
  readonly by: ApprovedBy;
  /** The digest over environment.json and its SOPS files as they lie in the checkout. */
  readonly digest: string;
  /** The branch that is applied; `undefined` where nobody says. */
  readonly branch: string | undefined;
  /** What the environment is read from, as its repository names it; a folder for all that lies below. */
  readonly readFrom: readonly string[];
}

/**
 * The line that ends a plan's comment. Of what others wrote nothing begins a line there, so that there is one of these.
 */
const FINGERPRINT = /^Fingerprint `([\w-]{8,128})`/gm;
/** The line before it: environment.json and its SOPS files as they were proposed, which the fingerprint does not cover. */
const ENVIRONMENT = /^Environment `(sha256:[0-9a-f]{64})`$/gm;

/**
 * The fingerprint that was approved for `environment` in one merged pull request: that of the comment of the token's own
 * account, if nobody changed that comment after it was approved, and nobody else before. So what was approved is what stood there: an edit, a
 * forgery or a later plan moves the comment's time past the approval or bears another name, and there is no approved
 * fingerprint. Nor is there one for another environment.json or SOPS file than the approved, which say what an apply runs and asks;
 * nor where the branch went on from there: to apply what it once was may bring back what was taken away since, for
 * what is created has no version that would be another by now.
 * @throws UserError with exit code 3 where nothing is approved
 */
export async function approvedFingerprint(
  host: CodeHost,
  { environment, pullRequest, by, digest, branch, readFrom }: Request,
): Promise<string> {
  const merged = await host.merged(pullRequest);
  if (merged === undefined) throw refused(`pull request ${pullRequest} is not merged`, "merge it first");
  if (branch !== undefined && merged.into !== branch) {
    throw refused(
      `pull request ${pullRequest} was merged into another branch than the one that is applied`,
      "apply what was reviewed for this branch",
    );
  }
  const board = host.comments(pullRequest);
  const posts = await ownPosts(board, await host.me(), identityOf("plan", environment));
  const [post] = posts;
  if (post === undefined || posts.length > 1) {
    const how = post === undefined ? "has no plan" : "has more than one plan";
    const hint = "plan again and give the fingerprint of what is right by hand";
    throw refused(`pull request ${pullRequest} ${how} of this environment`, hint);
  }
  const approvals = by === "merge" ? [merged.at] : await host.approvals(pullRequest);
  if (!approvals.some((at) => isAfter(at, post.changed))) {
    if (approvals.length === 0) {
      throw refused(
        `nobody approved pull request ${pullRequest}`,
        "somebody has to who may write and has no commit in it: then run the apply again, or give the fingerprint by hand",
      );
    }
    throw refused(
      `the plan's comment was changed after it was approved in pull request ${pullRequest}`,
      "approve it as the comment stands now and run the apply again, or give the fingerprint by hand",
    );
  }
  if (await host.isRewritten(post.id)) {
    throw refused(
      `the plan's comment in pull request ${pullRequest} was last changed by somebody else than its author`,
      "who approved may have read another plan: read that of the run's summary, and give its fingerprint by hand",
    );
  }
  const [found, ...more] = [...post.body.matchAll(FINGERPRINT)];
  if (found?.[1] === undefined || more.length > 0) {
    throw refused(
      `the comment of pull request ${pullRequest} carries no fingerprint`,
      "its plan was incomplete",
    );
  }
  const [file, ...files] = [...post.body.matchAll(ENVIRONMENT)];
  if (file?.[1] !== digest || files.length > 0) {
    throw refused(
      `environment.json, or a SOPS file that it names, is not the one that was approved in pull request ${pullRequest}`,
      "the fingerprint does not cover them: plan again what lies here now, and give the fingerprint by hand",
    );
  }
  await refuseOverhauled(host, merged, readFrom);
  return found[1];
}

/** @throws UserError where the branch may have another config of the environment by now than the merge left there */
async function refuseOverhauled(
  host: CodeHost,
  { commit, into, number }: Merged,
  readFrom: readonly string[],
): Promise<void> {
  const changed = await host.changedSince(commit, into);
  const hint =
    "apply what was merged last; or plan the branch as it is now, and give the fingerprint of that by hand";
  if (changed === undefined) {
    throw refused(
      `${host.name} does not tell all that changed since pull request ${number} was merged`,
      hint,
    );
  }
  if (!changed.some((file) => readFrom.some((place) => isBelow(file, place) || isBelow(place, file)))) return;
  throw refused(`the configs of this environment changed since pull request ${number} was merged`, hint);
}

function isBelow(name: string, folder: string): boolean {
  return folder === "" || name === folder || name.startsWith(`${folder}/`);
}

/** The one merged pull request that made `commit`. The branch that it went to is `approvedFingerprint`'s to check. @throws UserError, with exit code 3 where there is none or more than one */
export async function pullRequestOf(host: CodeHost, commit: string): Promise<number> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) {
    throw new UserError("there is no whole commit id to find the pull request by", {
      hint: "name the pull request: --pull-request N",
    });
  }
  const [merged, ...others]: readonly Merged[] = await host.mergedAs(commit);
  if (merged !== undefined && others.length === 0) return merged.number;
  const how = merged === undefined ? "no merged pull request" : "more than one pull request";
  throw refused(`${how} made this commit`, "give the fingerprint of what is right by hand");
}

/** Both hosts count in seconds, or round to them: within the same one nobody knows which came first. */
function isAfter(approved: number, changed: number): boolean {
  return Math.floor(approved / 1000) > Math.floor(changed / 1000);
}

function refused(message: string, hint: string): UserError {
  return new UserError(message, { hint, exitCode: EXIT.refused });
}
