import type { Plan } from "../plan/plan.ts";
import type { Paint } from "./colour.ts";
import {
  blockedConcern,
  type Concern,
  conflictConcern,
  guardConcern,
  refusalOf,
  withheldConcern,
} from "./concern.ts";
import { escapeText, quoteText } from "./escape.ts";
import { aligned } from "./wording.ts";

/** What the plan leaves undone or apply will refuse, each with its remedy. Every section is a list of lines, empty when there is nothing to say. */
export type Section = readonly string[];

export function withheldSection(plan: Plan, paint: Paint): Section {
  return concernSection(withheldConcern(plan, escapeText), "-", paint);
}

export function blockedSection(plan: Plan, paint: Paint): Section {
  return concernSection(blockedConcern(plan, escapeText), paint("!", "red"), paint);
}

export function conflictSection(plan: Plan, paint: Paint): Section {
  return concernSection(conflictConcern(plan, escapeText, quoteText), paint("!", "red"), paint);
}

export function guardSection(plan: Plan, paint: Paint): Section {
  return concernSection(guardConcern(plan, escapeText), paint("!", "red"), paint);
}

/** One section: the rows of all groups in the same two columns, the remedies of each group below its rows. */
function concernSection({ title, groups }: Concern, sign: string, paint: Paint): Section {
  const lines = aligned(
    groups.flatMap(({ rows }) =>
      rows.map(({ subject, text }): [string, string] => [`${sign} ${subject}`, text]),
    ),
  );
  if (lines.length === 0) return [];
  let next = 0;
  return [
    paint(`${title}:`, "bold"),
    ...groups.flatMap(({ rows, hints }) => {
      const own = lines.slice(next, next + rows.length);
      next += rows.length;
      return [...own.map((line) => `  ${line}`), ...hints.map(hintLine)];
    }),
  ];
}

/** Why apply would refuse, as one sentence; empty for a plan that it would apply. */
export function refusalSection(plan: Plan, paint: Paint): Section {
  const refusal = refusalOf(plan, escapeText);
  if (refusal === undefined) return [];
  return [paint(refusal.text, "bold", "red"), ...refusal.hints.map(hintLine)];
}

function hintLine(text: string): string {
  return `    hint: ${text}`;
}
