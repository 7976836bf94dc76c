import { resolve } from "node:path";
import type { Argv } from "yargs";
import { type ApplyResult, nothingLeft } from "../apply/outcome.ts";
import type { PassedOver } from "../apply/passed-over.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ApplyProposal, IncompletePlan } from "../pipeline.ts";
import { actionOf } from "../plan/action.ts";
import type { PlanInputs } from "../plan/plan.ts";
import { counted } from "../render/wording.ts";
import type { ApplyEnd } from "./apply-result.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import {
  allowances,
  conciseOption,
  eventOption,
  outputOptions,
  placeGiven,
  planInputs,
  planOptions,
  RESULT_FORMATS,
  type ResultFormat,
  reportOption,
  runnerOption,
  savedPlanOptions,
} from "./options.ts";
import { openReports, type Report } from "./reports.ts";
import { underRunner } from "./runner.ts";
import type { SavedRequest } from "./saved-plan.ts";
import type { OpenSession } from "./session.ts";

function options(yargs: Argv) {
  const shaped = planOptions(savedPlanOptions(yargs));
  return runnerOption(eventOption(conciseOption(reportOption(outputOptions(shaped)))))
    .positional("file", { type: "string", describe: "A saved plan" })
    .option("purge", { type: "boolean", default: false, describe: "Keep no copy of what is deleted" })
    .option("auto-approve", { type: "boolean", default: false, describe: "Do not ask" })
    .option("expect", {
      type: "string",
      requiresArg: true,
      describe: "Go on only if the plan has this fingerprint",
    });
}

type ApplyOptions = OptionsOf<typeof options>;

async function apply(host: Host, given: ApplyOptions): Promise<ExitCode> {
  if (given.file !== undefined) return applySaved(host, given, given.file);
  if (given.env === undefined) {
    throw new UserError("apply needs a saved plan or --env", {
      hint: "paraform apply FILE, or paraform apply --env ENV",
    });
  }
  if (!host.interactive && !given.autoApprove) {
    throw new UserError("apply cannot ask without a terminal", {
      hint: "give it a saved plan, or --auto-approve",
    });
  }
  return applyFresh(host, { ...given, env: given.env });
}

/** Exactly what the file says: planned again with its inputs and held against it. */
async function applySaved(host: Host, given: ApplyOptions, path: string): Promise<ExitCode> {
  const shaping = ["delete", "regenerate", "target", "exclude"] as const;
  const refused = shaping.find((flag) => given[flag] !== undefined);
  if (refused !== undefined || given.deep || given.expect !== undefined) {
    throw new UserError(`--${refused ?? (given.deep ? "deep" : "expect")} cannot change a saved plan`, {
      hint: "its content is fixed: plan again with the flag, or leave it away",
    });
  }
  const { openSaved, finishSaved } = await import("./saved-plan.ts");
  const { refuseOtherCheckout } = await import("./bound-checkout.ts");
  const { withSession, workingFolder } = await import("./session.ts");
  const { applyFileCommand } = await import("../render/next-command.ts");
  const folder = workingFolder(host, given.chdir);
  const reports = await openReports(host, given.report, folder, RESULT_FORMATS);
  const saved = await openSaved(host, resolve(folder, path), given.env);
  const allow = { ...saved.inputs.allow, ...allowances(given.allow ?? []) };
  const env = saved.environment.name;
  return telling(host, env, given, reports, async () => {
    await refuseOtherCheckout(host, saved, given);
    return withSession(host, { ...given, env, endpointUrl: given.endpointUrl }, async (session) => {
      const result = await finishSaved(host, session, saved, allow, (left) => {
        tellPassedOver(host, left.passedOver);
        return carryOut(host, session, given, left);
      });
      return {
        result,
        plan: saved,
        again: purging(given, applyFileCommand(path, placeGiven(given), given.allow ?? [])),
        undelete: await undeleting(given, result),
        nothing: "Nothing is left to do: everything in this plan is done.\n",
      };
    });
  });
}

