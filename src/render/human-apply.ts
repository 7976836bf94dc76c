import type { ApplyResult, Outcome } from "../apply/outcome.ts";
import type { Action } from "../plan/action.ts";
import { type Paint, painter } from "./colour.ts";
import { escapeText, shellWord } from "./escape.ts";
import type { Section } from "./refusals.ts";
import { aligned, counted, whereAny } from "./wording.ts";

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
      return paint(`Skipped, ${skippedText(outcome.on)}`, "yellow");
  }
}

function skippedText(on: string | null): string {
  return on === null ? "the run had to stop before it" : `it follows from ${escapeText(on)}`;
}

/** What an apply came to, with the remedy for all that is not as planned. Ends with a newline. */
export function renderApplyResult(result: ApplyResult, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const sections = [
    failedSection(result, paint),
    skippedSection(result, paint),
    overwrittenSection(result, paint),
    recreatedSection(result, paint),
    summarySection(result, paint),
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

function skippedSection({ outcomes }: ApplyResult, paint: Paint): Section {
  const rows = outcomes.flatMap(({ address, outcome }) =>
    outcome.kind === "skipped" ? [[`  ${escapeText(address)}`, skippedText(outcome.on)] as const] : [],
  );
  return rows.length === 0 ? [] : [paint("Skipped (left as they were):", "bold", "yellow"), ...aligned(rows)];
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
      `    to restore it: paraform put ${argument(address)} --from-version ${version} --env ${argument(environment)}`,
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

function summarySection(result: ApplyResult, paint: Paint): Section {
  const { outcomes, stopped } = result;
  const all = (kind: Outcome["kind"]) => outcomes.filter(({ outcome }) => outcome.kind === kind);
  const [applied, done, failed, skipped] = [all("applied"), all("done"), all("failed"), all("skipped")];
  const count = (...actions: Action[]) => applied.filter(({ action }) => actions.includes(action)).length;
  const [moved, forgotten] = [count("move"), count("forget")];
  const counts =
    whereAny([moved, "moved"], [forgotten, "forgotten"]) +
    `${count("create", "replace")} added, ${count("update")} changed, ` +
    `${count("delete", "replace")} destroyed`;
  const earlier =
    done.length === 0 ? [] : [`${counted(done.length, "change")} had been made by an earlier run.`];
  const open = failed.length + skipped.length;
  if (open === 0) {
    return [
      `${paint("Apply complete!", "bold", "green")} ${paint(`Parameters: ${counts}.`, "bold")}`,
      ...earlier,
    ];
  }
  return [
    `${paint(headline(stopped, applied.length), "bold", "red")} ` +
      paint(`Parameters: ${counts}; ${failed.length} failed, ${skipped.length} skipped.`, "bold"),
    ...earlier,
    remedy(result),
  ];
}

function remedy({ overwritten, recreated }: ApplyResult): string {
  const met = overwritten.length + recreated.length > 0;
  return met
    ? "Plan again to finish: what somebody else wrote at the same moment is at another version than planned."
    : "Run the same apply again to finish: what is done is not done twice.";
}

function headline(stopped: ApplyResult["stopped"], applied: number): string {
  switch (stopped) {
    case "interrupted":
      return "Apply interrupted!";
    case "terminated":
      return "Apply terminated!";
    case "lease_lost":
      return "Apply stopped, the lock was lost!";
    case null:
      return applied === 0 ? "Apply failed!" : "Apply stopped part-way!";
  }
}

function argument(text: string): string {
  return shellWord(text) ?? escapeText(text);
}
