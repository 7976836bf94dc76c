import type { Clock } from "../../src/store/clock.ts";

export interface VirtualClock extends Clock {
  /**
   * Runs until `work` settles: whenever everything in it sleeps, time jumps to the next to wake. `busy` says that
   * something is under way that is not asleep on this clock.
   */
  run<T>(work: Promise<T>, busy?: () => boolean): Promise<T>;
}

/** Time that passes only when nothing else is left to do, and then at once. */
export function virtualClock(start = Date.UTC(2030, 0, 1)): VirtualClock {
  let now = start;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ at: now + milliseconds, wake });
      }),
    async run(work, busy = () => false) {
      let settled = false;
      const finish = (): void => {
        settled = true;
      };
      work.then(finish, finish);
      for (;;) {
        do await new Promise(setImmediate);
        while (!settled && busy());
        if (settled) return work;
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers.shift();
        if (next === undefined) continue;
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}
