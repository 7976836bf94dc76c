import { resolve } from "node:path";
import type { Argv } from "yargs";
import type { DesiredGraph } from "../graph/graph.ts";
import { type ExitCode, UserError } from "../model/error.ts";
import { redact } from "../model/known-secrets.ts";
import type { ParameterName } from "../model/name.ts";
import type { PlanResult } from "../pipeline.ts";
import type { Plan, PlanInputs } from "../plan/plan.ts";
import { renderJson } from "../render/json.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import {
  type EnvironmentOptions,
  eventOption,
  PLAN_FORMATS,
  placeGiven,
  planInputs,
  planOptions,
  planOutputOptions,
  type RunnerOptions,
  runnerOption,
  storeOptions,
} from "./options.ts";
import type { PlanTextOptions } from "./plan-result.ts";
import type { Proposal } from "./proposal.ts";
import { planReport, underRunner } from "./runner.ts";
import type { OpenSession } from "./session.ts";

/** Compiles, reads, compares and renders. Writes nothing to the store. */
async function plan(host: Host, options: PlanCommandOptions): Promise<ExitCode> {
  const inputs = planInputs(options);
  return planWith(host, options, () => inputs);
}

interface PlanFileOptions extends EnvironmentOptions, PlanTextOptions, RunnerOptions {
  readonly deep: boolean;
  readonly out: string | undefined;
  readonly report: readonly string[] | undefined;
  readonly detailedExitcode: boolean;
  readonly untrusted?: string | undefined;
}

/** The same with inputs that the graph decides. */
export function planWith(
  host: Host,
  options: PlanFileOptions,
  inputsFor: (graph: DesiredGraph) => PlanInputs,
): Promise<ExitCode> {
  return underRunner(host, options, (telling) => planAndTell(telling, options, inputsFor));
}

async function planAndTell(
  host: Host,
  options: PlanFileOptions,
  inputsFor: (graph: DesiredGraph) => PlanInputs,
): Promise<ExitCode> {
  const { withSession, workingFolder } = await import("./session.ts");
  const { documentOf, planExitCode, planText, printPlan, timedPlan, withoutColour } = await import(
    "./plan-result.ts"
  );
  const { planEnvironment } = await import("../pipeline.ts");
  const { openReports } = await import("./reports.ts");
  const { tellingPlanFailure } = await import("./plan-failure.ts");
  const folder = workingFolder(host, options.chdir);
  const reports = await openReports(host, options.report, folder, PLAN_FORMATS);
  if (options.out !== undefined) await host.openReport(resolve(folder, options.out));
  const { untrusted } = options;
  const applyOptions = { ...placeGiven(options), ...(untrusted === undefined ? {} : { untrusted }) };
  const work = async (session: OpenSession, proposal: Proposal | undefined) => {
    const { deep } = options;
    const request = {
      inputs: inputsFor(session.graph),
      deep,
      ...(proposal === undefined ? {} : { proposed: proposal.proposed }),
    };
    const result = await timedPlan(host, session, () => planEnvironment(session, request));
    const document = documentOf(result);
    const { out } = options;
    if (out !== undefined && document.complete) await savePlan(host, resolve(folder, out), document);
    const savedTo = document.complete ? (out ?? null) : null;
    printPlan(
      host,
      options.format === "human" ? withoutFailure(result) : document,
      { ...options, savedTo, applyOptions },
      session.rates,
    );
    for (const { format, write } of reports) {
      await write(
        planText(withoutColour(host), document, { ...options, format, applyOptions }, session.rates),
      );
    }
    if (host.tellRunner !== undefined) {
      const brief = { format: "markdown", verbose: false, concise: false } as const;
      const summary = planText(host, document, { ...brief, applyOptions });
      const declaredAt = (name: string) => session.graph.parameters.get(name as ParameterName)?.origin;
      host.tellRunner(planReport(document, planExitCode(document, true), summary, declaredAt));
    }
    return result.complete ? planExitCode(document, options.detailedExitcode) : result.failure;
  };
  const ended = await tellingPlanFailure(host, options.env, reports, async () => {
    const proposal = await proposalOf(host, folder, options);
    return withSession(host, options, (session) => work(session, proposal), proposal);
  });
  if (ended instanceof UserError) throw ended;
  return ended;
}

async function proposalOf(
  host: Host,
  folder: string,
  options: PlanFileOptions,
): Promise<Proposal | undefined> {
  if (options.untrusted === undefined) return undefined;
  const { openProposal } = await import("./proposal.ts");
  return openProposal(host, folder, options, options.untrusted);
}

/** The plan without the one error that is told on stderr. */
function withoutFailure(result: PlanResult): Plan {
  if (result.complete) return result.planned.plan;
  const { plan, failure } = result;
  return { ...plan, diagnostics: plan.diagnostics.filter(({ summary }) => summary !== failure.message) };
}

/** A file that the last check on secrets would change could not be applied. */
async function savePlan(host: Host, file: string, plan: Plan): Promise<void> {
  const text = renderJson(plan);
  if (redact(text) !== text) {
    throw new UserError("the plan is not saved: a text in it holds the value of a secret", {
      hint: "a description or an owner in the store may quote one; --format json shows where",
    });
  }
  await host.save(file, text);
}

/** Options of how a plan is printed and where it is kept. */
export function planFileOptions<T>(yargs: Argv<T>) {
  return runnerOption(eventOption(planOutputOptions(yargs)))
    .option("out", { type: "string", requiresArg: true, describe: "Save the plan to this file" })
    .option("untrusted", {
      type: "string",
      requiresArg: true,
      describe: "Plan what an outsider proposes: environment.json of this git revision, no program run",
    })
    .option("detailed-exitcode", {
      type: "boolean",
      default: false,
      describe: "2 with changes, 3 where apply would refuse",
    });
}

function options(yargs: Argv) {
  return planFileOptions(planOptions(storeOptions(yargs)));
}

type PlanCommandOptions = OptionsOf<typeof options>;

export const planCommand = command({
  spec: "plan",
  describe: "Show what apply would change; the plan holds no secret",
  options,
  run: plan,
});
