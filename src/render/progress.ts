import { counted, duration } from "./wording.ts";

/** How far an apply has come: what is made, by whichever run, and what will not be made by this one. Times in seconds. */
export interface Progress {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly total: number;
  readonly elapsed: number;
}

/** Fewer changes in less time say nothing about the rest. */
const TELLING_CHANGES = 3;

/** Seconds that the rest takes at the rate so far; null while that cannot be told. */
export function remainingSeconds({ done, failed, skipped, total, elapsed }: Progress): number | null {
  const left = total - done - failed - skipped;
  const tried = done + failed;
  if (left <= 0) return 0;
  return tried < TELLING_CHANGES || elapsed <= 0 ? null : (left * elapsed) / tried;
}

/** `Applied 120 of 500, 1 failed, 2.9/s, about 2m 11s left`. */
export function renderProgress(progress: Progress): string {
  const { done, failed, skipped, total, elapsed } = progress;
  const left = remainingSeconds(progress);
  return [
    `Applied ${done} of ${total}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(done > 0 && elapsed > 0 ? [`${(done / elapsed).toFixed(1)}/s`] : []),
    ...(left === null || left === 0 ? [] : [`about ${duration(left)} left`]),
  ].join(", ");
}

/** `Reading: 12 API calls, 4.9/s, about 2s left`; `expected` calls are the least that a plan takes. */
export function renderReading(calls: number, expected: number, elapsed: number): string {
  const rate = elapsed > 0 ? calls / elapsed : 0;
  return [
    `Reading: ${counted(calls, "API call")}`,
    ...(rate > 0 ? [`${rate.toFixed(1)}/s`] : []),
    ...(rate > 0 && calls < expected ? [`about ${duration((expected - calls) / rate)} left`] : []),
  ].join(", ");
}
