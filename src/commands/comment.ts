import { resolve } from "node:path";
import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { CodeHost } from "../review/code-host.ts";
import { REPORT_KINDS } from "../review/identity.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { wholeNumber } from "./options.ts";

function options(yargs: Argv) {
  return yargs
    .option("report", {
      type: "string",
      requiresArg: true,
      demandOption: true,
      describe: "The file to post: of plan or apply --report markdown=FILE, or drift --format markdown",
    })
    .option("kind", {
      choices: REPORT_KINDS,
      demandOption: true,
      describe: "What the file has to be to be posted",
    })
    .option("env", {
      type: "string",
      requiresArg: true,
      demandOption: true,
      describe: "The environment that it has to be about",
    })
    .option("pull-request", {
      type: "string",
      requiresArg: true,
      describe: "Its number; default: that of the pipeline, or the one whose merge it runs for",
    })
    .option("issue", { type: "boolean", default: false, describe: "As an issue instead of a comment" })
    .option("resolved", { type: "boolean", default: false, describe: "With --issue: close it" })
    .option("chdir", { type: "string", requiresArg: true, describe: "Work in this folder" });
}

/** Posts a report as the one comment or issue of its environment, or changes that in place. */
async function comment(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  if (given.resolved && !given.issue) {
    throw new UserError("--resolved closes an issue", { hint: "give --issue too" });
  }
  if (given.issue && given.pullRequest !== undefined) {
    throw new UserError("--issue and --pull-request are two places", { hint: "give one of them" });
  }
  const { pipelineOf } = await import("./code-host.ts");
  const { putReport, readReport, takeReport } = await import("../review/report.ts");
  const text = await host.load(resolve(host.cwd, given.chdir ?? ".", given.report));
  const report = readReport(text, { kind: given.kind, environment: given.env });
  const { codeHost, pullRequest: ofPipeline, commit } = pipelineOf(host);
  if (given.issue) {
    const board = codeHost.issues(`paraform: ${report.kind} of ${report.environment}`);
    const placed = await (given.resolved ? takeReport : putReport)(codeHost, board, report);
    host.print(`The issue of ${report.environment} is ${placed}.\n`);
    return EXIT.done;
  }
  const pullRequest =
    given.pullRequest === undefined
      ? (ofPipeline ?? (await pullRequestMerged(codeHost, commit)))
      : wholeNumber("pull-request", given.pullRequest, [1, 10 ** 14]);
  const placed = await putReport(codeHost, codeHost.comments(pullRequest), report);
  host.print(`The comment of ${report.environment} in pull request ${pullRequest} is ${placed}.\n`);
  return EXIT.done;
}

/** The one that a pipeline runs for after the merge. @throws UserError where it runs for none */
async function pullRequestMerged(codeHost: CodeHost, commit: string | undefined): Promise<number> {
  if (commit === undefined) {
    throw new UserError("this pipeline belongs to no pull request", { hint: "name it: --pull-request N" });
  }
  const { pullRequestOf } = await import("../review/approval.ts");
  return pullRequestOf(codeHost, commit);
}

export const commentCommand = command({
  spec: "comment",
  describe: "Post a plan, or what its apply came to, in its pull request (GitHub, GitLab)",
  options,
  run: comment,
});