/** Plans, shows, asks, applies. A run that was cut is resumed: what it rotated is not rotated again. */
async function applyFresh(host: Host, given: ApplyOptions & { env: string }): Promise<ExitCode> {
  const inputs = planInputs(given);
  const { withSession, workingFolder } = await import("./session.ts");
  const reports = await openReports(host, given.report, workingFolder(host, given.chdir), RESULT_FORMATS);
  return telling(host, given.env, given, reports, () =>
    withSession(host, given, (session) => applyProposal(host, session, given, inputs)),
  );
}

/** `undefined` where somebody was asked and said no. */
async function applyProposal(
  host: Host,
  session: OpenSession,
  given: ApplyOptions,
  inputs: PlanInputs,
): Promise<ApplyEnd | undefined> {
  const { planText, pendingChanges, printPlan } = await import("./plan-result.ts");
  const { finishRun } = await import("./finish-run.ts");
  const { applyCommand } = await import("../render/next-command.ts");
  const human = { ...given, format: "human" } as const;
  const proposal = await expectedProposal(host, session, given, inputs);
  if (!proposal.complete) throw proposal.failure;
  const { approved, cut, run, refused } = proposal;
  if (cut !== undefined) {
    const since = new Date(cut.started).toISOString();
    tell(
      host,
      "resuming",
      `Resuming the apply that began at ${since} and was not finished: what it wrote is not written again.`,
    );
  }
  if (given.format === "human") printPlan(host, approved, human, session.rates);
  else if (!given.autoApprove) host.say(planText(host, approved, human, session.rates));
  if (refused !== undefined) throw refused;
  const end = {
    plan: approved,
    again: purging(given, applyCommand({ ...approved, fingerprint: run }, placeGiven(given))),
  };
  if (pendingChanges(approved) === 0) {
    if (cut !== undefined) await finishRun(host, session);
    return { ...end, result: nothingLeft(approved, run), undelete: undefined, nothing: "" };
  }
  tellPassedOver(host, proposal.passedOver);
  if (!given.autoApprove && !(await approves(host, session.config.environment.name))) {
    host.say("Apply cancelled.\n");
    return undefined;
  }
  const todo = new Set(approved.resource_changes.map(({ address }) => address));
  const result = await carryOut(host, session, given, { ...proposal, todo });
  return { ...end, result, undelete: await undeleting(given, result) };
}

/** A plan that nobody expected is shown, where a plan is: for somebody has to look at it now. */
async function expectedProposal(
  host: Host,
  session: OpenSession,
  given: ApplyOptions,
  inputs: PlanInputs,
): Promise<ApplyProposal | IncompletePlan> {
  const { printPlan, timedPlan } = await import("./plan-result.ts");
  const { publishPlan } = await import("./public-texts.ts");
  const { proposeApply } = await import("../pipeline.ts");
  const { UnexpectedPlan } = await import("../apply/stale.ts");
  const { deep, expect } = given;
  try {
    return await timedPlan(host, session, () => proposeApply(session, { inputs, deep, expect }));
  } catch (error) {
    if (error instanceof UnexpectedPlan && given.format === "human") {
      publishPlan(error.plan);
      printPlan(host, error.plan, { ...given, format: "human" }, session.rates);
    }
    throw error;
  }
}

function purging({ purge }: ApplyOptions, command: string | undefined): string | undefined {
  return purge && command !== undefined ? `${command} --purge` : command;
}

/** What lists the copies that this run kept; a replaced name is there again, so nothing brings it back. */
async function undeleting(
  given: ApplyOptions,
  { environment, outcomes }: ApplyResult,
): Promise<string | undefined> {
  const { undeleteCommand } = await import("../render/next-command.ts");
  const isKept = outcomes.some(({ action, outcome }) => action === "delete" && outcome.kind === "applied");
  return isKept && !given.purge ? undeleteCommand(environment, placeGiven(given)) : undefined;
}

