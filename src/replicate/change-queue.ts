import { randomUUID } from "node:crypto";
import type { Handler } from "./handler.ts";

/** What stands between a store's change events and the handler on one machine, as a queue of SQS does on AWS. */
export interface ChangeQueue {
  /** Takes an event, to be delivered soon and again until it is done. */
  offer(event: unknown): void;
  /** Resolves when the batch in flight is done; nothing is delivered any more. */
  close(): Promise<void>;
}

const BATCH = 10;
const FIRST_REST = 1_000;
const LONGEST_REST = 30_000;
/** How soon a rest ends when the queue is closed. */
const STEP = 200;

interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly deliveries: number;
}

/** Delivers batches, one after the other; what has to be told again rests a second, then twice as long each time. */
export function changeQueue(handle: Handler, sleep: (milliseconds: number) => Promise<void>): ChangeQueue {
  const waiting: Message[] = [];
  let closed = false;
  let delivering = Promise.resolve();
  let idle = true;

  const deliver = async (): Promise<void> => {
    while (waiting.length > 0 && !closed) {
      const batch = waiting.splice(0, BATCH);
      const answer = await handle({ Records: batch });
      const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of batch) if (failed.has(message.messageId)) void redeliver(message);
    }
    idle = true;
  };

  const enqueue = (message: Message): void => {
    if (closed) return;
    waiting.push(message);
    if (!idle) return;
    idle = false;
    delivering = deliver();
  };

  const redeliver = async ({ deliveries, ...message }: Message): Promise<void> => {
    const rest = Math.min(FIRST_REST * 2 ** deliveries, LONGEST_REST);
    for (let rested = 0; rested < rest && !closed; rested += STEP) await sleep(STEP);
    enqueue({ ...message, deliveries: deliveries + 1 });
  };

  return {
    offer: (event) => enqueue({ messageId: randomUUID(), body: JSON.stringify(event), deliveries: 0 }),
    close: () => {
      closed = true;
      return delivering;
    },
  };
}
