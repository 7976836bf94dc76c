import { type Failure, reportingFailure } from "./failure-page.ts";
import type { Host } from "./host.ts";
import type { PlanFormat } from "./options.ts";
import type { Report } from "./reports.ts";

/**
 * Does `work`; what ends it before there is a plan is told in the Markdown reports, and to the runner. Posted, it takes
 * the place of the plan before it, whose approval is for something else. @throws whatever `work` throws
 */
export function tellingPlanFailure<Result>(
  host: Host,
  environment: string,
  reports: readonly Report<PlanFormat>[],
  work: () => Promise<Result>,
): Promise<Result> {
  const report = async ({ page }: Failure) => {
    for (const { format, write } of reports) if (format === "markdown") await write(page);
  };
  return reportingFailure(host, "plan", environment, report, work);
}
