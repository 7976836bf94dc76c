import { EXIT, type ExitCode } from "../model/error.ts";
import type { PlanResult } from "../pipeline.ts";
import { actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import { renderPlan } from "../render/human-plan.ts";
import { renderJson } from "../render/json.ts";
import { counted } from "../render/wording.ts";
import { estimateSeconds, type Rates } from "../store/rates.ts";
import type { Host } from "./host.ts";
import type { OutputOptions } from "./options.ts";
import { publishPlan } from "./public-texts.ts";
import type { OpenSession } from "./session.ts";

/** Plans, and says on stderr what was read, how fast and in how many calls. */
export async function timedPlan(
  host: Host,
  session: OpenSession,
  plan: () => Promise<PlanResult>,
): Promise<PlanResult> {
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

/** A plan in the format that was asked for. */
export function planText(
  host: Host,
  plan: Plan,
  options: OutputOptions & { readonly savedTo?: string | null },
  rates?: Rates,
): string {
  if (options.format === "json") return renderJson(plan);
  return renderPlan(plan, {
    color: host.color.stdout,
    verbose: options.verbose,
    ...(options.savedTo === undefined ? {} : { savedTo: options.savedTo }),
    ...(rates === undefined ? {} : { estimateSeconds: estimatedSeconds(plan, rates) }),
  });
}

export function pendingChanges(plan: Plan): number {
  return plan.resource_changes.filter((change) => actionOf(change) !== "no-op").length;
}

/** How long an apply takes at the rates that pacing starts with. */
function estimatedSeconds({ summary }: Plan, rates: Rates): number {
  return estimateSeconds(
    {
      PutParameter: summary.add + summary.change + summary.forget + 2 * summary.move + summary.destroy,
      DeleteParameter: summary.destroy + summary.move,
      DescribeParameters: summary.destroy + summary.move,
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
