import type { Diagnostic, Plan } from "../plan/plan.ts";
import { blockedConcern, conflictConcern } from "./concern.ts";
import { EXPOSED } from "./reason.ts";
import type { Annotation } from "./workflow-command.ts";

/** Where a name is declared, if it is. */
export type DeclaredAt = (name: string) => { readonly file: string; readonly line: number } | undefined;

/** GitHub shows ten of a level for each step: one says that apply would refuse, and one how many there are beside these. */
const MOST = 8;

/** What a plan finds, and each change that exposes, is in conflict or is blocked, beside the line of the config that asks for it. */
export function planAnnotations(plan: Plan, declaredAt: DeclaredAt): Annotation[] {
  const level = plan.applyable ? "warning" : "error";
  const refused = plan.complete && !plan.applyable;
  const all = concernsOf(plan);
  const shown = all.slice(0, MOST).map(({ address, text }) => {
    const at = declaredAt(address);
    return {
      level,
      ...(at === undefined ? {} : { file: at.file, line: at.line }),
      text: `${address}: ${text}`,
    } as const;
  });
  const more = all.length - shown.length;
  return [
    ...plan.diagnostics.filter(({ severity }) => severity === "error").flatMap(diagnosticAnnotation),
    ...(refused
      ? [{ level: "error", text: "apply would refuse this plan: its summary says why" } as const]
      : []),
    ...shown,
    ...(more > 0 ? [{ level, text: `and ${more} more: the summary names them` } as const] : []),
    ...plan.diagnostics.filter(({ severity }) => severity !== "error").flatMap(diagnosticAnnotation),
  ];
}

interface ChangeConcern {
  readonly address: string;
  readonly text: string;
}

function concernsOf(plan: Plan): ChangeConcern[] {
  const plain = (text: string) => text;
  const concerns = [conflictConcern(plan, plain, plain), blockedConcern(plan, plain)];
  return [
    ...plan.resource_changes.flatMap(({ address, exposes }) =>
      exposes === true ? [{ address, text: EXPOSED }] : [],
    ),
    ...concerns.flatMap(({ groups }) =>
      groups.flatMap(({ rows }) => rows.map(({ subject, text }) => ({ address: subject, text }))),
    ),
  ];
}

function diagnosticAnnotation({ severity, file, line, summary }: Diagnostic): Annotation[] {
  if (file === undefined && severity === "note") return [];
  const level = severity === "note" ? "notice" : severity;
  return [
    {
      level,
      text: summary,
      ...(file === undefined ? {} : { file, ...(line === undefined ? {} : { line }) }),
    },
  ];
}
