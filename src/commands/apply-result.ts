import type { ApplyResult } from "../apply/outcome.ts";
import { withoutSecrets } from "../model/known-secrets.ts";
import type { Plan } from "../plan/plan.ts";
import { resultEvents } from "../render/apply-events.ts";
import { renderApplyResult } from "../render/human-apply.ts";
import { renderError } from "../render/human-problems.ts";
import { renderJson } from "../render/json.ts";
import { renderMarkdownApply } from "../render/markdown-apply.ts";
import { type Failure, reportingFailure } from "./failure-page.ts";
import type { Host } from "./host.ts";
import type { ResultFormat } from "./options.ts";
import type { Report } from "./reports.ts";
import { applyReport } from "./runner.ts";

/** What an apply ends with, and what its plan and its remedy are. */
export interface ApplyEnd {
  readonly result: ApplyResult;
  readonly plan: Plan;
  /** The command that finishes what is not done, where one does. */
  readonly again: string | undefined;
  /** The command that lists what can be brought back, where something was destroyed and a copy of it is kept. */
  readonly undelete: string | undefined;
  /** What is printed for people where everything was done already, in the place of the result. */
  readonly nothing?: string;
}

/** Tells what an apply came to: on standard output, in its reports, and to the runner of a pipeline. */
export async function tellEnd(
  host: Host,
  format: "human" | "json",
  reports: readonly Report<ResultFormat>[],
  { result, plan, again, undelete, nothing }: ApplyEnd,
): Promise<void> {
  const isDone = result.outcomes.every(({ outcome }) => outcome.kind === "done");
  const human = (color: boolean) => renderApplyResult(result, { color, undelete });
  const printed = () => (isDone && nothing !== undefined ? nothing : human(host.color.stdout));
  const markdown = () =>
    renderMarkdownApply(withoutSecrets(result), withoutSecrets(plan), { again, undelete });
  if (host.emit !== undefined) for (const event of resultEvents(result, plan)) host.emit(event);
  else host.print(format === "json" ? renderJson(result) : printed());
  host.tellRunner?.({ ...applyReport(result), summary: markdown() });
  const texts = { json: () => renderJson(result), markdown, human: () => human(false).trimStart() };
  for (const report of reports) await report.write(texts[report.format]());
}

/**
 * Does `work`; what ends it before it began to write is told in the reports, and to the runner, as what the apply came
 * to. @throws whatever `work` throws
 */
export function tellingFailure<Result>(
  host: Host,
  environment: string,
  reports: readonly Report<ResultFormat>[],
  work: () => Promise<Result>,
): Promise<Result> {
  const report = async ({ error, told, page }: Failure) => {
    const texts = {
      json: () => renderJson({ environment, error: { ...told, exit_code: error.exitCode } }),
      markdown: () => page,
      human: () => renderError(error, { color: false }),
    };
    for (const { format, write } of reports) await write(texts[format]());
  };
  return reportingFailure(host, "apply", environment, report, work);
}
