import type { Drift, DriftFindings } from "../plan/drift.ts";
import { type Paint, painter } from "./colour.ts";
import { escapeText, quoteText } from "./escape.ts";
import { aligned, counted } from "./wording.ts";

/** What somebody else did to an environment's parameters: who, when, which version. Ends with a newline. */
export function renderDrift(
  environment: string,
  { drift, rotated, absent }: DriftFindings,
  options: { readonly color: boolean },
): string {
  const paint = painter(options.color);
  const rest = [...rotatedLines(rotated), ...absentLines(absent)];
  if (drift.length === 0) {
    const all = rotated.length + absent.length === 0 ? "Every parameter" : "Every other parameter";
    return [
      `${paint("No drift.", "bold", "green")} ${paint(`${all} is as paraform wrote it.`, "bold")}`,
      ...rest,
      "",
    ].join("\n");
  }
  const heading = `${counted(drift.length, "parameter")} of ${escapeText(environment)} drifted:`;
  const rows = drift.map(
    (each) => [`  ${signOf(each, paint)} ${escapeText(each.address)}`, driftText(each)] as const,
  );
  return `${[paint(heading, "bold"), ...aligned(rows), ...rest].join("\n")}\n`;
}

function rotatedLines(rotated: readonly Drift[]): string[] {
  if (rotated.length === 0) return [];
  const were = rotated.length === 1 ? "value was" : "values were";
  const rows = rotated.map(
    (each) => [`    ${escapeText(each.address)}`, `${versionsText(each)}${whoText(each)}`] as const,
  );
  return [
    `${rotated.length} ${were} changed by whoever owns it, which is no drift: no rule or source has it, and what follows from it is brought up by the next apply:`,
    ...aligned(rows),
  ];
}

function absentLines(absent: readonly string[]): string[] {
  if (absent.length === 0) return [];
  const are = absent.length === 1 ? "is" : "are";
  return [
    `${counted(absent.length, "declared parameter")} ${are} not there: deleted or never applied, which Parameter Store keeps no trace of:`,
    ...absent.map((address) => `    ${escapeText(address)}`),
  ];
}

function signOf({ kind }: Drift, paint: Paint): string {
  switch (kind) {
    case "changed_outside":
      return paint("~", "yellow");
    case "stamp_invalid":
    case "foreign_owner":
      return paint("!", "red");
  }
}

function driftText(drift: Drift): string {
  switch (drift.kind) {
    case "changed_outside":
      return `changed outside paraform: ${versionsText(drift)}${whoText(drift)}`;
    case "stamp_invalid":
      return `its stamp does not verify${whoText(drift)}`;
    case "foreign_owner":
      return `belongs to ${drift.owner === undefined ? "another owner" : quoteText(drift.owner)}${whoText(drift)}`;
  }
}

function versionsText({ version_stamped: ours, version_live: live }: Drift): string {
  return ours === undefined || ours === live ? `version ${live}` : `version ${ours} -> ${live}`;
}

function whoText({ last_modified: when, last_modified_user: who }: Drift): string {
  return `, ${escapeText(when)}${who === undefined ? "" : ` by ${escapeText(who)}`}`;
}
