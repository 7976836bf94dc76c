import { isReplica, originsOf, replicasOf } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import type { Decision } from "../plan/decision.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Planned } from "../plan/make-plan.ts";
import { broadeningNames } from "../plan/readers.ts";
import type { LiveParameter } from "../store/store.ts";
import type { SourceChange } from "./change.ts";
import { type Withheld, whyWithheld } from "./withheld.ts";
import type { SourceGroup, Work } from "./work.ts";

/** Why a change has to be told again, as its plan tells, and not before so many milliseconds where that is known. */
export interface Waiting {
  readonly why: "early" | "restless" | "behind";
  readonly after?: number;
}

/** What of a plan a replicator may carry out now. */
export interface Judgement {
  /** Replicas that are left to apply. */
  readonly withheld: ReadonlyMap<ParameterName, Withheld>;
  readonly again: ReadonlyMap<ParameterName, Waiting>;
  /** What must not be written: it is planned again without. */
  readonly out: ReadonlySet<ParameterName>;
}

/** Judges a plan of some work at the store's time `now`, in milliseconds. */
export function judge(
  work: Work,
  told: readonly SourceChange[],
  ring: Keyring,
  planned: Planned,
  now: number,
): Judgement {
  const { graph, replicas } = work;
  const { decisions } = planned;
  const rests = work.groups.map((group) => ({ group, after: restOf(work, group, decisions, now) }));
  const resting = new Map<ParameterName, number>();
  for (const { group, after } of rests)
    if (after > 0)
      for (const name of group.followers) resting.set(name, Math.max(after, resting.get(name) ?? 0));
  const { refused, waiting } = fatesOf(work, ring, planned, resting);
  const isOpen = (name: ParameterName) => replicas.has(name) && decisions.get(name)?.verdict.kind !== "keep";
  leaveWhole(
    rests.filter(({ after }) => after <= 0).map(({ group }) => group),
    refused,
    isOpen,
  );
  const withheld = new Map([...refused].filter(([name]) => replicas.has(name)));
  const waits = [...waiting].filter((name) => isOpen(name) && !refused.has(name));

  const again = new Map<ParameterName, Waiting>();
  for (const change of told) {
    const { name } = change;
    if (isEarly(change, decisions.get(name), now)) again.set(name, { why: "early" });
    const followers = replicasOf(graph, [name]);
    const late = waits.filter((one) => followers.has(one));
    const afters = late.flatMap((one) => resting.get(one) ?? []);
    if (afters.length > 0) again.set(name, { why: "restless", after: Math.min(...afters) });
    else if (late.length > 0) again.set(name, { why: "behind" });
  }
  return { withheld, again, out: new Set([...withheld.keys(), ...waits]) };
}

/** What becomes of replicas that are not written now. */
interface Fates {
  /** Only apply may write these, or nothing may. */
  readonly refused: Map<ParameterName, Withheld>;
  /** These are written later: their group is restless, or another replicator writes first. */
  readonly waiting: ReadonlySet<ParameterName>;
}

/** Sources first: what follows from what is refused is refused, and what follows from nothing worse than what waits, waits. */
function fatesOf(
  { replicas }: Work,
  ring: Keyring,
  { plan, decisions }: Planned,
  resting: ReadonlyMap<ParameterName, number>,
): Fates {
  const exposing = new Set<string>(
    plan.resource_changes.flatMap(({ address, exposes }) => (exposes ? [address] : [])),
  );
  const broadening = broadeningNames(plan.readers);
  const morePlanned = (name: ParameterName) =>
    exposing.has(name) ? "exposure" : broadening.has(name) ? "broaden" : undefined;
  const refused = new Map<ParameterName, Withheld>();
  const waiting = new Set<ParameterName>();
  for (const decision of decisions.values()) {
    const { parameter } = decision;
    const { name, rule } = parameter;
    if (!isReplica(parameter)) continue;
    const stuck = inputsOf(rule).filter((input) => refused.has(input) || isStuck(decisions.get(input)));
    const isBehind = stuck.length > 0 && stuck.every((input) => waiting.has(input));
    const more = stuck.length > 0 ? undefined : morePlanned(name);
    const why = whyWithheld(ring, decision, more);
    if (why !== undefined && (why !== "blocked" || !isBehind)) refused.set(name, why);
    else if (stuck.length > 0 && !isBehind) refused.set(name, "blocked");
    else if (isBehind || resting.has(name) || (!replicas.has(name) && isStuck(decision))) waiting.add(name);
  }
  return { refused, waiting };
}

function isStuck(decision: Decision | undefined): boolean {
  return decision?.verdict.kind === "blocked" || decision?.verdict.kind === "conflict";
}

/** Where something of a group has to be left, all of it is left: and with that all of each other group that it is in, too. */
function leaveWhole(
  groups: readonly SourceGroup[],
  refused: Map<ParameterName, Withheld>,
  isOpen: (name: ParameterName) => boolean,
): void {
  for (let left = -1; left !== refused.size; ) {
    left = refused.size;
    for (const { followers } of groups) {
      const open = [...followers].filter((name) => isOpen(name) && !refused.has(name));
      if ([...followers].some((name) => refused.has(name)))
        for (const name of open) refused.set(name, "group");
    }
  }
}

/** How long a store may show what was before a change, in milliseconds. */
const LAG = 5 * 60 * 1000;
/** How long after a change its event may be made, in milliseconds, where it names no version; only what is older was before it. */
const EVENT_DELAY = 5_000;
/** An event that was made later than that is told again for no longer. */
const LAG_WITHOUT_VERSION = 60_000;
/** Events tell time to the second. */
const TIME_GRAIN = 1000;

/**
 * The store shows what was before the change. An event is a hint: it is told again for minutes only, and nothing else
 * waits for it. A source that somebody made anew since has a lower version, and is later.
 */
function isEarly({ version, time }: SourceChange, decision: Decision | undefined, now: number): boolean {
  const live = liveOf(decision);
  if (time === undefined || live === undefined) return false;
  if (version === undefined)
    return live.lastModified < time - EVENT_DELAY && Math.abs(now - time) < LAG_WITHOUT_VERSION;
  return live.version < version && live.lastModified <= time + TIME_GRAIN && Math.abs(now - time) < LAG;
}

/**
 * How long a group still rests, in milliseconds. A member that follows from another is not asked: it is written with the
 * group. Nor is when a replica was written, but when what it follows from changed, so that a chain is quiet as a whole.
 */
function restOf(
  { graph }: Work,
  { names, quiet, followers }: SourceGroup,
  decisions: ReadonlyMap<ParameterName, Decision>,
  now: number,
): number {
  const origins = names.filter((name) => !followers.has(name)).flatMap((name) => originsOf(graph, name));
  const changed = origins.map((name) => liveOf(decisions.get(name))?.lastModified ?? 0);
  return quiet - (now - Math.max(0, ...changed));
}

function liveOf(decision: Decision | undefined): LiveParameter | undefined {
  return decision === undefined || decision.standing.kind === "absent" ? undefined : decision.standing.live;
}
