import { randomUUID } from "node:crypto";
import { EXIT, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { lockName } from "../model/own-name.ts";
import { Secret } from "../model/secret.ts";
import type { Store, WriteOutcome } from "../store/store.ts";
import {
  isTakenOver,
  type Left,
  type LockRecord,
  type LockState,
  readEntry,
  readLock,
} from "./lock-record.ts";
import type { Run } from "./run.ts";

/** How long a lease outlives its last renewal, in milliseconds of the store's time (SPEC §6). */
export const LEASE = 30_000;
/** A lease this old is renewed before the next write. */
const RENEW_AFTER = 10_000;
/** What is left of a lease has to outlast a write's own time-out. */
const WRITE_MARGIN = 12_000;
/** How often a take or a release is sent when no answer comes and the live record says that it was not done. */
const SENDINGS = 3;

/** The process that applies. `isAlive` answers for processes of this very host only. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly who: string;
  readonly isAlive: (pid: number) => boolean;
}

export interface Lease {
  /** What the next apply is left with if this one is cut once it has begun. */
  readonly left: Left;
  /** Records `left`, right before the first write: until then what the last apply left stays. False once somebody else has the lock. */
  begin(): Promise<boolean>;
  /** True when a write may start now; renews first where that is due. False once somebody else has the lock. */
  ensure(): Promise<boolean>;
  /** True while the lease outlasts a write that starts now. */
  outlasts(): boolean;
  /** Frees the lock, and leaves `left` to the next apply. What cannot be freed runs out by itself. */
  release(left: Left): Promise<void>;
  /** Frees the lock of a run that wrote nothing: what the last apply left stays. */
  withdraw(): Promise<void>;
}

/** The run that an interrupted apply left behind, if there is one; whether it is genuine only the digest key tells. @throws UserError */
export async function unfinishedRun(store: Store, environment: string): Promise<Run | undefined> {
  return (await readLock(store, lockName(environment)))?.standing.record?.run ?? undefined;
}

/**
 * Takes the environment's lock. The record is never deleted, for a deleted name rests 30 seconds; the lock is won
 * by the write that returns exactly one version more than the one it read as free, so two who read the
 * same version cannot both win. It is advisory: PutParameter cannot be fenced. `begins` says what this apply is to leave
 * from what the last one left; where that is nothing, the take records it at once, which saves a write.
 * @throws UserError with exit code 6 while somebody else holds it
 */
export async function acquireLock(
  store: Store,
  environment: string,
  holder: Holder,
  begins: (before: Left) => Left,
  monotonic: () => number,
): Promise<Lease> {
  const name = lockName(environment);
  const seen = await readLock(store, name);
  if (seen !== undefined && !isFree(store, seen, holder)) throw locked(environment, seen);
  const { run = null, replacing = null } = seen?.standing.record ?? {};
  const before = { run, replacing };
  const left = begins(before);
  const isFirst = run === null && replacing === null;
  const tenure: Tenure = { id: randomUUID(), host: holder.host, pid: holder.pid, who: holder.who };
  const began = monotonic();
  const won = await take(store, name, { ...tenure, ...(isFirst ? left : before) }, seen?.version ?? 0);
  if (!won) throw locked(environment, await readLock(store, name));
  return lease({
    store,
    name,
    tenure,
    before,
    left,
    isFirst,
    won: (seen?.version ?? 0) + 1,
    began,
    monotonic,
  });
}

/** Asks who has the lock, and takes nothing. @throws UserError with exit code 6 while somebody else holds it */
export async function refuseLocked(store: Store, environment: string, holder: Holder): Promise<void> {
  const seen = await readLock(store, lockName(environment));
  if (seen !== undefined && !isFree(store, seen, holder)) throw locked(environment, seen);
}

type Tenure = Pick<LockRecord, "id" | "host" | "pid" | "who">;

/** True when the version after `from` is ours; an answer that is lost is looked up there. @throws UserError */
async function take(
  store: Store,
  name: ParameterName,
  tenure: Tenure & Left,
  from: number,
): Promise<boolean> {
  const record: LockRecord = { ...tenure, kind: "take", turn: 0, from };
  for (let sending = 1; sending <= SENDINGS; sending += 1) {
    const outcome = await put(store, name, record);
    if (outcome.kind === "written" && outcome.version === from + 1) return true;
    const next = await readEntry(store, name, from + 1);
    if (next !== undefined || outcome.kind !== "unknown") return next?.record?.id === tenure.id;
  }
  throw new UserError(`the lock ${name} could not be taken: the store gave no answer`, {
    hint: "nothing was written: run the same apply again",
  });
}

