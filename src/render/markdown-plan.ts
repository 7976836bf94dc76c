import type { Diagnostic, Plan } from "../plan/plan.ts";
import { identityOf } from "../review/identity.ts";
import {
  blockedConcern,
  type Concern,
  conflictConcern,
  guardConcern,
  refusalOf,
  withheldConcern,
} from "./concern.ts";
import { escapeText, type Foreign } from "./escape.ts";
import { LOST_NAMES_TITLE, lostNamesRows } from "./lost-names.ts";
import { type Amount, capped, changeItem, countItems, entryItem } from "./markdown-change.ts";
import { code, fenced, folded, isCopyable, item } from "./markdown-text.ts";
import { applyIntroduction, inputWords, type Place, rollbackText } from "./next-command.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { findingText, whereText } from "./plan-words.ts";
import { proposedConcern } from "./proposed.ts";
import { GAINS_TITLE, READERS_TITLE, type ReaderRow, readerRows } from "./reader-rows.ts";

/**
 * The longest comment, in UTF-16 units. GitHub takes 65,536 characters, which are never more than these; the rest is
 * left to who adds a footer.
 */
export const LONGEST_COMMENT = 60_000;

/** How much of a plan is told: what destroys or exposes is the last to be shortened. */
interface Detail {
  readonly changes: "attributes" | "lines" | "counts";
  readonly destructive: "attributes" | "lines";
  readonly rows: number;
  readonly destructiveRows: number;
  /** The longest text of others. */
  readonly longest: number;
}

const ALL = Number.POSITIVE_INFINITY;
const LONGEST_NAME = 2_048;
/** Of environment.json; longer ones are in no file but a forged one. */
const LONGEST_KEY = 100;
/** In code points: a file that was forged may name its environment at any length. */
const LONGEST_ENVIRONMENT = 200;

const LADDER: readonly Detail[] = [
  { changes: "attributes", destructive: "attributes", rows: ALL, destructiveRows: ALL, longest: ALL },
  { changes: "lines", destructive: "attributes", rows: ALL, destructiveRows: ALL, longest: LONGEST_NAME },
  { changes: "counts", destructive: "attributes", rows: 40, destructiveRows: ALL, longest: LONGEST_NAME },
  { changes: "counts", destructive: "lines", rows: 20, destructiveRows: ALL, longest: LONGEST_NAME },
  { changes: "counts", destructive: "lines", rows: 10, destructiveRows: 200, longest: LONGEST_NAME },
  { changes: "counts", destructive: "lines", rows: 5, destructiveRows: 50, longest: 256 },
  { changes: "counts", destructive: "lines", rows: 3, destructiveRows: 20, longest: 100 },
];
/**
 * Fits whatever the plan says: a destructive change has at most fifteen texts of others, ten of them its sources, and all
 * the rest some two hundred.
 */
const LEAST: Detail = {
  changes: "counts",
  destructive: "lines",
  rows: 3,
  destructiveRows: 10,
  longest: 100,
};

/**
 * The plan as one comment of a pull request. It begins with a hidden identity, by which it is found and updated in
 * place, and has at most `LONGEST_COMMENT` units. `place` is what its commands are given to find the same configs and
 * store. It ends with a newline.
 */
export function renderMarkdownPlan(plan: Plan, place: Place = {}): string {
  const outline = outlineOf(plan, place);
  for (const detail of LADDER) {
    const text = pageOf(plan, outline, detail);
    if (text.length <= LONGEST_COMMENT) return text;
  }
  return pageOf(plan, outline, LEAST);
}

