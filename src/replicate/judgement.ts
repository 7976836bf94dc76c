import { isReplica, replicasOf } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision } from "../plan/decision.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Planned } from "../plan/make-plan.ts";
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
  const { graph, groups } = work;
  const { decisions } = planned;
  const found = whyNot(ring, planned);
  const isOwn = (name: ParameterName) => work.replicas.has(name);
  const isOpen = (name: ParameterName) => isOwn(name) && decisions.get(name)?.verdict.kind !== "keep";
  const ahead = [...decisions.values()]
    .filter(({ parameter, verdict }) => isReplica(parameter) && !isOwn(parameter.name) && isHeld(verdict))
    .map(({ parameter }) => parameter.name);
  // What follows from what another replicator is about to write is not withheld: it waits.
  const behind = replicasOf(
    graph,
    ahead.filter((name) => !found.has(name)),
  );
  const refused = new Map([...found].filter(([name, why]) => why !== "blocked" || !behind.has(name)));
  const withheld = new Map([...refused].filter(([name]) => isOwn(name)));
  const again = new Map<ParameterName, Waiting>();
  const out = new Set(withheld.keys());

  for (const change of told)
    if (isEarly(change, decisions.get(change.name), now)) again.set(change.name, { why: "early" });
  const late = [...behind].filter(isOpen);
  for (const { name } of late.length === 0 ? [] : told) {
    const follow = replicasOf(graph, [name]);
    if (late.some((one) => follow.has(one))) again.set(name, { why: "behind" });
  }
  for (const { names, quiet, followers } of groups) {
    // A member that follows from another is written with the group: waited for, it would never be.
    const firsts = names.filter((name) => !followers.has(name));
    const after = quiet - (now - lastChange(firsts, decisions, now));
    const open = [...followers].filter(isOpen);
    if (open.length === 0) continue;
    if (after > 0) {
      for (const name of stirring(work, told, names, decisions)) again.set(name, { why: "restless", after });
      for (const name of open) out.add(name);
    } else if ([...followers].some((name) => refused.has(name))) {
      for (const name of open) {
        if (!behind.has(name) && !withheld.has(name)) withheld.set(name, "group");
        out.add(name);
      }
    }
  }
  return { withheld, again, out };
}

/** The replicas of a plan that only apply may write, and those that nothing may. */
function whyNot(ring: Keyring, { plan, decisions }: Planned): ReadonlyMap<ParameterName, Withheld> {
  const exposing = new Set(
    plan.resource_changes.flatMap(({ address, exposes }) => (exposes ? [address] : [])),
  );
  const found = new Map<ParameterName, Withheld>();
  for (const decision of decisions.values()) {
    const { name } = decision.parameter;
    const why = isReplica(decision.parameter) ? whyWithheld(ring, decision, exposing.has(name)) : undefined;
    if (why !== undefined) found.set(name, why);
  }
  return found;
}

function isHeld(verdict: Decision["verdict"]): boolean {
  return verdict.kind === "blocked" && verdict.reason === "held";
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

/** When the first of a group changed last: now, if one of them is a replica that is about to. */
function lastChange(
  names: readonly ParameterName[],
  decisions: ReadonlyMap<ParameterName, Decision>,
  now: number,
): number {
  const times = names.map((name) =>
    isChanging(decisions.get(name)) ? now : (liveOf(decisions.get(name))?.lastModified ?? 0),
  );
  return Math.max(0, ...times);
}

/** The changes that a group which is not quiet waits for: of its members, or of what these are about to follow. */
function stirring(
  { graph }: Work,
  told: readonly SourceChange[],
  names: SourceGroup["names"],
  decisions: ReadonlyMap<ParameterName, Decision>,
): ParameterName[] {
  const changing = names.filter((name) => isChanging(decisions.get(name)));
  return told
    .map(({ name }) => name)
    .filter((name) => {
      if (names.includes(name)) return true;
      const follow = changing.length === 0 ? undefined : replicasOf(graph, [name]);
      return changing.some((member) => follow?.has(member));
    });
}

function isChanging(decision: Decision | undefined): boolean {
  return decision?.verdict.kind === "change";
}

function liveOf(decision: Decision | undefined): LiveParameter | undefined {
  return decision === undefined || decision.standing.kind === "absent" ? undefined : decision.standing.live;
}
