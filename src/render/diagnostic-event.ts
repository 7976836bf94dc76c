import { ConfigError, EXIT, type UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import type { Diagnostic } from "../plan/plan.ts";
import { StoreError } from "../store/store-error.ts";
import type { EventBody } from "./event.ts";

type DiagnosticBody = Extract<EventBody, { type: "diagnostic" }>;

const LEVELS = { error: "error", warning: "warn", note: "info" } as const;
const LABELS = { error: "Error", warning: "Warning", note: "Note" } as const;

/** What a plan has to say beside its changes, as an event. */
export function diagnosticEvent({
  severity,
  code,
  summary,
  address,
  file,
  line,
}: Diagnostic): DiagnosticBody {
  return diagnosticBody({
    severity,
    code,
    summary,
    ...(address === undefined ? {} : { address }),
    ...(file === undefined || line === undefined ? {} : { range: { filename: file, start: { line } } }),
  });
}

/** A failure as events: of configs one for each problem, then the failure itself. */
export function failureEvents(error: UserError): readonly DiagnosticBody[] {
  const problems = error instanceof ConfigError ? error.problems.map(problemEvent) : [];
  const { message, hint } = error;
  const detail = hint === undefined ? {} : { detail: hint };
  return [
    ...problems,
    diagnosticBody({ severity: "error", code: failureCode(error), summary: message, ...detail }),
  ];
}

/** A mistake of ours: what it is called, and nothing of its message, which may quote anything. */
export function mistakeEvent(name: string): DiagnosticBody {
  return diagnosticBody({
    severity: "error",
    code: "internal",
    summary: `paraform made a mistake (${name})`,
    detail: "run it again without --json and report what it says",
  });
}

function problemEvent({ severity, file, line, column, summary, hint }: Problem): DiagnosticBody {
  return diagnosticBody({
    severity,
    code: "config",
    summary,
    ...(hint === undefined ? {} : { detail: hint }),
    range: { filename: file, start: { line, column } },
  });
}

function diagnosticBody(diagnostic: DiagnosticBody["diagnostic"]): DiagnosticBody {
  const { severity, summary } = diagnostic;
  return {
    type: "diagnostic",
    "@level": LEVELS[severity],
    "@message": `${LABELS[severity]}: ${summary}`,
    diagnostic,
  };
}

/** Stable: the kind of failure, of a call to the store with the way in which it failed. */
function failureCode(error: UserError): string {
  if (error instanceof StoreError) return `store_${error.failure}`;
  if (error instanceof ConfigError) return "config_errors";
  const kind = Object.entries(EXIT).find(([, code]) => code === error.exitCode)?.[0];
  return kind ?? "error";
}
