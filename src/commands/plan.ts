import { resolve } from "node:path";
import type { Argv } from "yargs";
import { type ExitCode, UserError } from "../model/error.ts";
import { redact } from "../model/known-secrets.ts";
import type { Plan } from "../plan/plan.ts";
import { renderJson } from "../render/json.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { planInputs, planOptions, planOutputOptions, runnerOption, storeOptions } from "./options.ts";
import type { Proposal } from "./proposal.ts";
import { planReport, type Tell, underRunner } from "./runner.ts";
import type { OpenSession } from "./session.ts";

/** Compiles, reads, compares and renders. Writes nothing to the store. */
async function plan(host: Host, options: PlanCommandOptions, tell: Tell): Promise<ExitCode> {
  const inputs = planInputs(options);
  const { withSession, workingFolder } = await import("./session.ts");
  const { documentOf, planExitCode, planText, timedPlan, withoutColour } = await import("./plan-result.ts");
  const { planEnvironment } = await import("../pipeline.ts");
  const { openReports } = await import("./reports.ts");
  const folder = workingFolder(host, options.chdir);
  const reports = await openReports(host, options.report, folder);
  const proposal = await proposalOf(host, folder, options);
  const work = async (session: OpenSession) => {
    const request = { inputs, deep: options.deep };
    const result = await timedPlan(host, session, () => planEnvironment(session, request));
    const document = documentOf(result);
    const { out } = options;
    if (out !== undefined && document.complete) await savePlan(host, resolve(folder, out), document);
    host.print(
      planText(
        host,
        document,
        { ...options, savedTo: document.complete ? (out ?? null) : null },
        session.rates,
      ),
    );
    for (const { format, write } of reports) {
      await write(planText(withoutColour(host), document, { ...options, format }, session.rates));
    }
    const summary = () => planText(host, document, { format: "markdown", verbose: false });
    tell(() => planReport(document, planExitCode(document, true), summary()));
    if (!result.complete) throw result.failure;
    return planExitCode(document, options.detailedExitcode);
  };
  return withSession(host, options, work, proposal);
}

async function proposalOf(
  host: Host,
  folder: string,
  options: PlanCommandOptions,
): Promise<Proposal | undefined> {
  if (options.untrusted === undefined) return undefined;
  const { openProposal } = await import("./proposal.ts");
  return openProposal(host, folder, options, options.untrusted);
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

function options(yargs: Argv) {
  return runnerOption(planOutputOptions(planOptions(storeOptions(yargs))))
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

type PlanCommandOptions = OptionsOf<typeof options>;

export const planCommand = command({
  spec: "plan",
  describe: "Show what apply would change; the plan holds no secret",
  options,
  run: (host, given) => underRunner(host, given, (tell) => plan(host, given, tell)),
});
