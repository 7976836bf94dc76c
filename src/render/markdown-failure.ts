import { EXIT, type ExitCode } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { identityOf } from "../review/identity.ts";
import type { Foreign } from "./escape.ts";
import { capped } from "./markdown-change.ts";
import { code, item, page } from "./markdown-text.ts";

/** The longest text of others, in UTF-16 units. */
const LONGEST = 200;
const MOST_PLACES = 20;

/** Why a plan or an apply ended before it came to anything. */
export interface Failure {
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: ExitCode;
  /** Of the configs. */
  readonly problems: readonly Problem[];
}

/**
 * What takes the place of a plan, or of what its apply came to, as a comment of its pull request. It carries no
 * fingerprint. Ends with a newline.
 */
export function renderMarkdownFailure(kind: "plan" | "apply", environment: string, failure: Failure): string {
  const foreign: Foreign = (text) => code(text, LONGEST);
  const { message, hint, exitCode, problems } = failure;
  const places = problems.map(({ file, line, column, summary }) =>
    item(`${foreign(`${file}:${line}:${column}`)}: ${foreign(summary)}`),
  );
  return page([
    [
      identityOf(kind, environment),
      `### ${foreign(environment)}: ${kind === "plan" ? "Plan failed!" : failureTitle(exitCode)}`,
    ],
    ["> [!CAUTION]", `> ${foreign(message)}`, ...hintLines(hint, foreign)],
    capped(places, MOST_PLACES),
  ]);
}

function failureTitle(exitCode: ExitCode): string {
  switch (exitCode) {
    case EXIT.refused:
      return "Apply refused, nothing was written";
    case EXIT.stale:
      return "The plan is stale, nothing was written";
    case EXIT.locked:
      return "Somebody else applies, nothing was written";
    default:
      return "Apply failed!";
  }
}

function hintLines(hint: string | undefined, foreign: Foreign): string[] {
  return hint === undefined ? [] : [">", `> hint: ${foreign(hint)}`];
}
