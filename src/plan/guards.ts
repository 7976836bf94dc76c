import type { Guards } from "../config/environment.ts";
import { type Decision, losesValue } from "./decision.ts";
import { endsLive } from "./ending.ts";
import type { Guard } from "./plan.ts";

/** What a plan would do, counted for the guards. */
export interface Tally {
  /** Live parameters that are ours, by our valid stamp or by an exclusive scope. */
  readonly ours: number;
  /** Parameters that the config declares or refers to. */
  readonly known: number;
  readonly declared: number;
  readonly deletes: number;
  readonly exposed: number;
  readonly broadened: number;
  readonly decisions: readonly Decision[];
}

export const GUARD_NAMES = [
  "delete",
  "update",
  "regenerate",
  "adopt",
  "exposure",
  "broaden",
  "empty",
  "blocked",
] as const;
export type GuardName = (typeof GUARD_NAMES)[number];

/** Percentages say nothing about a handful: they count from ten parameters on (SPEC §2). */
const PERCENT_FROM = 10;

/**
 * Every guard with its limit and count, tripped or not. `allow` names exactly how many are meant: it stands
 * above counts and percentages, and another count is refused, whether more or less.
 */
export function checkGuards(
  limits: Guards,
  tally: Tally,
  allow: Readonly<Record<string, number>>,
): readonly Guard[] {
  const percent = (of: number, few: number) =>
    tally.ours < PERCENT_FROM ? few : Math.floor((of * tally.ours) / 100);
  const counting = tally.decisions.flatMap(guardsOf);
  const counted = (name: GuardName) => counting.filter((one) => one === name).length;
  const emptied = tally.declared === 0 && tally.ours > 0 ? tally.ours : 0;
  const guard = (name: GuardName, limit: number, count: number): Guard => ({
    name,
    limit,
    count,
    tripped: isTripped({ limit, count }, allow[name]),
  });
  return [
    guard(
      "delete",
      Math.min(limits.delete.count, percent(limits.delete.percent, limits.delete.count)),
      tally.deletes + counted("delete"),
    ),
    guard("update", percent(limits.update.percent, tally.ours), counted("update")),
    guard("regenerate", limits.regenerate.count, counted("regenerate")),
    guard("adopt", 0, counted("adopt")),
    guard("exposure", 0, tally.exposed),
    // Without a limit it is only counted: there are never more of them than parameters.
    guard("broaden", limits.broaden?.count ?? tally.known, tally.broadened),
    guard("empty", 0, emptied),
    guard("blocked", 0, counted("blocked")),
  ];
}

/**
 * The guards that count what is to happen to one declared parameter, but for `exposure` and `broaden`: see
 * `exposedNames` and `broadeningNames`.
 */
export function guardsOf(decision: Decision): readonly GuardName[] {
  const { verdict, source, moving } = decision;
  if (verdict.kind === "blocked") return ["blocked"];
  if (verdict.kind !== "change") return [];
  const { action, reason } = verdict;
  const counts: Partial<Record<GuardName, boolean>> = {
    delete: action === "replace" || (moving !== undefined && losesValue(decision)) || endsLive(decision),
    update: action === "update" && reason !== "adopted",
    regenerate: reason === "regenerate",
    // Only one that takes the live value as it is, whoever put it there.
    adopt: reason === "adopted" && source.kind === "live",
  };
  return GUARD_NAMES.filter((name) => counts[name]);
}

/** With an allowance of exactly so many, any other count trips; without one, what is above the limit. */
export function isTripped(
  guard: { readonly limit: number; readonly count: number },
  allowed: number | undefined,
): boolean {
  return allowed === undefined ? guard.count > guard.limit : guard.count !== allowed;
}