async function approves(host: Host, environment: string): Promise<boolean> {
  const { askLine } = await import("./ask-line.ts");
  const { renderQuestion } = await import("../render/question.ts");
  return (await askLine(host, renderQuestion(environment))) === "yes";
}

async function carryOut(
  host: Host,
  session: OpenSession,
  given: ApplyOptions,
  { approved, request, ring, run, intent, blind, todo }: SavedRequest,
): Promise<ApplyResult> {
  const { applyEnvironment } = await import("../pipeline.ts");
  const { askForValues } = await import("./ask-values.ts");
  const { applyProgress } = await import("./apply-progress.ts");
  if (given.purge) tell(host, "purging", "No copy is kept of what is deleted, as --purge says.");
  const asked = await askForValues(host, approved, todo);
  const changes = approved.resource_changes.filter((change) => actionOf(change) !== "no-op").length;
  const progress = applyProgress(host, changes);
  return applyEnvironment(session, {
    approved,
    request,
    ring,
    run,
    intent,
    blind,
    asked,
    holder: host.holder,
    monotonic: () => host.monotonic(),
    stopped: host.watchSignals(() =>
      tell(
        host,
        "stopping",
        "Stopping: the write in flight is finished, the rest is left for the next apply.",
      ),
    ),
    sleep: (milliseconds) => host.sleep(milliseconds),
    waiting: progress.waiting,
    purge: given.purge,
    begin: progress.begin,
    report: progress.report,
  }).finally(progress.end);
}

/** Does `work` and tells what it came to, a failure too. */
async function telling(
  host: Host,
  environment: string,
  { format }: ApplyOptions,
  reports: readonly Report<ResultFormat>[],
  work: () => Promise<ApplyEnd | undefined>,
): Promise<ExitCode> {
  const { tellEnd, tellingFailure } = await import("./apply-result.ts");
  const end = await tellingFailure(host, environment, reports, work);
  if (end === undefined) return EXIT.error;
  await tellEnd(host, format, reports, end);
  return exitCodeOf(end.result);
}

function tell(host: Host, code: "purging" | "resuming" | "stopping", text: string): void {
  host.say(`${text}\n`);
  host.emit?.({ type: "log", "@level": "info", "@message": text, code });
}

/** Said before anything is written, for from then on the other run is not resumed any more. */
function tellPassedOver(host: Host, other: PassedOver | undefined): void {
  if (other === undefined) return;
  const { started, changes, left, outdated } = other;
  const since = new Date(started).toISOString();
  const cut = `the apply that began at ${since} is not finished, up to ${left} of its ${counted(changes, "change")} ${left === 1 ? "is" : "are"} left, and ${outdated ? "a rotation is resumed for 24 hours only" : "this is another one"}: what that one regenerated may be regenerated again`;
  const hint = outdated
    ? "to regenerate only what is left of it, name that: --regenerate=GLOB"
    : "to finish it first, run it again with the configs, values and options that it had";
  host.say(`warning: ${cut}\n  hint: ${hint}\n`);
  host.emit?.({ type: "log", "@level": "warn", "@message": `${cut}; ${hint}`, code: "passed_over" });
}

/** 5 as soon as something was written and something else was not; 130 or 143 for a run that was told to stop. */
function exitCodeOf({ outcomes, stopped, written }: ApplyResult): ExitCode {
  if (stopped === "interrupted") return EXIT.interrupted;
  if (stopped === "terminated") return EXIT.terminated;
  const complete = outcomes.every(({ outcome }) => outcome.kind === "applied" || outcome.kind === "done");
  if (complete) return EXIT.done;
  return written ? EXIT.partial : EXIT.error;
}

export const applyCommand = command({
  spec: "apply [file]",
  describe: "Carry out a saved plan, or plan, show, ask and apply",
  options,
  run: (host, given) => underRunner(host, given, (telling) => apply(telling, given)),
});
