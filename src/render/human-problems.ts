import { ConfigError, type UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { painter } from "./colour.ts";
import { escapeText } from "./escape.ts";

/** For a mistake that names its own remedy, such as a wrong type. */
const GENERAL_HINT = "paraform schema replication (or environment) prints what may stand here";

/** Problems of the user's files, each `file:line:column: what` with its hint below. Ends with a newline. */
export function renderProblems(problems: readonly Problem[], options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  return problems
    .map(({ severity, file, line, column, summary, hint }) => {
      const place = paint(`${escapeText(file)}:${line}:${column}:`, "bold");
      const label = severity === "warning" ? `${paint("warning:", "bold", "yellow")} ` : "";
      return `${place} ${label}${escapeText(summary)}\n${hintLine(hint ?? (severity === "error" ? GENERAL_HINT : undefined))}`;
    })
    .join("");
}

/** A failure as its one or two lines; of configs, every problem first. Ends with a newline. */
export function renderError(error: UserError, options: { readonly color: boolean }): string {
  const problems = error instanceof ConfigError ? renderProblems(error.problems, options) : "";
  const label = painter(options.color)("error:", "bold", "red");
  return `${problems}${label} ${escapeText(error.message)}\n${hintLine(error.hint)}`;
}

function hintLine(hint: string | undefined): string {
  return hint === undefined ? "" : `  hint: ${escapeText(hint)}\n`;
}
