import { CHANGED_SOPS_FILES, type Diagnostic, type Plan } from "../plan/plan.ts";
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
import { type Amount, capped, changeItem, countItems, entryItem } from "./markdown-change.ts";
import { gainItems } from "./markdown-gains.ts";
import { code, fenced, folded, isCopyable, item } from "./markdown-text.ts";
import { inputWords, type Place, rollbackText } from "./next-command.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { LADDER, LEAST, LONGEST_NAME, type PlanDetail } from "./plan-detail.ts";
import { READERS_TITLE, readerRows } from "./reader-rows.ts";
import { listed } from "./wording.ts";

/**
 * The longest comment, in UTF-16 units. GitHub takes 65,536 characters, which are never more than these; the rest is
 * left to who adds a footer.
 */
export const LONGEST_COMMENT = 60_000;

/** Of environment.json; more of them, or longer ones, are in no file but a forged one. */
const MOST_KEYS = 40;
const LONGEST_KEY = 100;
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
    const text = pageOf(plan, outline, detail);
    if (text.length <= LONGEST_COMMENT) return text;
  }
  return pageOf(plan, outline, LEAST);
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
    gainSection(plan, foreign, detail),
    changeSection(outline, foreign, detail),
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
  const { name, account, region, owner, endpoint } = plan.environment;
  const identity = identityOf("plan", [...escapeText(name)].slice(0, LONGEST_ENVIRONMENT).join(""));
  const title = headline === undefined ? "This plan is incomplete." : `${headline.label} ${headline.text}`;
  const where = [
    ...(account === "" ? [] : [`account ${foreign(account)}`]),
    ...(region === "" ? [] : [foreign(region)]),
    ...(endpoint === undefined ? [] : [`endpoint ${foreign(endpoint)}`]),
    `owner ${foreign(owner)}`,
  ];
  const words = inputWords(plan.inputs);
  const more = words.length > rows ? ` and ${words.length - rows} more` : "";
  const back = rollbackText(plan.inputs, foreign);
  const shaped = words.length === 0 ? "" : `, planned with ${foreign(words.slice(0, rows).join(" "))}${more}`;
  return [
    identity,
    `### ${foreign(name)}: ${title}`,
    "",
    `${where.join(", ")}${back === undefined ? shaped : `, ${back}`}`,
  ];
}

/** What the fingerprint does not cover, whole and ahead of all that a proposal could pile up before it. */
function proposedSection({ proposed }: Plan): string[] {
  if (proposed === undefined || proposed.changes.length === 0) return [];
  const changed = proposed.changes.filter((key) => key !== CHANGED_SOPS_FILES);
  const keys = changed.slice(0, MOST_KEYS).map((key) => code(key, LONGEST_KEY));
  const lines = [
    ...(keys.length === 0
      ? []
      : [
          `**This proposal changes \`environment.json\`:** ${listed(keys)}. The plan is made with that of the trusted revision; the next one after the merge is not.`,
        ]),
    ...(changed.length === proposed.changes.length
      ? []
      : [
          "**This proposal changes a SOPS file that an apply decrypts:** by it `sops` knows whom to ask for its key, with what the job may use. See who is asked there before you approve.",
        ]),
  ];
  return ["> [!WARNING]", ...lines.flatMap((line, index) => [...(index === 0 ? [] : [">"]), `> ${line}`])];
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

function changeSection(outline: Outline, foreign: Foreign, detail: PlanDetail): string[] {
  const { entries } = outline;
  const amount: Amount = { attributes: detail.changes === "attributes", rows: detail.rows, foreign };
  const items =
    detail.changes === "counts"
      ? countItems(entries, amount)
      : capped(
          entries.map((entry) => entryItem(entry, amount)),
          amount.rows,
        );
  const shortened = detail === LADDER[0] ? [] : ["", shortenedText(outline)];
  return [...(items.length === 0 ? [] : ["#### Changes", "", ...items]), ...shortened];
}

function shortenedText({ fullPlan }: Outline): string {
  const how = fullPlan === undefined || fullPlan.length > LONGEST_NAME ? "the HTML report" : code(fullPlan);
  return `This comment is shortened to fit: ${how} shows everything.`;
}

/** Whoever gains a secret is in sight, whatever else changes and however many others read it. */
function gainSection({ readers }: Plan, foreign: Foreign, { gains }: PlanDetail): string[] {
  const gaining = readers.filter((reader) => reader.gains.length > 0);
  if (gaining.length === 0) return [];
  return [`#### Who gains a secret (${gaining.length})`, "", ...gainItems(gaining, { ...gains, foreign })];
}

function readerSection(plan: Plan, foreign: Foreign, { rows }: PlanDetail): string[] {
  const others = readerRows(plan, foreign).filter(({ gains }) => !gains);
  if (others.length === 0) return [];
  const list = capped(
    others.map(({ subject, text }) => item(`${subject} — ${text}`)),
    rows,
  );
  return [
    `#### ${READERS_TITLE} (${others.length})`,
    "",
    ...(list.length > 10 ? folded("by the path that they read", list) : list),
  ];
}

/** What `proposedSection` says already. */
const PROPOSED = ["environment_proposed", "sops_proposed"];

function findingSection(
  { diagnostics }: Plan,
  severities: readonly Diagnostic["severity"][],
  foreign: Foreign,
  { rows }: PlanDetail,
): string[] {
  const items = severities.flatMap((severity) =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity && !PROPOSED.includes(diagnostic.code))
      .map((diagnostic) => item(findingText(diagnostic, foreign))),
  );
  if (items.length === 0) return [];
  return [severities[0] === "error" ? "#### Errors" : "#### Findings", "", ...capped(items, rows)];
}

function findingText({ severity, summary, address, file, line }: Diagnostic, foreign: Foreign): string {
  const about = address === undefined || summary.includes(address) ? "" : `${foreign(address)}: `;
  const place = file === undefined ? "" : ` at ${foreign(line === undefined ? file : `${file}:${line}`)}`;
  return `${severity}: ${about}${foreign(summary)}${place}`;
}

function closingSection(
  { fingerprint, proposed }: Plan,
  { command }: Outline,
  foreign: Foreign,
  { longest }: PlanDetail,
): string[] {
  if (fingerprint === "") return [];
  const isShown = command !== undefined && isCopyable(command) && command.length <= Math.max(longest, 1_000);
  return [
    "---",
    ...(proposed === undefined ? [] : [`Environment ${foreign(proposed.digest)}`, ""]),
    `Fingerprint ${foreign(fingerprint)}${isShown ? ". To apply exactly this (with `--auto-approve` nobody is asked):" : ""}`,
    ...(isShown ? ["", ...fenced("sh", [command])] : []),
  ];
}
