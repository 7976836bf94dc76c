import type { Clock } from "./clock.ts";

/** How many calls a second some operations may be called together; `burst` is how many at once, at first `burst`. */
export interface Quota {
  readonly operations: readonly string[];
  readonly rate: number;
  readonly burst: number;
}

/** Token buckets over `quotas`: says whether a call may pass, and counts it when it may. A refused call costs nothing. */
export function meterCalls(quotas: readonly Quota[], clock: Clock): (operation: string) => boolean {
  const buckets = quotas.map((quota) => ({ quota, tokens: quota.burst, filled: clock.elapsed() }));
  return (operation) => {
    const now = clock.elapsed();
    const mine = buckets.filter(({ quota }) => quota.operations.includes(operation));
    for (const bucket of mine) {
      const { rate, burst } = bucket.quota;
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filled) / 1000) * rate);
      bucket.filled = now;
    }
    // The tolerance keeps a wait of exactly one interval from failing on a rounding error.
    if (mine.some(({ tokens }) => tokens < 1 - 1e-9)) return false;
    for (const bucket of mine) bucket.tokens -= 1;
    return true;
  };
}
