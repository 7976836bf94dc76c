export const REPORT_KINDS = ["plan", "apply", "drift"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** The first line of a report, hidden where it is shown, by which it is found again: `<!-- paraform:KIND:ENV -->`. */
export function identityOf(kind: ReportKind, environment: string): string {
  return `<!-- paraform:${kind}:${encodeURIComponent(environment)} -->`;
}

const IDENTITY = /^<!-- paraform:(plan|apply|drift):([\w.~!'()*%-]+) -->$/;

/** The kind of report that a line is the identity of, and its environment as spelled there; `undefined` for any other line. */
export function readIdentity(line: string): { kind: string; environment: string } | undefined {
  const [, kind, environment] = IDENTITY.exec(line) ?? [];
  return kind === undefined || environment === undefined ? undefined : { kind, environment };
}
