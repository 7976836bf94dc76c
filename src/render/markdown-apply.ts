import type { ApplyResult } from "../apply/outcome.ts";
import type { Plan } from "../plan/plan.ts";
import { identityOf } from "../review/identity.ts";
import { type ApplySummary, applySummary, KEPT, skippedText } from "./apply-summary.ts";
import type { Foreign } from "./escape.ts";
import { SIGNS } from "./fate.ts";
import { capped } from "./markdown-change.ts";
import { LONGEST_COMMENT } from "./markdown-plan.ts";
import { code, fenced, folded, isCopyable, item, page } from "./markdown-text.ts";
import { restoreCommand } from "./next-command.ts";
import { readerRows } from "./reader-rows.ts";

/** How much of a result is told: what went wrong is the last to be shortened. */
interface Detail {
  readonly rows: number;
  readonly troubleRows: number;
  /** The longest text of others, in UTF-16 units. */
  readonly longest: number;
}

/** Commands that somebody may want next. */
export interface NextCommands {
  /** Finishes what is not done, where one does. */
  readonly again?: string | undefined;
  /** Lists what can be brought back, where something was destroyed and a copy of it is kept. */
  readonly undelete?: string | undefined;
}

const LONGEST_COMMAND = 1_000;
const ALL = Number.POSITIVE_INFINITY;
const LADDER: readonly Detail[] = [
  { rows: ALL, troubleRows: ALL, longest: 2_048 },
  { rows: 100, troubleRows: ALL, longest: 2_048 },
  { rows: 20, troubleRows: 100, longest: 500 },
  { rows: 5, troubleRows: 20, longest: 200 },
];
/** Fits whatever happened: of what went wrong ten rows a section, the longest with a command of `LONGEST_COMMAND`. */
const LEAST: Detail = { rows: 5, troubleRows: 10, longest: 200 };

/**
 * What an apply of `plan` came to, as a comment of the pull request that was merged: found again and updated in place by
 * its hidden identity, which is another than the plan's. Ends with a newline.
 */
export function renderMarkdownApply(result: ApplyResult, plan: Plan, next: NextCommands): string {
  for (const detail of LADDER) {
    const text = pageOf(result, plan, next, detail);
    if (text.length <= LONGEST_COMMENT) return text;
  }
  return pageOf(result, plan, next, LEAST);
}

function pageOf(result: ApplyResult, plan: Plan, { again, undelete }: NextCommands, detail: Detail): string {
  const foreign: Foreign = (text) => code(text, detail.longest);
  const summary = applySummary(result);
  return page([
    headSection(result, summary, foreign),
    failedSection(result, foreign, detail),
    skippedSection(result, foreign, detail),
    overwrittenSection(result, foreign, detail),
    recreatedSection(result, foreign, detail),
    finishSection(summary, again),
    undeleteSection(undelete),
    readersSection(result, plan, foreign, detail),
    writtenSection(result, foreign, detail),
  ]);
}

function headSection(
  { environment, fingerprint }: ApplyResult,
  { headline, counts, earlier }: ApplySummary,
  foreign: Foreign,
): string[] {
  return [
    identityOf("apply", environment),
    `### ${foreign(environment)}: ${headline} ${counts}`,
    "",
    `${earlier === undefined ? "" : `${earlier} `}What was carried out has the fingerprint ${foreign(fingerprint)}.`,
  ];
}

function failedSection({ outcomes }: ApplyResult, foreign: Foreign, { troubleRows }: Detail): string[] {
  const items = outcomes.flatMap(({ address, outcome }) => {
    if (outcome.kind !== "failed") return [];
    const { code, message, hint } = outcome;
    const text = `${foreign(address)} — ${foreign(message)} (${foreign(code)})`;
    return [item(text, hint === undefined ? [] : ["", `hint: ${foreign(hint)}`])];
  });
  return section("Failed", items, capped(items, troubleRows));
}

function skippedSection({ outcomes }: ApplyResult, foreign: Foreign, { troubleRows }: Detail): string[] {
  const items = outcomes.flatMap(({ address, outcome }) =>
    outcome.kind === "skipped" ? [item(`${foreign(address)} — ${skippedText(outcome.on, foreign)}`)] : [],
  );
  return section("Skipped, left as they were", items, capped(items, troubleRows));
}

function overwrittenSection(
  { overwritten, environment }: ApplyResult,
  foreign: Foreign,
  { troubleRows }: Detail,
): string[] {
  const items = overwritten.map(({ address, version }) => {
    const command = restoreCommand(environment, address, version);
    return item(
      `${foreign(address)} — somebody else wrote version ${version} at the same moment; its history keeps it`,
      commandLines(command),
    );
  });
  return section("Overwritten", items, capped(items, troubleRows));
}

function recreatedSection({ recreated }: ApplyResult, foreign: Foreign, { troubleRows }: Detail): string[] {
  const items = recreated.map((address) => item(`${foreign(address)} — its history is gone`));
  const hint = [
    "",
    "hint: somebody deleted these at the same moment; if that was meant, take them out of the configuration",
  ];
  return section("Made anew", items, [...capped(items, troubleRows), ...hint]);
}

function finishSection({ remedy, isResumable }: ApplySummary, again: string | undefined): string[] {
  if (remedy === undefined) return [];
  return [`**${remedy}**`, ...(isResumable ? commandLines(again) : [])];
}

function undeleteSection(undelete: string | undefined): string[] {
  return undelete === undefined ? [] : [KEPT, ...commandLines(undelete)];
}

/** A command below its reason, where a reader can take it from there. */
function commandLines(command: string | undefined): string[] {
  const isShown = command !== undefined && command.length <= LONGEST_COMMAND && isCopyable(command);
  return isShown ? ["", ...fenced("sh", [command])] : [];
}

/** Only what is in the store by now is read by somebody. */
function readersSection({ outcomes }: ApplyResult, plan: Plan, foreign: Foreign, { rows }: Detail): string[] {
  const made = new Set(
    outcomes
      .filter(({ outcome }) => outcome.kind === "applied" || outcome.kind === "done")
      .map(({ address }) => address),
  );
  const readers = plan.readers.flatMap((reader) => {
    const changes = reader.changes.filter((name) => made.has(name));
    const gains = reader.gains.filter(({ by }) => by.some((name) => made.has(name)));
    return changes.length === 0 ? [] : [{ ...reader, changes, gains }];
  });
  const items = readerRows({ readers }, foreign).map(({ subject, text }) => item(`${subject}: ${text}`));
  return section("Who reads what was written", items, capped(items, rows));
}

function writtenSection({ outcomes }: ApplyResult, foreign: Foreign, { rows }: Detail): string[] {
  const items = outcomes.flatMap(({ address, action, outcome }) => {
    if (outcome.kind !== "applied" && outcome.kind !== "done") return [];
    const version =
      outcome.kind === "applied" && outcome.version !== null ? `, version ${outcome.version}` : "";
    const earlier = outcome.kind === "done" ? ", by an earlier run" : "";
    return [item(`\`${SIGNS[action]}\` ${foreign(address)}${version}${earlier}`)];
  });
  const list = capped(items, rows);
  return section("Done", items, items.length > 10 ? folded("in the order of the writes", list) : list);
}

function section(title: string, items: readonly unknown[], lines: readonly string[]): string[] {
  return items.length === 0 ? [] : [`#### ${title} (${items.length})`, "", ...lines];
}
