import type { Drift } from "../plan/drift.ts";
import { type Paint, painter } from "./colour.ts";
import { escapeText, quoteText } from "./escape.ts";
import { aligned, counted } from "./wording.ts";

/** What somebody else did to an environment's parameters: who, when, which version. Ends with a newline. */
export function renderDrift(
  environment: string,
  drifts: readonly Drift[],
  options: { readonly color: boolean },
): string {
  const paint = painter(options.color);
  if (drifts.length === 0) {
    return `${paint("No drift.", "bold", "green")} ${paint("Every parameter is as paraform wrote it.", "bold")}\n`;
  }
  const heading = `${counted(drifts.length, "parameter")} of ${escapeText(environment)} drifted:`;
  const rows = drifts.map(
    (drift) => [`  ${signOf(drift, paint)} ${escapeText(drift.address)}`, driftText(drift)] as const,
  );
  return `${[paint(heading, "bold"), ...aligned(rows)].join("\n")}\n`;
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
      return `changed outside paraform${versionsText(drift)}${whoText(drift)}`;
    case "stamp_invalid":
      return `its stamp does not verify${whoText(drift)}`;
    case "foreign_owner":
      return `belongs to ${drift.owner === undefined ? "another owner" : quoteText(drift.owner)}${whoText(drift)}`;
  }
}

function versionsText({ version_stamped: ours, version_live: live }: Drift): string {
  return ours === undefined || ours === live ? `: version ${live}` : `: version ${ours} -> ${live}`;
}

function whoText({ last_modified: when, last_modified_user: who }: Drift): string {
  return `, ${escapeText(when)}${who === undefined ? "" : ` by ${escapeText(who)}`}`;
}
