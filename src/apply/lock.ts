import { randomUUID } from "node:crypto";
import { EXIT, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { lockName } from "../model/own-name.ts";
import { Secret } from "../model/secret.ts";
import type { Store, WriteOutcome } from "../store/store.ts";
import { isTakenOver, type LockRecord, type LockState, readEntry, readLock } from "./lock-record.ts";
import { isOutdated, type Run } from "./run.ts";

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
  /** True when a write may start now; renews first where that is due. False once somebody else has the lock. */
  ensure(): Promise<boolean>;
  /** True while the lease outlasts a write that starts now. */
  outlasts(): boolean;
  /** Frees the lock; `unfinished` keeps the run for the next apply to resume. What cannot be freed runs out by itself. */
  release(unfinished: boolean): Promise<void>;
  /** Frees the lock of a run that wrote nothing: the unfinished run of before, if there was one, stays the one to resume. */
  withdraw(): Promise<void>;
}

/** The run that an interrupted apply left behind, if there is one; whether it is genuine only the digest key tells. @throws UserError */
export async function unfinishedRun(store: Store, environment: string): Promise<Run | undefined> {
  return (await readLock(store, lockName(environment)))?.standing.record?.run ?? undefined;
}

/**
 * Takes the environment's lock. The record is never deleted, for a deleted name rests 30 seconds; the lock is won
 * by the write that returns exactly one version more than the one it read as free, so two who read the
 * same version cannot both win. It is advisory: PutParameter cannot be fenced. Without a `run`, for who has nothing to
 * resume, the record goes on keeping the one that was cut.
 * @throws UserError with exit code 6 while somebody else holds it
 */
export async function acquireLock(
  store: Store,
  environment: string,
  holder: Holder,
  run: Run | undefined,
  monotonic: () => number,
): Promise<Lease> {
  const name = lockName(environment);
  const seen = await readLock(store, name);
  if (seen !== undefined && !isFree(store, seen, holder)) throw locked(environment, seen);
  const before = seen?.standing.record?.run ?? null;
  const tenure: Tenure = {
    id: randomUUID(),
    host: holder.host,
    pid: holder.pid,
    who: holder.who,
    run: run === undefined || isKept(before, run) ? before : run,
  };
  const began = monotonic();
  const won = await take(store, name, tenure, seen?.version ?? 0);
  if (!won) throw locked(environment, await readLock(store, name));
  const finished = run === undefined ? before : null;
  return lease({ store, name, tenure, before, finished, won: (seen?.version ?? 0) + 1, began, monotonic });
}

/** Whether `before` goes on as `run`: one that is too old and has written nothing has the same fingerprint, too. */
function isKept(before: Run | null, run: Run): boolean {
  if (before?.fingerprint !== run.fingerprint || isOutdated(before, run.started)) return false;
  return (run.replaces ?? []).every((name) => before.replaces?.includes(name));
}

/** Asks who has the lock, and takes nothing. @throws UserError with exit code 6 while somebody else holds it */
export async function refuseLocked(store: Store, environment: string, holder: Holder): Promise<void> {
  const seen = await readLock(store, lockName(environment));
  if (seen !== undefined && !isFree(store, seen, holder)) throw locked(environment, seen);
}

type Tenure = Pick<LockRecord, "id" | "host" | "pid" | "who" | "run">;

/** True when the version after `from` is ours; an answer that is lost is looked up there. @throws UserError */
async function take(store: Store, name: ParameterName, tenure: Tenure, from: number): Promise<boolean> {
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
  /** The run that was unfinished before this one took the lock. */
  readonly before: Run | null;
  /** What is left to resume when this one is finished. */
  readonly finished: Run | null;
  readonly won: number;
  readonly began: number;
  readonly monotonic: () => number;
}

function lease({ store, name, tenure, before, finished, won, began, monotonic }: Won): Lease {
  let version = won;
  let turn = 0;
  let renewed = began;
  let lost = false;

  const next = (kind: LockRecord["kind"], run: Run | null): LockRecord => {
    turn += 1;
    return { ...tenure, kind, turn, from: version, run };
  };

  /** A renewal that fails leaves the lease as it is: it runs out by itself. */
  const renew = async (): Promise<void> => {
    const start = monotonic();
    const record = next("renewal", tenure.run);
    const returned = await versionOf(store, name, record, await put(store, name, record));
    if (returned === undefined) return;
    lost = returned <= version || (await isTakenOver(store, name, tenure.id, version + 1, returned - 1));
    version = returned;
    renewed = start;
  };

  const end = async (run: Run | null): Promise<void> => {
    if (lost) return;
    const record = next("release", run);
    for (let sending = 1; sending <= SENDINGS; sending += 1) {
      if ((await versionOf(store, name, record, await put(store, name, record))) !== undefined) return;
    }
  };

  const outlasts = () => !lost && monotonic() - renewed < LEASE - WRITE_MARGIN;
  return {
    outlasts,
    ensure: async () => {
      if (!lost && monotonic() - renewed > RENEW_AFTER) await forgiving(renew);
      return outlasts();
    },
    release: (unfinished) => forgiving(() => end(unfinished ? tenure.run : finished)),
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

/** @throws UserError when it is refused */
async function put(store: Store, name: ParameterName, record: LockRecord): Promise<WriteOutcome> {
  const outcome = await store.put({
    name,
    value: new Secret(JSON.stringify(record)),
    type: "String",
    description: "paraform's lock on this environment: see its documentation before you touch it",
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