function pageOf(plan: Plan, outline: Outline, detail: Detail): string {
  const foreign: Foreign = (text) => code(text, detail.longest);
  const sections = [
    headSection(plan, outline, foreign, detail),
    proposedSection(plan),
    refusalSection(plan, foreign),
    findingSection(plan, ["error"], foreign, detail),
    concernSection(guardConcern(plan, foreign), detail),
    concernSection(conflictConcern(plan, foreign, foreign), detail),
    concernSection(blockedConcern(plan, foreign), detail),
    destructiveSection(outline, foreign, detail),
    lostNamesSection(plan, foreign, detail),
    gainSection(plan, foreign, detail),
    changeSection(plan, outline, foreign, detail),
    readerSection(plan, foreign, detail),
    concernSection(withheldConcern(plan, foreign), detail),
    findingSection(plan, ["warning", "note"], foreign, detail),
    closingSection(plan, outline, foreign, detail),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function headSection(plan: Plan, { headline }: Outline, foreign: Foreign, { rows }: Detail): string[] {
  const { name } = plan.environment;
  const identity = identityOf("plan", [...escapeText(name)].slice(0, LONGEST_ENVIRONMENT).join(""));
  const title = headline === undefined ? "This plan is incomplete." : `${headline.label} ${headline.text}`;
  const words = inputWords(plan.inputs);
  const more = words.length > rows ? ` and ${words.length - rows} more` : "";
  const back = rollbackText(plan.inputs, foreign);
  const shaped = words.length === 0 ? "" : `, planned with ${foreign(words.slice(0, rows).join(" "))}${more}`;
  return [
    identity,
    `### ${foreign(name)}: ${title}`,
    "",
    `${whereText(plan, foreign)}${back === undefined ? shaped : `, ${back}`}`,
  ];
}

/** What the fingerprint does not cover, whole and ahead of all that a proposal could pile up before it. */
function proposedSection(plan: Plan): string[] {
  const concern = proposedConcern(plan, (text) => code(text, LONGEST_KEY));
  return concern === undefined ? [] : ["> [!WARNING]", `> **${concern.title}** ${concern.text}`];
}

function refusalSection(plan: Plan, foreign: Foreign): string[] {
  const refusal = refusalOf(plan, foreign);
  if (refusal === undefined) return [];
  return ["> [!CAUTION]", `> **${refusal.text}**`, ...refusal.hints.flatMap((hint) => [">", `> ${hint}`])];
}

function concernSection({ title, groups }: Concern, { rows }: Detail): string[] {
  const filled = groups.filter((group) => group.rows.length > 0);
  if (filled.length === 0) return [];
  const shown = filled.slice(0, rows);
  return [
    `#### ${title}`,
    "",
    ...shown.flatMap((group, index) => [
      ...(index > 0 ? [""] : []),
      ...capped(
        group.rows.map(({ subject, text }) => item(`${subject} — ${text}`)),
        rows,
      ),
      ...group.hints.flatMap((hint) => ["", `hint: ${hint}`]),
    ]),
    ...(filled.length > shown.length
      ? ["", ...item(`and ${filled.length - shown.length} more reasons`)]
      : []),
  ];
}

function destructiveSection({ destructive }: Outline, foreign: Foreign, detail: Detail): string[] {
  if (destructive.length === 0) return [];
  const amount: Amount = {
    attributes: detail.destructive === "attributes",
    rows: detail.destructiveRows,
    foreign,
  };
  return [
    `#### Destroyed, replaced or exposed (${destructive.length})`,
    "",
    ...capped(
      destructive.map((change) => changeItem(change, amount)),
      amount.rows,
    ),
  ];
}

function changeSection(plan: Plan, outline: Outline, foreign: Foreign, detail: Detail): string[] {
  const { entries } = outline;
  const amount: Amount = { attributes: detail.changes === "attributes", rows: detail.rows, foreign };
  const items =
    detail.changes === "counts"
      ? countItems(entries, amount)
      : capped(
          entries.map((entry) => entryItem(entry, amount)),
          amount.rows,
        );
  const shortened = detail === LADDER[0] ? [] : ["", shortenedText(plan, outline)];
  return [...(items.length === 0 ? [] : ["#### Changes", "", ...items]), ...shortened];
}

function shortenedText({ proposed }: Plan, { fullPlan }: Outline): string {
  const shown = fullPlan === undefined || fullPlan.length > LONGEST_NAME ? undefined : code(fullPlan);
  const report =
    proposed === undefined ? "the HTML report" : "the HTML report beside it, an artifact of the run,";
  const how =
    shown === undefined ? report : proposed === undefined ? shown : `${report} or one made by ${shown}`;
  return `This comment is shortened to fit: ${how} shows everything.`;
}

function lostNamesSection(plan: Plan, foreign: Foreign, { destructiveRows }: Detail): string[] {
  const rows = lostNamesRows(plan, foreign);
  if (rows.length === 0) return [];
  return [`#### ${LOST_NAMES_TITLE} (${rows.length})`, "", ...readerList(rows, destructiveRows)];
}

/** Whoever gains a secret is in sight, whatever else changes and however many others read it. */
function gainSection(plan: Plan, foreign: Foreign, { destructiveRows }: Detail): string[] {
  const gaining = readerRows(plan, foreign).filter(({ gains }) => gains);
  if (gaining.length === 0) return [];
  return [`#### ${GAINS_TITLE} (${gaining.length})`, "", ...readerList(gaining, destructiveRows)];
}

function readerSection(plan: Plan, foreign: Foreign, { rows }: Detail): string[] {
  const others = readerRows(plan, foreign).filter(({ gains }) => !gains);
  if (others.length === 0) return [];
  const list = readerList(others, rows);
  return [
    `#### ${READERS_TITLE} (${others.length})`,
    "",
    ...(list.length > 10 ? folded("by the path that they read", list) : list),
  ];
}

function readerList(some: readonly Pick<ReaderRow, "subject" | "text">[], rows: number): string[] {
  return capped(
    some.map(({ subject, text }) => item(`${subject} — ${text}`)),
    rows,
  );
}

function findingSection(
  { diagnostics }: Plan,
  severities: readonly Diagnostic["severity"][],
  foreign: Foreign,
  { rows }: Detail,
): string[] {
  const items = severities.flatMap((severity) =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity && diagnostic.code !== "environment_proposed")
      .map((diagnostic) => item(`${severity}: ${findingText(diagnostic, foreign, foreign)}`)),
  );
  if (items.length === 0) return [];
  return [severities[0] === "error" ? "#### Errors" : "#### Findings", "", ...capped(items, rows)];
}

function closingSection(plan: Plan, { command }: Outline, foreign: Foreign, { longest }: Detail): string[] {
  const { fingerprint, proposed } = plan;
  if (fingerprint === "") return [];
  const isShown = command !== undefined && isCopyable(command) && command.length <= Math.max(longest, 1_000);
  return [
    "---",
    ...(proposed === undefined ? [] : [`Environment file ${foreign(proposed.environment_file)}`, ""]),
    `Fingerprint ${foreign(fingerprint)}${isShown ? `. ${applyIntroduction(plan, code)}` : ""}`,
    ...(isShown ? ["", ...fenced("sh", [command])] : []),
  ];
}
