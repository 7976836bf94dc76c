import type { Guards } from "../config/environment.ts";
import type { ParameterName } from "../model/name.ts";
import { tellsNothing } from "../model/recipe.ts";
import { type Decision, formerLive, holdsSecret, losesValue, type Verdict } from "./decision.ts";
import { endsLive } from "./ending.ts";
import { type Reach, reachBefore } from "./key-reach.ts";
import type { Keyring } from "./keyring.ts";
import type { World } from "./pass.ts";
import type { Guard } from "./plan.ts";
import { ruleHash } from "./stamp.ts";

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

/**
 * The changes after which more can read a value than before. `all` are also decisions that `--exclude` and
 * `--target` leave out, for a copy may follow from them; `shown` are the names whose values may be shown in clear.
 */
export function exposedNames(
  world: World,
  decisions: readonly Decision[],
  all: ReadonlyMap<ParameterName, Decision>,
  shown: ReadonlySet<ParameterName>,
  reach: (key: string) => Reach,
  replicationKey: string | undefined,
): ReadonlySet<ParameterName> {
  const fresh = freshlyMade(world.ring, all);
  const exposing = decisions.filter((decision) => {
    if (decision.verdict.kind !== "change") return false;
    const origins = originsOf(world, decision, all, fresh);
    return exposes(decision, all, shown, origins, reach) || isHandedOver(decision, replicationKey);
  });
  return new Set(exposing.map(({ parameter }) => parameter.name));
}

/** Whether more can read a value after a change: decrypted, under a key that more may use, or as a public replica. */
function exposes(
  decision: Decision,
  decisions: ReadonlyMap<ParameterName, Decision>,
  shown: ReadonlySet<ParameterName>,
  origins: readonly (string | undefined)[],
  reach: (key: string) => Reach,
): boolean {
  const { parameter, type, inputs } = decision;
  if (parameter.public && !shown.has(parameter.name)) return true;
  if (parameter.rule.kind === "generate" && tellsNothing(parameter.rule.recipe)) return false;
  const former = formerLive(decision);
  const secret = former?.type === "SecureString";
  if (type !== "SecureString") return secret || inputs.some(({ name }) => isSecret(decisions.get(name)));
  const after = reach(parameter.key);
  if (secret && former.keyId !== parameter.key && after > reachBefore(former.keyId)) return true;
  return origins.some((key) => after > reachBefore(key));
}

/**
 * The keys of the secrets that a change brings, whatever lies live where it brings them. What was made of the same and
 * lies under the same key could be read there all along: a source that is rotated exposes nothing.
 */
function originsOf(
  { live }: World,
  { parameter, standing, verdict, source, inputs }: Decision,
  decisions: ReadonlyMap<ParameterName, Decision>,
  fresh: ReadonlySet<ParameterName>,
): readonly (string | undefined)[] {
  if (source.kind === "earlier") return source.then.type === "SecureString" ? [source.then.keyId] : [];
  if (source.kind === "supplied") {
    const { readFrom } = source;
    return readFrom?.type === "SecureString" ? [live.get(readFrom.name)?.keyId] : [];
  }
  if (keepsItsValue(verdict)) return [];
  const lies = standing.kind !== "absent" && standing.live.keyId === parameter.key;
  if (lies && !fresh.has(parameter.name)) return [];
  return inputs.flatMap(({ name }) => keyUnder(decisions.get(name)));
}

/** Names whose value is made of other parameters than before, itself or what it follows from. */
function freshlyMade(
  ring: Keyring,
  decisions: ReadonlyMap<ParameterName, Decision>,
): ReadonlySet<ParameterName> {
  const fresh = new Set<ParameterName>();
  for (const { parameter, standing, verdict, source, inputs } of decisions.values()) {
    if (verdict.kind !== "change" || keepsItsValue(verdict)) continue;
    const follows = source.kind === "followed" || source.kind === "derived";
    const made = standing.kind === "stamped" ? standing.stamp : undefined;
    const sameRule = made !== undefined && ruleHash(ring, made.keyId, parameter.rule) === made.rule;
    const isFresh =
      (follows && (!sameRule || inputs.some(({ name }) => fresh.has(name)))) ||
      (source.kind === "earlier" && !source.byRule) ||
      (source.kind === "supplied" && source.readFrom !== undefined);
    if (isFresh) fresh.add(parameter.name);
  }
  return fresh;
}

function keepsItsValue(verdict: Verdict): boolean {
  return (
    verdict.kind === "change" &&
    (verdict.reason === "attribute_changed" || verdict.reason === "stamp_renewed")
  );
}

/**
 * A replica that is one no more keeps its source's value. Sealed under a key of who owns the path, it is theirs to read,
 * which nobody could as long as it lay under the replication key.
 */
function isHandedOver(
  { parameter, standing, moving, verdict, source }: Decision,
  replicationKey?: string,
): boolean {
  if (verdict.kind !== "change" || (source.kind !== "live" && source.kind !== "moved")) return false;
  if (parameter.rule.kind === "copy" || parameter.rule.kind === "merge") return false;
  const former = source.kind === "moved" ? moving?.standing : standing;
  if (former === undefined || former.kind === "absent" || former.live.type !== "SecureString") return false;
  const { keyId } = former.live;
  const wasReplica =
    former.kind === "stamped" && (former.stamp.kind === "copy" || former.stamp.kind === "merge");
  return keyId !== parameter.key && (wasReplica || keyId === replicationKey);
}

function isSecret(input: Decision | undefined): boolean {
  return input !== undefined && holdsSecret(input);
}

/** The key of an input that is a secret, once the plan is carried out. */
function keyUnder(input: Decision | undefined): readonly (string | undefined)[] {
  if (input === undefined || !holdsSecret(input)) return [];
  const { parameter, standing, verdict } = input;
  return [verdict.kind === "change" || standing.kind === "absent" ? parameter.key : standing.live.keyId];
}
