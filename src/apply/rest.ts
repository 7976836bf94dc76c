import type { ParameterName } from "../model/name.ts";
import type { Lease } from "./lock.ts";

/** How long a deleted name rests before it can be used again, in milliseconds: 30 seconds (API reference, DeleteParameter). */
export const REST = 31_000;
/** Short enough for the lease to be renewed in between, and for whoever looks on to see the seconds go by. */
const STEP = 1_000;

export interface Resting {
  readonly lease: Pick<Lease, "ensure">;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Told again at every step: a name is waited for, and how long still, in milliseconds. */
  readonly waiting: (name: ParameterName, milliseconds: number) => void;
}

/** Waits until a deleted name can be used again; false when the lock was lost meanwhile. */
export async function restForReuse(
  { lease, sleep, waiting }: Resting,
  name: ParameterName,
  milliseconds = REST,
): Promise<boolean> {
  if (milliseconds <= 0) return true;
  for (let rested = 0; rested < milliseconds; rested += STEP) {
    waiting(name, milliseconds - rested);
    await sleep(Math.min(STEP, milliseconds - rested));
    if (!(await lease.ensure())) return false;
  }
  return true;
}
