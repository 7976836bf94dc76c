import { ConfigError, UserError } from "../model/error.ts";
import { withoutSecrets } from "../model/known-secrets.ts";
import { renderMarkdownFailure } from "../render/markdown-failure.ts";
import type { Host } from "./host.ts";

/** What ended a command before it had a result, without a secret. */
export interface Failure {
  readonly error: UserError;
  readonly told: { readonly message: string; readonly hint?: string };
  /** As a page of Markdown. */
  readonly page: string;
}

/**
 * Does `work`; what ends it is told to the runner as a page, and to `report`.
 * @throws whatever `work` throws
 */
export async function reportingFailure<Result>(
  host: Host,
  of: "plan" | "apply",
  environment: string,
  report: (failure: Failure) => Promise<void>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint, exitCode } = error;
    const told = withoutSecrets({ message, ...(hint === undefined ? {} : { hint }) });
    const problems = error instanceof ConfigError ? withoutSecrets(error.problems) : [];
    const page = renderMarkdownFailure(of, environment, { ...told, exitCode, problems });
    host.tellRunner?.({ summary: page });
    await report({ error, told, page });
    throw error;
  }
}
