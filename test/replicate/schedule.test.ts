import { expect, it } from "vitest";
import { scheduled } from "../../src/replicate/schedule.ts";

function scheduleOf({
  isReady = () => true,
  writes = () => 0,
}: {
  isReady?: () => boolean;
  writes?: () => number;
} = {}) {
  const told: unknown[] = [];
  const calls: string[] = [];
  let rested = 0;
  const queue = {
    offer: (event: unknown) => told.push([rested, event]),
    close: async () => {
      calls.push("closed");
    },
  };
  const sleep = async (milliseconds: number) => {
    rested += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  };
  const schedule = scheduled(queue, { isReady: async () => isReady(), writesElsewhere: writes, sleep });
  const until = async (time: number) => {
    while (rested < time) await new Promise((resolve) => setImmediate(resolve));
  };
  return { schedule, told, calls, until, rested: () => rested };
}

const EVERYTHING = { "detail-type": "Scheduled Event" };

it("everything is told at once, and every ten minutes, beside what is offered", async () => {
  const { schedule, told, until } = scheduleOf();
  await until(1);
  schedule.offer("a change");
  await until(1_200_000);
  await schedule.close();
  const times = told.map((each) => (each as [number, unknown])[0]);
  expect(told).toEqual([
    [0, EVERYTHING],
    [expect.any(Number), "a change"],
    [600_000, EVERYTHING],
    ...(times.includes(1_200_000) ? [[1_200_000, EVERYTHING]] : []),
  ]);
});

it("nothing is told before the environment is initialized, and nothing once it is closed", async () => {
  let ready = false;
  const { schedule, told, calls, until } = scheduleOf({ isReady: () => ready });
  await until(400_000);
  expect(told).toEqual([]);
  ready = true;
  await until(700_000);
  expect(told).toEqual([[600_000, EVERYTHING]]);
  await schedule.close();
  expect(calls).toEqual(["closed"]);
});

it("everything is told once after somebody else wrote, when they rest for a second", async () => {
  const clock = { rested: () => 0 };
  const writes = () => Math.min(Math.max(clock.rested() - 5_000, 0), 10_000);
  const { schedule, told, until, rested } = scheduleOf({ writes });
  clock.rested = rested;
  await until(30_000);
  await schedule.close();
  expect(told).toEqual([
    [0, EVERYTHING],
    [16_000, EVERYTHING],
  ]);
});
