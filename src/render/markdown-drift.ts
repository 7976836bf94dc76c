import type { Drift, DriftFindings } from "../plan/drift.ts";
import { identityOf } from "../review/identity.ts";
import { LONGEST_COMMENT } from "./markdown-plan.ts";
import { code, item } from "./markdown-text.ts";
import { counted } from "./wording.ts";

/** How much of a drift is told. */
interface Detail {
  /** The most rows of what drifted, and of what is not there. */
  readonly rows: number;
  /** The longest text of others, in UTF-16 units. */
  readonly longest: number;
}

const LADDER: readonly Detail[] = [
  { rows: 100, longest: 2_048 },
  { rows: 50, longest: 500 },
];
/** Fits whatever drifted: a row has at most four texts of others. */
const LEAST: Detail = { rows: 25, longest: 250 };

/**
 * The drift of one environment as an issue that is found again by its hidden identity. Ends with a
 * newline.
 */
export function renderMarkdownDrift(environment: string, found: DriftFindings): string {
  for (const detail of LADDER) {
    const text = pageOf(environment, found, detail);
    if (text.length <= LONGEST_COMMENT) return text;
  }
  return pageOf(environment, found, LEAST);
}

function pageOf(
  environment: string,
  { drift, rotated, absent }: DriftFindings,
  { rows: most, longest }: Detail,
): string {
  const foreign = (text: string) => code(text, longest);
  const rows = drift.slice(0, most).flatMap((each) => item(rowText(each, whatText(each, foreign), foreign)));
  const more = drift.length - most;
  const owners = rotated
    .slice(0, most)
    .flatMap((each) => item(rowText(each, "was changed by whoever owns it, which is no drift", foreign)));
  const moreOwners = rotated.length - most;
  const gone = absent
    .slice(0, most)
    .flatMap((address) => item(`${foreign(address)} is declared and not there`));
  const moreGone = absent.length - most;
  return [
    identityOf("drift", environment),
    `### ${foreign(environment)}: ${headline(drift.length, rotated.length, absent.length)}`,
    ...(rows.length === 0 ? [] : ["", ...rows]),
    ...(more > 0 ? item(`and ${more} more`) : []),
    ...(owners.length === 0 ? [] : ["", ...owners]),
    ...(moreOwners > 0 ? item(`and ${moreOwners} more that their owners changed`) : []),
    ...(gone.length === 0 ? [] : ["", ...gone]),
    ...(moreGone > 0 ? item(`and ${moreGone} more are not there`) : []),
    "",
  ].join("\n");
}

function headline(drifted: number, rotated: number, absent: number): string {
  const drift = drifted === 0 ? [] : [`${counted(drifted, "parameter")} drifted`];
  const are = absent === 1 ? "is" : "are";
  const lack = absent === 0 ? [] : [`${counted(absent, "declared parameter")} ${are} not there`];
  const all = rotated === 0 ? "every parameter" : "every other parameter";
  return [...drift, ...lack].join(", ") || `no drift, ${all} is as paraform wrote it`;
}

function rowText(drift: Drift, what: string, foreign: (text: string) => string): string {
  const { version_stamped: ours, version_live: live, last_modified: when, last_modified_user: who } = drift;
  const versions = ours === undefined || ours === live ? `version ${live}` : `version ${ours} → ${live}`;
  const by = who === undefined ? "" : ` by ${foreign(who)}`;
  return `${foreign(drift.address)} ${what}: ${versions}, ${foreign(when)}${by}`;
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
