import type { Drift } from "../plan/drift.ts";
import { identityOf } from "../review/identity.ts";
import { code, item } from "./markdown-text.ts";
import { counted } from "./wording.ts";

/** As many as an issue has room for: GitHub takes 65,536 characters. */
const MOST_ROWS = 100;
const LONGEST_TEXT = 250;

/**
 * The drift of one environment as an issue that is found again by its hidden identity. Ends with a
 * newline.
 */
export function renderMarkdownDrift(
  environment: string,
  drifts: readonly Drift[],
  absent: readonly string[],
): string {
  const foreign = (text: string) => code(text, LONGEST_TEXT);
  const rows = drifts.slice(0, MOST_ROWS).flatMap((drift) => item(rowText(drift, foreign)));
  const more = drifts.length - MOST_ROWS;
  const gone = absent
    .slice(0, MOST_ROWS)
    .flatMap((address) => item(`${foreign(address)} is declared and not there`));
  const moreGone = absent.length - MOST_ROWS;
  return [
    identityOf("drift", environment),
    `### ${foreign(environment)}: ${headline(drifts.length, absent.length)}`,
    ...(rows.length === 0 ? [] : ["", ...rows]),
    ...(more > 0 ? item(`and ${more} more`) : []),
    ...(gone.length === 0 ? [] : ["", ...gone]),
    ...(moreGone > 0 ? item(`and ${moreGone} more are not there`) : []),
    "",
  ].join("\n");
}

function headline(drifted: number, absent: number): string {
  const drift = drifted === 0 ? [] : [`${counted(drifted, "parameter")} drifted`];
  const are = absent === 1 ? "is" : "are";
  const lack = absent === 0 ? [] : [`${counted(absent, "declared parameter")} ${are} not there`];
  return [...drift, ...lack].join(", ") || "no drift, every parameter is as paraform wrote it";
}

function rowText(drift: Drift, foreign: (text: string) => string): string {
  const { version_stamped: ours, version_live: live, last_modified: when, last_modified_user: who } = drift;
  const versions = ours === undefined || ours === live ? `version ${live}` : `version ${ours} → ${live}`;
  const by = who === undefined ? "" : ` by ${foreign(who)}`;
  return `${foreign(drift.address)} ${whatText(drift, foreign)}: ${versions}, ${foreign(when)}${by}`;
}

function whatText(drift: Drift, foreign: (text: string) => string): string {
  switch (drift.kind) {
    case "changed_outside":
      return "was changed outside paraform";
    case "stamp_invalid":
      return "has a stamp that does not verify";
    case "foreign_owner":
      return drift.owner === undefined ? "belongs to another owner" : `belongs to ${foreign(drift.owner)}`;
  }
}
