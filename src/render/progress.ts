import { counted, duration } from "./wording.ts";

/** How far an apply has come. Times in seconds. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly elapsed: number;
}

/** Fewer changes in less time say nothing about the rest. */
const TELLING_CHANGES = 3;

/** Seconds that the rest takes at the rate so far; null while that cannot be told. */
export function remainingSeconds({ done, total, elapsed }: Progress): number | null {
  if (done >= total) return 0;
  return done < TELLING_CHANGES || elapsed <= 0 ? null : ((total - done) * elapsed) / done;
}

/** `Applied 120 of 500, 2.9/s, about 2m 11s left`. */
export function renderProgress(progress: Progress): string {
  const { done, total, elapsed } = progress;
  const left = remainingSeconds(progress);
  return [
    `Applied ${done} of ${total}`,
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
