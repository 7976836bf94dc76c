import { expect, it } from "vitest";
import { changeQueue } from "../../src/replicate/change-queue.ts";

interface Batch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** A queue whose rests take no time, and the batches that its handler was given; `fails` are told again. */
function queueOf(fails: (body: string, delivery: number) => boolean) {
  const batches: string[][] = [];
  let rested = 0;
  const handle = async (event: unknown) => {
    const { Records } = event as Batch;
    batches.push(Records.map(({ body }) => JSON.parse(body)));
    const failed = Records.filter(({ body }) => fails(JSON.parse(body), batches.length));
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
  const queue = changeQueue(handle, async (milliseconds) => {
    rested += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  });
  const until = async (count: number) => {
    while (batches.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, batches, until, rested: () => rested };
}

it("delivers what comes in while a batch is in flight in the next one, at most ten", async () => {
  const { queue, batches, until } = queueOf(() => false);
  for (let event = 0; event < 12; event += 1) queue.offer(`e${event}`);
  await until(3);
  expect(batches.map((batch) => batch.length)).toEqual([1, 10, 1]);
  await queue.close();
});

it("delivers again what failed, after a rest that grows, and that alone", async () => {
  const { queue, batches, until, rested } = queueOf((body, delivery) => body === "late" && delivery < 5);
  queue.offer("late");
  queue.offer("done");
  await until(5);
  expect(batches).toEqual([["late"], ["done"], ["late"], ["late"], ["late"]]);
  expect(rested()).toBe(1_000 + 2_000 + 4_000);
  await queue.close();
});

it("rests for half a minute at the most, however often something failed", async () => {
  const { queue, until, rested } = queueOf((_, delivery) => delivery < 9);
  queue.offer("late");
  await until(9);
  expect(rested()).toBe(1_000 + 2_000 + 4_000 + 8_000 + 16_000 + 3 * 30_000);
  await queue.close();
});

it("delivers nothing once it is closed", async () => {
  const { queue, batches, until } = queueOf(() => true);
  queue.offer("never done");
  await until(2);
  await queue.close();
  const delivered = batches.length;
  queue.offer("too late");
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toHaveLength(delivered);
});
