import { performance } from "node:perf_hooks";

/**
 * The engine's idea of time. `now` is milliseconds since 1970, what parameters are dated and expire by.
 * `elapsed` is milliseconds from an arbitrary start, what quotas refill by; it also runs on where `now` stands still.
 */
export interface Clock {
  readonly now: () => number;
  readonly elapsed: () => number;
}

/** This machine's time. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

/** Stands still at `instant`. */
export function fixedClock(instant: number): Clock {
  return { now: () => instant, elapsed: systemClock.elapsed };
}

/** Runs `offset` milliseconds ahead of this machine, or behind it. */
export function offsetClock(offset: number): Clock {
  return { now: () => Date.now() + offset, elapsed: systemClock.elapsed };
}

/** Driven by a test: all time, also that of quotas, is what `read` says. */
export function drivenClock(read: () => number): Clock {
  return { now: read, elapsed: read };
}
