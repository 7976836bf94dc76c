import { ConfigError, UserError } from "../model/error.ts";
import { withoutSecrets } from "../model/known-secrets.ts";
import { renderMarkdownFailure } from "../render/markdown-failure.ts";
import type { Host } from "./host.ts";
import type { PlanFormat } from "./options.ts";
import type { Report } from "./reports.ts";

/**
 * Does `work`; what ends it before there is a plan is told in the Markdown reports, and to the runner. Posted, it takes
 * the place of the plan before it, whose approval is for something else. @throws whatever `work` throws
 */
export async function tellingPlanFailure<Result>(
  host: Host,
  environment: string,
  reports: readonly Report<PlanFormat>[],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint, exitCode } = error;
    const told = withoutSecrets({ message, ...(hint === undefined ? {} : { hint }) });
    const problems = error instanceof ConfigError ? withoutSecrets(error.problems) : [];
    const page = renderMarkdownFailure("plan", environment, { ...told, exitCode, problems });
    host.tellRunner?.({ summary: page });
    for (const { format, write } of reports) if (format === "markdown") await write(page);
    throw error;
  }
}
