import type { ChangeQueue } from "./change-queue.ts";

/** Between two runs of everything, in milliseconds. */
const INTERVAL = 10 * 60 * 1000;
/** How soon a rest ends when the queue is closed. */
const STEP = 200;

/**
 * `queue`, which is told of everything at once and every ten minutes while `isReady`: so what changed while nobody
 * listened, or still waited when it was closed, is found. It is what a schedule of EventBridge does on AWS.
 */
export function scheduled(
  queue: ChangeQueue,
  isReady: () => Promise<boolean>,
  sleep: (milliseconds: number) => Promise<void>,
): ChangeQueue {
  let closed = false;
  const tell = async (): Promise<void> => {
    while (!closed) {
      if (await isReady()) queue.offer({ "detail-type": "Scheduled Event" });
      for (let rested = 0; rested < INTERVAL && !closed; rested += STEP) await sleep(STEP);
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
