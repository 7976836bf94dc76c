import type { Guards } from "../config/environment.ts";
import { isAwsManaged } from "../model/aws-managed-key.ts";
import type { ParameterName } from "../model/name.ts";
import { tellsNothing } from "../model/recipe.ts";
import { type Decision, formerLive, holdsSecret, losesValue } from "./decision.ts";
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
    delete: action === "replace" || (moving !== undefined && losesValue(decision)),
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

/**
 * The changes after which more can read a value than before. `all` are also decisions that `--exclude` and
 * `--target` leave out, for a copy may follow from them; `shown` are the names whose values may be shown in clear. A bare
 * key id may be that of AWS's own key, so it counts unless it is `named` in environment.json, which its owners review.
 */
export function exposedNames(
  decisions: readonly Decision[],
  all: ReadonlyMap<ParameterName, Decision>,
  shown: ReadonlySet<ParameterName>,
  named: ReadonlySet<string>,
): ReadonlySet<ParameterName> {
  const isOpen = (key: string) => isAwsManaged(key) || !(key.includes("alias/") || named.has(key));
  const exposing = decisions.filter((decision) => exposes(decision, all, shown, isOpen));
  return new Set(exposing.map(({ parameter }) => parameter.name));
}

/** A change after which more can read a value: decrypted, under the account's own key, or as a public replica. */
function exposes(
  decision: Decision,
  decisions: ReadonlyMap<ParameterName, Decision>,
  shown: ReadonlySet<ParameterName>,
  isOpen: (key: string) => boolean,
): boolean {
  const { parameter, standing, type, verdict, source, inputs } = decision;
  if (verdict.kind !== "change") return false;
  if (parameter.public && !shown.has(parameter.name)) return true;
  if (parameter.rule.kind === "generate" && tellsNothing(parameter.rule.recipe)) return false;
  const former = formerLive(decision);
  const secret = former?.type === "SecureString";
  if (type !== "SecureString") return secret || inputs.some(({ name }) => isSecret(decisions.get(name)));
  const readFrom = source.kind === "supplied" ? source.readFrom : undefined;
  if (!isOpen(parameter.key)) return false;
  if (readFrom?.type === "SecureString" && standing.kind === "absent") return true;
  if (secret) return former.keyId !== parameter.key && !isAwsManaged(former.keyId ?? "");
  return inputs.some(({ name }) => isUnderCustomerKey(decisions.get(name)));
}

function isSecret(input: Decision | undefined): boolean {
  return input !== undefined && holdsSecret(input);
}

function isUnderCustomerKey(input: Decision | undefined): boolean {
  if (input === undefined || !holdsSecret(input)) return false;
  const { parameter, standing, verdict } = input;
  const key = verdict.kind === "change" || standing.kind === "absent" ? parameter.key : standing.live.keyId;
  return !isAwsManaged(key ?? "");
}
