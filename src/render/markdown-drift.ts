import type { Drift } from "../plan/drift.ts";
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
export function renderMarkdownDrift(
  environment: string,
  drifts: readonly Drift[],
  absent: readonly string[],
): string {
  for (const detail of LADDER) {
    const text = pageOf(environment, drifts, absent, detail);
    if (text.length <= LONGEST_COMMENT) return text;
  }
  return pageOf(environment, drifts, absent, LEAST);
}

function pageOf(
  environment: string,
  drifts: readonly Drift[],
  absent: readonly string[],
  { rows: most, longest }: Detail,
): string {
  const foreign = (text: string) => code(text, longest);
  const rows = drifts.slice(0, most).flatMap((drift) => item(rowText(drift, foreign)));
  const more = drifts.length - most;
  const gone = absent
    .slice(0, most)
    .flatMap((address) => item(`${foreign(address)} is declared and not there`));
  const moreGone = absent.length - most;
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
