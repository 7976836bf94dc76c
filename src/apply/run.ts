import { z } from "zod";
import { canonicalJson } from "../model/canonical-json.ts";
import { type Action, actionOf } from "../plan/action.ts";
import type { Decision } from "../plan/decision.ts";
import { type Intent, intentHash } from "../plan/fingerprint.ts";
import { type Keyring, planHash, sameMac } from "../plan/keyring.ts";
import type { Planned } from "../plan/make-plan.ts";
import { movedFrom } from "../plan/move.ts";
import type { Plan } from "../plan/plan.ts";
import { writtenBy } from "../plan/standing.ts";

export const runSchema = z.object({
  fingerprint: z.string(),
  /** A keyed hash of config, supplied values and inputs: the same intent may be resumed as approved. */
  intent: z.string(),
  /** The store's time when the run first took the lock, in milliseconds. */
  started: z.number(),
  /** What its guards counted when it passed them: finishing it may count less, never more. */
  counts: z.record(z.string(), z.number()),
  /** How many changes it has to make. */
  changes: z.number(),
  /** A keyed hash of what it makes where nothing is, see `arrivalsOf`: what else is absent later is not its doing. */
  arrivals: z.string(),
  /** True where what it carries out is what metadata alone decides: so it is finished, by whoever may read more. */
  blind: z.boolean().optional(),
  /** Over all of it, under a key derived from the digest key: whoever may write the lock cannot make up a run. */
  mac: z.string(),
});

/** An apply that has begun: until it is finished, what it wrote counts as planned. */
export type Run = z.infer<typeof runSchema>;

/** The run that carries out an approved plan. `started` is in milliseconds of the store's time. */
export function beginRun(
  ring: Keyring,
  plan: Pick<Plan, "guards" | "resource_changes">,
  run: Pick<Run, "fingerprint" | "intent" | "started"> & { readonly blind: boolean },
): Run {
  const { blind, ...rest } = run;
  const counts = Object.fromEntries(plan.guards.map(({ name, count }) => [name, count]));
  const changes = plan.resource_changes.filter((change) => actionOf(change) !== "no-op").length;
  const arrivals = arrivalsHash(ring, ring.currentId, arrivalsOf(plan));
  const unsigned = { ...rest, counts, changes, arrivals, ...(blind ? { blind } : {}) };
  return { ...unsigned, mac: macOf(ring, ring.currentId, unsigned) };
}

/** How long a rotation that was cut may be resumed, in milliseconds: who asks for one a day later means another. */
const SAME_ROTATION = 24 * 60 * 60 * 1000;

/** Whether a run regenerates and began too long ago to be resumed. `now` is in milliseconds of the store's time. */
export function isOutdated({ counts, started }: Run, now: number): boolean {
  return (counts.regenerate ?? 0) > 0 && now - started > SAME_ROTATION;
}

/** Whether a run was recorded by who has the environment's digest key, or had it before `init --rekey`. */
export function isGenuine(ring: Keyring, { mac, ...unsigned }: Run): boolean {
  return underAnyKey(ring, (id) => sameMac(macOf(ring, id, unsigned), mac));
}

/** Whether a run is meant by the same configs, supplied values and options. */
export function isMeant(ring: Keyring, run: Run, intent: Intent): boolean {
  return underAnyKey(ring, (id) => intentHash(ring, intent, id) === run.intent);
}

/**
 * Whether what a run has made and what `left` is to make are together what the run was begun for: so nothing else has
 * gone since, and nothing that it made was made by somebody else.
 */
export function isWholeOf(ring: Keyring, run: Run, { plan, decisions }: Planned): boolean {
  const left = arrivalsOf(plan);
  const pending = new Set(left.map(([name]) => name));
  const made = [...decisions.values()].flatMap((decision) =>
    pending.has(decision.parameter.name) ? [] : arrivalBy(ring, run, decision),
  );
  return underAnyKey(ring, (id) => arrivalsHash(ring, id, [...left, ...made]) === run.arrivals);
}

const ARRIVING: ReadonlySet<Action> = new Set<Action>(["create", "move", "replace"]);

/** A name that gets its first version, and the one that it moves from or an empty text. */
type Arrival = readonly [name: string, from: string];

/** Everything that a plan makes where nothing is, or will be nothing: what it creates, moves to and replaces. */
function arrivalsOf({ resource_changes }: Pick<Plan, "resource_changes">): readonly Arrival[] {
  return resource_changes
    .filter((change) => ARRIVING.has(actionOf(change)))
    .map(({ address, previous_address = "" }) => [address, previous_address]);
}

/** The same of what a run has made already. */
function arrivalBy(ring: Keyring, run: Run, { parameter, standing }: Decision): readonly Arrival[] {
  if (!writtenBy(run.fingerprint, standing) || standing.kind !== "stamped") return [];
  const { stamp } = standing;
  return stamp.version === 1 ? [[parameter.name, movedFrom(ring, parameter, stamp) ?? ""]] : [];
}

function arrivalsHash(ring: Keyring, id: string, arrivals: readonly Arrival[]): string {
  const sorted = arrivals.map((arrival) => JSON.stringify(arrival)).sort();
  return planHash(ring, "arrivals", sorted, id);
}

function underAnyKey({ keys }: Keyring, holds: (id: string) => boolean): boolean {
  return [...keys.keys()].some(holds);
}

function macOf(ring: Keyring, id: string, unsigned: Omit<Run, "mac">): string {
  return planHash(ring, "run", [canonicalJson(unsigned)], id);
}
