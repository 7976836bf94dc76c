import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import type { Request } from "../review/approval.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { RESULT_FORMATS, wholeNumber } from "./options.ts";

function options(yargs: Argv) {
  return yargs
    .option("env", { type: "string", requiresArg: true, demandOption: true, describe: "The environment" })
    .option("configs", {
      type: "string",
      requiresArg: true,
      default: "configs",
      describe: "Folder of the environments, as it was merged",
    })
    .option("chdir", { type: "string", requiresArg: true, describe: "Work in this folder" })
    .option("pull-request", {
      type: "string",
      requiresArg: true,
      describe: "Its number; default: the one whose merge made --commit",
    })
    .option("commit", {
      type: "string",
      requiresArg: true,
      describe: "The merged commit; default: that of the pipeline",
    })
    .option("by", {
      choices: ["review", "merge"] as const,
      default: "review" as const,
      describe: "What approves: a review by somebody else who may write, or the merge itself",
    })
    .option("report", {
      type: "string",
      array: true,
      nargs: 1,
      describe: "FORMAT=FILE: where nothing is approved, write why, as an apply that was refused",
    });
}

type ApprovedOptions = OptionsOf<typeof options>;

/** Prints the fingerprint that was approved in a merged pull request, for `apply --expect`. */
async function approved(host: Host, given: ApprovedOptions): Promise<ExitCode> {
  const { openReports } = await import("./reports.ts");
  const { workingFolder } = await import("./session.ts");
  const { tellingFailure } = await import("./apply-result.ts");
  const reports = await openReports(host, given.report, workingFolder(host, given.chdir), RESULT_FORMATS);
  const fingerprint = await tellingFailure(host, given.env, reports, () => findApproved(host, given));
  host.print(`${fingerprint}\n`);
  return EXIT.done;
}

async function findApproved(host: Host, given: ApprovedOptions): Promise<string> {
  const { pipelineOf } = await import("./code-host.ts");
  const { approvedFingerprint, pullRequestOf } = await import("../review/approval.ts");
  const pipeline = pipelineOf(host);
  const number =
    given.pullRequest === undefined
      ? await pullRequestOf(pipeline.codeHost, given.commit ?? pipeline.commit ?? "")
      : wholeNumber("pull-request", given.pullRequest, [1, 10 ** 14]);
  const { codeHost, branch } = pipeline;
  return approvedFingerprint(codeHost, {
    environment: given.env,
    pullRequest: number,
    by: given.by,
    branch,
    ...(await merged(host, given)),
  });
}

/** The environment as it will be applied. @throws UserError where there is none */
async function merged(host: Host, given: ApprovedOptions): Promise<Pick<Request, "digest" | "readFrom">> {
  const { loadConfig } = await import("../config/config.ts");
  const { namesInside } = await import("../config/names-inside.ts");
  const { boundCheckout } = await import("./bound-checkout.ts");
  const { cwd, top, digest } = await boundCheckout(host, given);
  const { files, folders } = loadConfig({ configs: given.configs, environment: given.env, cwd });
  return { digest, readFrom: namesInside(top, [...files, ...folders]) };
}

export const approvedCommand = command({
  spec: "approved",
  describe: "Print the fingerprint that was approved in a merged pull request",
  options,
  run: approved,
});
