import { EXIT, type ExitCode } from "../model/error.ts";
import { publish, redact } from "../model/known-secrets.ts";
import type { PlanResult } from "../pipeline.ts";
import { actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import { renderHtmlPlan } from "../render/html-plan.ts";
import { PAGE_SCRIPT } from "../render/html-script.ts";
import { PAGE_STYLE } from "../render/html-style.ts";
import { renderPlan } from "../render/human-plan.ts";
import { renderJson } from "../render/json.ts";
import { renderMarkdownPlan } from "../render/markdown-plan.ts";
import { counted } from "../render/wording.ts";
import { estimateSeconds, type Rates } from "../store/rates.ts";
import type { Host } from "./host.ts";
import type { PlanFormat } from "./options.ts";
import { publishPlan } from "./public-texts.ts";
import type { OpenSession } from "./session.ts";

/** Plans, and says on stderr what was read, how fast and in how many calls. */
export async function timedPlan<Result extends PlanResult>(
  host: Host,
  session: OpenSession,
  plan: () => Promise<Result>,
): Promise<Result> {
  const [began, before] = [host.monotonic(), session.store.calls];
  const result = await plan();
  publishPlan(documentOf(result));
  if (result.complete) {
    const seconds = ((host.monotonic() - began) / 1000).toFixed(1);
    const parameters = counted(result.live, "live parameter");
    const calls = counted(session.store.calls - before, "API call");
    host.say(`Read ${parameters} in ${seconds}s (${calls})\n`);
  }
  return result;
}

export function documentOf(result: PlanResult): Plan {
  return result.complete ? result.planned.plan : result.plan;
}

export interface PlanTextOptions {
  readonly format: PlanFormat;
  readonly verbose: boolean;
  /** As of `PlanRendering`. */
  readonly savedTo?: string | null;
}

/** A plan in the format that was asked for. */
export function planText(host: Host, plan: Plan, options: PlanTextOptions, rates?: Rates): string {
  switch (options.format) {
    case "json":
      return renderJson(plan);
    case "markdown":
      return renderMarkdownPlan(withoutSecrets(plan));
    case "html":
      publish([PAGE_STYLE, PAGE_SCRIPT]);
      return renderHtmlPlan(withoutSecrets(plan));
    case "human":
      return renderPlan(plan, {
        color: host.color.stdout,
        verbose: options.verbose,
        ...(options.savedTo === undefined ? {} : { savedTo: options.savedTo }),
        ...(rates === undefined ? {} : { estimateSeconds: estimatedSeconds(plan, rates) }),
      });
  }
}

export function withoutColour(host: Host): Host {
  return { ...host, color: { stdout: false, stderr: false } };
}

/** The last check on secrets ahead of formats that spell characters their own way: it looks for bytes, and `&amp;` is another. */
function withoutSecrets(plan: Plan): Plan {
  return JSON.parse(JSON.stringify(plan), (_, value: unknown) =>
    typeof value === "string" ? redact(value) : value,
  ) as Plan;
}

export function pendingChanges(plan: Plan): number {
  return plan.resource_changes.filter((change) => actionOf(change) !== "no-op").length;
}

/** How long an apply takes at the rates that pacing starts with. */
function estimatedSeconds({ summary }: Plan, rates: Rates): number {
  return estimateSeconds(
    {
      PutParameter: summary.add + summary.change,
      DeleteParameter: summary.destroy,
      DescribeParameters: summary.destroy,
    },
    rates,
  );
}

/** 0, or with `--detailed-exitcode` 3 for a plan that apply would refuse and 2 for changes; 1 for an incomplete one. */
export function planExitCode(plan: Plan, detailed: boolean): ExitCode {
  if (!plan.complete) return EXIT.error;
  if (!detailed) return EXIT.done;
  if (!plan.applyable) return EXIT.refused;
  return pendingChanges(plan) > 0 ? EXIT.pending : EXIT.done;
}
