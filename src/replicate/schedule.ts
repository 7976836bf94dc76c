import type { ChangeQueue } from "./change-queue.ts";

/** Between two runs of everything, in milliseconds. */
const INTERVAL = 10 * 60 * 1000;
/** Between two looks at whether somebody wrote beside the queue. */
const LOOK = 1_000;
/** How soon a rest ends when the queue is closed. */
const STEP = 200;

export interface ScheduleOptions {
  readonly isReady: () => Promise<boolean>;
  /** Another number once the store was written to in a way that offers no event. */
  readonly writesElsewhere: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * `queue`, which is told of everything at once and every ten minutes while `isReady`: so what changed while nobody
 * listened, or still waited when it was closed, is found. It is what a schedule of EventBridge does on AWS. It is told too
 * once somebody who offers no event has written and then rested: an apply of theirs is many writes, and one change.
 */
export function scheduled(
  queue: ChangeQueue,
  { isReady, writesElsewhere, sleep }: ScheduleOptions,
): ChangeQueue {
  let closed = false;
  const restedUntilTold = async (): Promise<void> => {
    let [seen, written] = [writesElsewhere(), false];
    for (let rested = STEP; rested <= INTERVAL && !closed; rested += STEP) {
      await sleep(STEP);
      if (rested % LOOK !== 0) continue;
      const now = writesElsewhere();
      if (now === seen && written) return;
      written ||= now !== seen;
      seen = now;
    }
  };
  const tell = async (): Promise<void> => {
    while (!closed) {
      if (await isReady()) queue.offer({ "detail-type": "Scheduled Event" });
      await restedUntilTold();
    }
  };
  const telling = tell();
  return {
    offer: (event) => queue.offer(event),
    close: async () => {
      closed = true;
      await telling;
      await queue.close();
    },
  };
}
