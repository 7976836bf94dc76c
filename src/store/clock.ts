import { performance } from "node:perf_hooks";

/** Time as pacing and retries see it: milliseconds since 1970 that only ever go forward. Tests drive their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** This machine's time; a wall clock that is set while we run does not disturb it. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
