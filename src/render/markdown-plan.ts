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
import { gainItems } from "./markdown-gains.ts";
import { code, fenced, folded, isCopyable, item } from "./markdown-text.ts";
import { applyIntroduction, inputWords, type Place, rollbackText } from "./next-command.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { LADDER, LEAST, LONGEST_NAME, type PlanDetail } from "./plan-detail.ts";
import { findingText, whereText } from "./plan-words.ts";
import { PROPOSED_CODES, proposedConcerns } from "./proposed.ts";
import { GAINS_TITLE, READERS_TITLE, type ReaderRow, readerRows } from "./reader-rows.ts";

/**
 * The longest comment, in UTF-16 units. GitHub takes 65,536 characters, which are never more than these; the rest is
 * left to who adds a footer.
 */
export const LONGEST_COMMENT = 60_000;

/** Of environment.json; longer ones are in no file but a forged one. */
const LONGEST_KEY = 100;
/** Folders, and causes, whose changes are counted below those that are named. */
const MOST_COUNTS = 40;
/** In code points: a file that was forged may name its environment at any length. */
const LONGEST_ENVIRONMENT = 200;

/**
 * The plan as one comment of a pull request. It begins with a hidden identity, by which it is found and updated in
 * place, and has at most `LONGEST_COMMENT` units. `place` is what its commands are given to find the same configs and
 * store. It ends with a newline.
 */
export function renderMarkdownPlan(plan: Plan, place: Place = {}): string {
  const outline = outlineOf(plan, place);
  for (const detail of LADDER) {
    if (hasTooManyNames(outline, detail)) continue;
    const text = pageOf(plan, outline, detail);
    if (text.length <= LONGEST_COMMENT) return text;
  }
  return pageOf(plan, outline, LEAST);
}

/** Whether the names alone of what is told would not fit: then the rest need not be worked out. */
function hasTooManyNames({ entries }: Outline, { changes, rows, longest }: PlanDetail): boolean {
  if (changes === "counts") return false;
  let length = 0;
  for (const entry of entries.slice(0, rows)) {
    const named = entry.kind === "change" ? [entry.change] : entry.members.slice(0, rows);
    for (const { address } of named) length += Math.min(address.length, longest);
    if (length > LONGEST_COMMENT) return true;
  }
  return false;
}

function pageOf(plan: Plan, outline: Outline, detail: PlanDetail): string {
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

function headSection(plan: Plan, { headline }: Outline, foreign: Foreign, { rows }: PlanDetail): string[] {
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
  const concerns = proposedConcerns(plan, (text) => code(text, LONGEST_KEY));
  if (concerns.length === 0) return [];
  const lines = concerns.flatMap(({ title, text }) => [">", `> **${title}** ${text}`]);
  return ["> [!WARNING]", ...lines.slice(1)];
}

function refusalSection(plan: Plan, foreign: Foreign): string[] {
  const refusal = refusalOf(plan, foreign);
  if (refusal === undefined) return [];
  return ["> [!CAUTION]", `> **${refusal.text}**`, ...refusal.hints.flatMap((hint) => [">", `> ${hint}`])];
}

function concernSection({ title, groups }: Concern, { rows }: PlanDetail): string[] {
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

function destructiveSection({ destructive }: Outline, foreign: Foreign, detail: PlanDetail): string[] {
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

function changeSection(plan: Plan, outline: Outline, foreign: Foreign, detail: PlanDetail): string[] {
  const { entries } = outline;
  const amount: Amount = { attributes: detail.changes === "attributes", rows: detail.rows, foreign };
  const named = detail.changes === "counts" ? 0 : detail.rows;
  const items = [
    ...entries.slice(0, named).flatMap((entry) => entryItem(entry, amount)),
    ...countItems(entries.slice(named), { ...amount, rows: Math.min(detail.rows, MOST_COUNTS) }),
  ];
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

function lostNamesSection(plan: Plan, foreign: Foreign, { destructiveRows }: PlanDetail): string[] {
  const rows = lostNamesRows(plan, foreign);
  if (rows.length === 0) return [];
  return [`#### ${LOST_NAMES_TITLE} (${rows.length})`, "", ...readerList(rows, destructiveRows)];
}

/** Whoever gains a secret is in sight, whatever else changes and however many others read it. */
function gainSection({ readers }: Plan, foreign: Foreign, { gains }: PlanDetail): string[] {
  const gaining = readers.filter((reader) => reader.gains.length > 0);
  if (gaining.length === 0) return [];
  return [`#### ${GAINS_TITLE} (${gaining.length})`, "", ...gainItems(gaining, { ...gains, foreign })];
}

function readerSection(plan: Plan, foreign: Foreign, { rows }: PlanDetail): string[] {
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
  { rows }: PlanDetail,
): string[] {
  const items = severities.flatMap((severity) =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity && !PROPOSED_CODES.includes(diagnostic.code))
      .map((diagnostic) => item(`${severity}: ${findingText(diagnostic, foreign, foreign)}`)),
  );
  if (items.length === 0) return [];
  return [severities[0] === "error" ? "#### Errors" : "#### Findings", "", ...capped(items, rows)];
}

function closingSection(
  plan: Plan,
  { command }: Outline,
  foreign: Foreign,
  { longest }: PlanDetail,
): string[] {
  const { fingerprint, proposed } = plan;
  if (fingerprint === "") return [];
  const isShown = command !== undefined && isCopyable(command) && command.length <= Math.max(longest, 1_000);
  return [
    "---",
    ...(proposed === undefined ? [] : [`Environment ${foreign(proposed.digest)}`, ""]),
    `Fingerprint ${foreign(fingerprint)}${isShown ? `. ${applyIntroduction(plan, code)}` : ""}`,
    ...(isShown ? ["", ...fenced("sh", [command])] : []),
  ];
}