interface Won {
  readonly store: Store;
  readonly name: ParameterName;
  readonly tenure: Tenure;
  /** What the last apply left. */
  readonly before: Left;
  readonly left: Left;
  /** Nothing was left before, and the take has recorded `left`. */
  readonly isFirst: boolean;
  readonly won: number;
  readonly began: number;
  readonly monotonic: () => number;
}

function lease({ store, name, tenure, before, left, isFirst, won, began, monotonic }: Won): Lease {
  let version = won;
  let turn = 0;
  let renewed = began;
  let lost = false;
  let recorded = isFirst ? left : before;

  const next = (kind: LockRecord["kind"], says: Left): LockRecord => {
    turn += 1;
    return { ...tenure, ...says, kind, turn, from: version };
  };

  /** A renewal that fails leaves the lease as it is: it runs out by itself. */
  const renew = async (says: Left): Promise<void> => {
    const start = monotonic();
    const record = next("renewal", says);
    const returned = await versionOf(store, name, record, await put(store, name, record));
    if (returned === undefined) return;
    lost = returned <= version || (await isTakenOver(store, name, tenure.id, version + 1, returned - 1));
    version = returned;
    renewed = start;
    recorded = says;
  };

  const end = async (says: Left): Promise<void> => {
    if (lost) return;
    const record = next("release", says);
    for (let sending = 1; sending <= SENDINGS; sending += 1) {
      if ((await versionOf(store, name, record, await put(store, name, record))) !== undefined) return;
    }
  };

  const outlasts = () => !lost && monotonic() - renewed < LEASE - WRITE_MARGIN;
  return {
    left,
    begin: async () => {
      const isRecorded = () => recorded.run === left.run && recorded.replacing === left.replacing;
      for (let sending = 1; !isRecorded() && !lost && sending <= SENDINGS; sending += 1) {
        await forgiving(() => renew(left));
      }
      return isRecorded() && outlasts();
    },
    outlasts,
    ensure: async () => {
      if (!lost && monotonic() - renewed > RENEW_AFTER) await forgiving(() => renew(recorded));
      return outlasts();
    },
    release: (says) => forgiving(() => end(says)),
    withdraw: () => forgiving(() => end(before)),
  };
}

async function forgiving(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** The version that a write made, looked up where its answer was lost; `undefined` when it is not there. @throws UserError */
async function versionOf(
  store: Store,
  name: ParameterName,
  { id, turn }: LockRecord,
  outcome: WriteOutcome,
): Promise<number | undefined> {
  if (outcome.kind === "written") return outcome.version;
  const newest = await readEntry(store, name);
  return newest?.record?.id === id && newest.record.turn === turn ? newest.version : undefined;
}

const DESCRIPTION = "paraform's lock on this environment: see its documentation before you touch it";

/** @throws UserError when it is refused */
async function put(store: Store, name: ParameterName, record: LockRecord): Promise<WriteOutcome> {
  const outcome = await store.put({
    name,
    value: new Secret(JSON.stringify(record)),
    type: "String",
    description: [DESCRIPTION, ...(record.replacing === null ? [] : [record.replacing])].join(" "),
    overwrite: record.from > 0,
    tier: "Standard",
    dataType: "text",
  });
  if (outcome.kind !== "refused") return outcome;
  throw new UserError(`the lock ${name} could not be written: ${outcome.code}`, {
    hint: "apply needs ssm:PutParameter on it",
  });
}

/** By the store's time, or at once when the same host's process is gone. Where nothing tells of a holder, only time frees it. */
function isFree(store: Store, { standing: { record, lastModified } }: LockState, holder: Holder): boolean {
  if (store.now() - lastModified > LEASE) return true;
  if (record === undefined) return false;
  return record.kind === "release" || (record.host === holder.host && !holder.isAlive(record.pid));
}

function locked(environment: string, state: LockState | undefined): UserError {
  const record = state?.standing.record;
  const by = record === undefined ? "somebody else" : `${record.who} (process ${record.pid})`;
  return new UserError(`environment ${environment} is locked by ${by}`, {
    hint: "wait for that apply to end; a dead one's lock is free after 30 seconds",
    exitCode: EXIT.locked,
  });
}
