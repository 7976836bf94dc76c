import { REST } from "../apply/rest.ts";
import { EXIT, type ExitCode } from "../model/error.ts";
import { publish, withoutSecrets } from "../model/known-secrets.ts";
import type { PlanResult } from "../pipeline.ts";
import { actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import { configuredText } from "../render/configured.ts";
import type { EventBody } from "../render/event.ts";
import { renderHtmlPlan } from "../render/html-plan.ts";
import { PAGE_SCRIPT } from "../render/html-script.ts";
import { PAGE_STYLE } from "../render/html-style.ts";
import { type PlanRendering, renderPlan } from "../render/human-plan.ts";
import { renderJson } from "../render/json.ts";
import { renderMarkdownPlan } from "../render/markdown-plan.ts";
import { planEvents } from "../render/plan-events.ts";
import { renderReading } from "../render/progress.ts";
import { counted } from "../render/wording.ts";
import { estimateSeconds, type Rates } from "../store/rates.ts";
import type { Host, Surroundings } from "./host.ts";
import type { PlanFormat } from "./options.ts";
import { publishEvents, publishPlan } from "./public-texts.ts";
import type { OpenSession } from "./session.ts";
import { whileShowing } from "./while-showing.ts";

/** Plans, and says on stderr what was read, how fast and in how many calls. */
export async function timedPlan<Result extends PlanResult>(
  host: Surroundings,
  session: OpenSession,
  plan: () => Promise<Result>,
): Promise<Result> {
  const [began, before] = [host.monotonic(), session.store.calls];
  const elapsed = () => Math.round(host.monotonic() - began) / 1000;
  const calls = () => session.store.calls - before;
  const expected = Math.ceil(session.graph.parameters.size / DESCRIBED_AT_ONCE) + 1;
  const result = await whileShowing(host, () => renderReading(calls(), expected, elapsed()), plan);
  publishPlan(documentOf(result));
  if (host.emit !== undefined) publishEvents();
  if (!result.complete) return result;
  host.emit?.(readEvent(result.live, calls(), elapsed()));
  const parameters = counted(result.live, "live parameter");
  const configured = configuredText(session.graph);
  host.say(
    `Read ${parameters} for ${configured} in ${elapsed().toFixed(1)}s (${counted(calls(), "API call")})\n`,
  );
  return result;
}

/** Parameters on a page of DescribeParameters: what a plan's calls are at least. */
const DESCRIBED_AT_ONCE = 50;

function readEvent(parameters: number, calls: number, elapsed: number): EventBody {
  return {
    type: "read_complete",
    "@level": "info",
    "@message": `Read ${counted(parameters, "live parameter")} (${counted(calls, "API call")})`,
    read: { parameters, api_calls: calls, elapsed_seconds: elapsed },
  };
}

/** Prints a plan: as events with `--json`, else in the format that was asked for. */
export function printPlan(host: Host, plan: Plan, options: PlanTextOptions, rates?: Rates): void {
  if (host.emit === undefined) host.print(planText(host, plan, options, rates));
  else for (const event of planEvents(plan)) host.emit(event);
}

export function documentOf(result: PlanResult): Plan {
  return result.complete ? result.planned.plan : result.plan;
}

/** How a plan is printed. */
export interface PlanTextOptions extends Pick<PlanRendering, "savedTo" | "applyOptions"> {
  readonly format: PlanFormat;
  readonly verbose: boolean;
  readonly concise: boolean;
}

/**
 * A plan in the format that was asked for. Two of them spell characters their own way, so the last check on secrets is
 * ahead of them: it looks for bytes, and `&amp;` is another.
 */
export function planText(host: Host, plan: Plan, options: PlanTextOptions, rates?: Rates): string {
  switch (options.format) {
    case "json":
      return renderJson(plan);
    case "markdown":
      return renderMarkdownPlan(withoutSecrets(plan), options.applyOptions);
    case "html":
      publish([PAGE_STYLE, PAGE_SCRIPT]);
      return renderHtmlPlan(withoutSecrets(plan), options.applyOptions);
    case "human":
      return renderPlan(plan, {
        color: host.color.stdout,
        verbose: options.verbose,
        concise: options.concise,
        ...(options.applyOptions === undefined ? {} : { applyOptions: options.applyOptions }),
        ...(options.savedTo === undefined ? {} : { savedTo: options.savedTo }),
        ...(rates === undefined ? {} : { estimateSeconds: estimatedSeconds(plan, rates) }),
      });
  }
}

export function withoutColour(host: Host): Host {
  return { ...host, color: { stdout: false, stderr: false } };
}

export function pendingChanges(plan: Plan): number {
  return plan.resource_changes.filter((change) => actionOf(change) !== "no-op").length;
}

/** How long an apply takes at the rates that pacing starts with; replacements rest one after the other. */
export function estimatedSeconds({ summary }: Pick<Plan, "summary">, rates: Rates): number {
  const gone = summary.destroy + summary.move;
  const requests = {
    PutParameter: summary.add + summary.change + summary.forget + summary.move + gone,
    DeleteParameter: gone,
    DescribeParameters: gone,
  };
  return estimateSeconds(requests, rates) + (summary.replace * REST) / 1000;
}

/** 0, or with `--detailed-exitcode` 3 for a plan that apply would refuse and 2 for changes; 1 for an incomplete one. */
export function planExitCode(plan: Plan, detailed: boolean): ExitCode {
  if (!plan.complete) return EXIT.error;
  if (!detailed) return EXIT.done;
  if (!plan.applyable) return EXIT.refused;
  return pendingChanges(plan) > 0 ? EXIT.pending : EXIT.done;
}
