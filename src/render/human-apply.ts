import type { ApplyResult, Outcome } from "../apply/outcome.ts";
import type { Action } from "../plan/action.ts";
import { applySummary, KEPT, skippedText } from "./apply-summary.ts";
import { type Paint, painter } from "./colour.ts";
import { escapeText } from "./escape.ts";
import { restoreCommand } from "./next-command.ts";
import type { Section } from "./refusals.ts";
import { aligned, counted } from "./wording.ts";

const NOUNS: Readonly<Record<Action, string>> = {
  "no-op": "Check",
  create: "Creation",
  update: "Modifications",
  delete: "Destruction",
  replace: "Replacement",
  forget: "Forgetting",
  move: "Move",
};

/** The line of progress for one finished change, in Terraform's manner. Ends with a newline. */
export function renderOutcomeLine(address: string, action: Action, outcome: Outcome, color: boolean): string {
  const paint = painter(color);
  return `${paint(`${escapeText(address)}:`, "bold")} ${outcomeText(action, outcome, paint)}\n`;
}

function outcomeText(action: Action, outcome: Outcome, paint: Paint): string {
  switch (outcome.kind) {
    case "applied":
      return `${NOUNS[action]} complete${outcome.version === null ? "" : ` [version ${outcome.version}]`}`;
    case "done":
      return `${NOUNS[action]} was complete already`;
    case "failed":
      return paint(`${NOUNS[action]} failed (${escapeText(outcome.code)})`, "red");
    case "skipped":
      return paint(`Skipped, ${skippedText(outcome.on, escapeText)}`, "yellow");
  }
}

export interface ResultRendering {
  readonly color: boolean;
  /** The command that lists what can be brought back, where something was destroyed and a copy of it is kept. */
  readonly undelete?: string | undefined;
}

/** What an apply came to, with the remedy for all that is not as planned. Ends with a newline. */
export function renderApplyResult(result: ApplyResult, options: ResultRendering): string {
  const paint = painter(options.color);
  const sections = [
    failedSection(result, paint),
    skippedSection(result, paint),
    overwrittenSection(result, paint),
    recreatedSection(result, paint),
    summarySection(result, options.undelete, paint),
  ];
  return `\n${paragraphs(sections)}`;
}

type Encounters = Pick<ApplyResult, "environment" | "overwritten" | "recreated">;

/** What a write did to others who wrote at the same moment; empty where it met nobody. */
export function renderEncounters(encounters: Encounters, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  return paragraphs([overwrittenSection(encounters, paint), recreatedSection(encounters, paint)]);
}

function paragraphs(sections: readonly Section[]): string {
  const told = sections.filter((section) => section.length > 0);
  return told.length === 0 ? "" : `${told.map((section) => section.join("\n")).join("\n\n")}\n`;
}

function failedSection({ outcomes }: ApplyResult, paint: Paint): Section {
  const lines = outcomes.flatMap(({ address, outcome }) => {
    if (outcome.kind !== "failed") return [];
    const { code, message, hint } = outcome;
    return [
      `  ${paint("!", "red")} ${escapeText(address)}: ${escapeText(message)} (${escapeText(code)})`,
      ...(hint === undefined ? [] : [`    hint: ${escapeText(hint)}`]),
    ];
  });
  return lines.length === 0 ? [] : [paint("Failed:", "bold", "red"), ...lines];
}

/** More than this are counted by what they waited for: that they were skipped is all there is to say of each. */
const MOST_SKIPPED = 50;

function skippedSection({ outcomes }: ApplyResult, paint: Paint): Section {
  const skipped = outcomes.flatMap(({ address, outcome }) =>
    outcome.kind === "skipped" ? [{ address, on: outcome.on }] : [],
  );
  const rows =
    skipped.length > MOST_SKIPPED
      ? countedByCause(skipped)
      : skipped.map(({ address, on }) => [`  ${escapeText(address)}`, skippedText(on, escapeText)] as const);
  return rows.length === 0 ? [] : [paint("Skipped (left as they were):", "bold", "yellow"), ...aligned(rows)];
}

function countedByCause(skipped: readonly { readonly on: string | null }[]): (readonly [string, string])[] {
  const counts = new Map<string | null, number>();
  for (const { on } of skipped) counts.set(on, (counts.get(on) ?? 0) + 1);
  return [...counts].map(([on, count]) => [
    `  ${counted(count, "change")}`,
    skippedText(on, escapeText, count),
  ]);
}

function overwrittenSection({ overwritten, environment }: Encounters, paint: Paint): Section {
  if (overwritten.length === 0) return [];
  return [
    paint(
      "Overwritten (somebody else wrote these at the same moment; the history has what they wrote):",
      "bold",
    ),
    ...overwritten.flatMap(({ address, version }) => [
      `  ${paint("!", "yellow")} ${escapeText(address)} version ${version}`,
      `    to restore it: ${restoreText(environment, address, version)}`,
    ]),
  ];
}

function recreatedSection({ recreated }: Encounters, paint: Paint): Section {
  if (recreated.length === 0) return [];
  return [
    paint("Made anew (somebody deleted these at the same moment; their history is gone):", "bold"),
    ...recreated.map((address) => `  ${paint("!", "yellow")} ${escapeText(address)}`),
    "    hint: if the deletion was meant, take the parameter out of the configuration",
  ];
}

function summarySection(result: ApplyResult, undelete: string | undefined, paint: Paint): Section {
  const { isComplete, headline, counts, earlier, remedy } = applySummary(result);
  return [
    `${paint(headline, "bold", isComplete ? "green" : "red")} ${paint(counts, "bold")}`,
    ...(earlier === undefined ? [] : [earlier]),
    ...(remedy === undefined ? [] : [remedy]),
    ...(undelete === undefined ? [] : [KEPT, `    ${undelete}`]),
  ];
}

/** Also what no shell could be given is shown: it names the version. */
function restoreText(environment: string, address: string, version: number): string {
  return (
    restoreCommand(environment, address, version) ??
    `paraform put ${escapeText(address)} --from-version ${version} --env ${escapeText(environment)}`
  );
}
