import { z } from "zod";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { parsedJson } from "../model/parsed-json.ts";
import type { Secret } from "../model/secret.ts";
import type { Store } from "../store/store.ts";
import { runSchema } from "./run.ts";

const lockRecord = z.object({
  /** A take begins a tenure, renewals prolong it, a release ends it. */
  kind: z.enum(["take", "renewal", "release"]),
  /** The tenure, in each of its writes. */
  id: z.string(),
  /** Tells the writes of a tenure apart. */
  turn: z.number(),
  /** The version that this write means to follow: the one read as free by a take, else the tenure's last. */
  from: z.number(),
  host: z.string(),
  pid: z.number(),
  who: z.string(),
  run: runSchema.nullable(),
  /** What this run or former ones were to replace, as the description says it too: see `plan/replacing.ts`. */
  replacing: z.string().nullable(),
});

/** What one write to the lock says. */
export type LockRecord = z.infer<typeof lockRecord>;

/** What an apply leaves to the next one. */
export type Left = Pick<LockRecord, "run" | "replacing">;

/** One version of the lock; `record` is undefined where somebody put something else into it. */
export interface LockEntry {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  readonly record: LockRecord | undefined;
}

/** The lock as it lies live. */
export interface LockState {
  /** The newest version, whoever wrote it: the one that a take has to follow. */
  readonly version: number;
  /** The newest version that counts; the newest of all, without a record, where none does. */
  readonly standing: LockEntry;
}

/**
 * Reads who has the lock. A take that did not follow the version it meant to has lost, and what a holder wrote
 * after somebody took over came too late: neither counts, and what was before it stands.
 * @throws UserError
 */
export async function readLock(store: Store, name: ParameterName): Promise<LockState | undefined> {
  const newest = await readEntry(store, name);
  if (newest === undefined) return undefined;
  for (let entry: LockEntry | undefined = newest; entry !== undefined; ) {
    if (await counts(store, name, entry)) return { version: newest.version, standing: entry };
    entry = entry.version > 1 ? await readEntry(store, name, entry.version - 1) : undefined;
  }
  return { version: newest.version, standing: { ...newest, record: undefined } };
}

/** One version of the lock, the newest if none is named; undefined where there is none. @throws UserError */
export async function readEntry(
  store: Store,
  name: ParameterName,
  version?: number,
): Promise<LockEntry | undefined> {
  const [reading] = await store.read([version === undefined ? { name } : { name, version }]);
  if (reading === undefined || reading.kind === "absent") return undefined;
  if (reading.kind === "denied") {
    throw new UserError(`the lock ${name} may not be read`, { hint: "apply needs ssm:GetParameter on it" });
  }
  return { version: reading.version, lastModified: reading.lastModified, record: parse(reading.value) };
}

/** Whether a tenure other than `id` began with one of these versions; a version that is gone may have been one. @throws UserError */
export async function isTakenOver(
  store: Store,
  name: ParameterName,
  id: string,
  first: number,
  last: number,
): Promise<boolean> {
  for (let version = first; version <= last; version += 1) {
    const entry = await readEntry(store, name, version);
    if (entry === undefined) return true;
    const { record } = entry;
    if (record?.kind === "take" && record.from === version - 1 && record.id !== id) return true;
  }
  return false;
}

async function counts(store: Store, name: ParameterName, { version, record }: LockEntry): Promise<boolean> {
  if (record === undefined || record.from >= version) return false;
  if (record.from === version - 1) return true;
  if (record.kind === "take") return false;
  return !(await isTakenOver(store, name, record.id, record.from + 1, version - 1));
}

function parse(value: Secret): LockRecord | undefined {
  return lockRecord.safeParse(parsedJson(value.expose())).data;
}
