import { expect, it } from "vitest";
import { deadline } from "../../src/replicate/deadline.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { throttle } from "../../src/store/throttle.ts";

const LEAST = 15_000;

function limited() {
  return deadline(throttle(UNLIMITED, { now: () => 0, sleep: async () => {} }), LEAST);
}

it("reads no further page once too little time is left, and says how far it came", async () => {
  const { pace, begin } = limited();
  let left = 20_000;
  begin(() => left);
  await pace.turn("DescribeParameters");
  await pace.turn("DescribeParameters");
  left = LEAST - 1;
  await expect(pace.turn("DescribeParameters")).rejects.toThrow("the time is up after 2 pages of metadata");
});

it("lets a lock be freed after that, and the next run read from its own beginning", async () => {
  const { pace, begin } = limited();
  begin(() => 0);
  await pace.turn("PutParameter");
  await expect(pace.turn("DescribeParameters")).rejects.toThrow("after 0 pages");
  begin(() => 300_000);
  await pace.turn("DescribeParameters");
});
