import { resolve } from "node:path";
import type { Argv } from "yargs";
import type { Run } from "../apply/lock.ts";
import type { ApplyResult } from "../apply/outcome.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { PlanRequest } from "../pipeline.ts";
import { actionOf, isDeep } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { allowances, outputOptions, planInputs, planOptions, savedPlanOptions } from "./options.ts";
import type { OpenSession } from "./session.ts";

function options(yargs: Argv) {
  return outputOptions(planOptions(savedPlanOptions(yargs)))
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
  const { openSaved, checkSaved } = await import("./saved-plan.ts");
  const { finishRun } = await import("./finish-run.ts");
  const { withSession, workingFolder } = await import("./session.ts");
  const saved = await openSaved(host, resolve(workingFolder(host, given.chdir), path), given.env);
  const allow = { ...saved.inputs.allow, ...allowances(given.allow ?? []) };
  return withSession(
    host,
    { ...given, env: saved.environment.name, endpointUrl: given.endpointUrl },
    async (session) => {
      const checked = await checkSaved(host, session, saved, allow);
      if (checked.todo.size === 0) {
        if (checked.resumed)
          await finishRun(host, session, { fingerprint: saved.fingerprint, intent: checked.intent });
        const { renderJson } = await import("../render/json.ts");
        host.print(
          given.format === "json"
            ? renderJson(nothingLeft(saved, saved.fingerprint))
            : "Nothing is left to do: everything in this plan is done.\n",
        );
        return EXIT.done;
      }
      const request = { inputs: saved.inputs, deep: isDeep(saved) };
      return carryOut(host, session, given, {
        approved: saved,
        request,
        run: saved.fingerprint,
        intent: checked.intent,
        todo: checked.todo,
      });
    },
  );
}

/** Plans, shows, asks, applies. A run that was cut is resumed: what it rotated is not rotated again. */
async function applyFresh(host: Host, given: ApplyOptions & { env: string }): Promise<ExitCode> {
  const inputs = planInputs(given);
  const { withSession } = await import("./session.ts");
  const { planText, pendingChanges, timedPlan } = await import("./plan-result.ts");
  const { planEnvironment } = await import("../pipeline.ts");
  const { unfinishedRun } = await import("../apply/lock.ts");
  const { finishRun } = await import("./finish-run.ts");
  const { refusal } = await import("./refusal.ts");
  const { renderJson } = await import("../render/json.ts");
  return withSession(host, given, async (session) => {
    const { environment } = session.config;
    const cut = await unfinishedRun(session.store, environment.name);
    const request: PlanRequest = { inputs, deep: given.deep, ...(cut === undefined ? {} : { resume: cut }) };
    const result = await timedPlan(host, session, () => planEnvironment(session, request));
    if (!result.complete) throw result.failure;
    const { planned, run, intent, resumed } = result;
    const { plan } = planned;
    if (resumed && cut !== undefined) {
      const since = new Date(cut.started).toISOString();
      host.say(
        `Resuming the apply that began at ${since} and was cut: what it wrote is not written again.\n`,
      );
    }
    if (given.expect !== undefined) await expectFingerprint(given.expect, cut, result);
    const shown = () => planText(host, plan, { ...given, format: "human" }, session.rates);
    if (given.format === "human") host.print(shown());
    else if (!given.autoApprove) host.say(shown());
    const refused = refusal(plan, inputs.allow, resumed ? cut : undefined);
    if (refused !== undefined) throw refused;
    if (pendingChanges(plan) === 0) {
      if (resumed) await finishRun(host, session, { fingerprint: run, intent });
      if (given.format === "json") host.print(renderJson(nothingLeft(plan, run)));
      return EXIT.done;
    }
    if (!given.autoApprove && !(await approves(host, environment.name))) {
      host.say("Apply cancelled.\n");
      return EXIT.error;
    }
    const todo = new Set(plan.resource_changes.map(({ address }) => address));
    return carryOut(host, session, given, { approved: plan, request, run, intent, todo });
  });
}

async function expectFingerprint(
  expected: string,
  cut: Run | undefined,
  result: Parameters<typeof import("../apply/expectation.ts").meetsExpectation>[2],
): Promise<void> {
  const { meetsExpectation } = await import("../apply/expectation.ts");
  if (meetsExpectation(expected, cut, result)) return;
  throw new UserError("the plan is stale: its fingerprint is not the expected one", {
    hint: `it is ${result.planned.plan.fingerprint}: review this plan before you expect it`,
    exitCode: EXIT.stale,
  });
}

async function approves(host: Host, environment: string): Promise<boolean> {
  const { askLine } = await import("./ask-line.ts");
  const { renderQuestion } = await import("../render/question.ts");
  return (await askLine(host, renderQuestion(environment))) === "yes";
}

interface Approved {
  readonly approved: Plan;
  readonly request: PlanRequest;
  readonly run: string;
  readonly intent: string;
  readonly todo: ReadonlySet<string>;
}

async function carryOut(
  host: Host,
  session: OpenSession,
  given: ApplyOptions,
  what: Approved,
): Promise<ExitCode> {
  const { applyEnvironment } = await import("../pipeline.ts");
  const { askForValues } = await import("./ask-values.ts");
  const { renderOutcomeLine, renderApplyResult, renderWaitLine } = await import("../render/human-apply.ts");
  const { renderJson } = await import("../render/json.ts");
  if (given.purge) host.say("--purge: no copy is kept of what is deleted.\n");
  const asked = await askForValues(host, what.approved, what.todo);
  const result = await applyEnvironment(session, {
    ...what,
    asked,
    holder: host.holder,
    monotonic: () => host.monotonic(),
    stopped: host.watchSignals(() =>
      host.say("Stopping: the write in flight is finished, the rest is left for the next apply.\n"),
    ),
    sleep: (milliseconds) => host.sleep(milliseconds),
    waiting: (name, milliseconds) => host.say(renderWaitLine(name, milliseconds)),
    purge: given.purge,
    report: (address, action, outcome) => {
      host.say(renderOutcomeLine(address, action, outcome, host.color.stderr));
    },
  });
  const color = host.color.stdout;
  host.print(given.format === "json" ? renderJson(result) : renderApplyResult(result, { color }));
  return exitCodeOf(result);
}

/** The result of an apply that found every change of `plan` made. */
function nothingLeft({ environment, resource_changes }: Plan, run: string): ApplyResult {
  const outcomes = resource_changes
    .map((change) => ({
      address: change.address,
      action: actionOf(change),
      outcome: { kind: "done" } as const,
    }))
    .filter(({ action }) => action !== "no-op");
  return {
    environment: environment.name,
    fingerprint: run,
    outcomes,
    written: false,
    stopped: null,
    overwritten: [],
    recreated: [],
  };
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
  run: apply,
});
