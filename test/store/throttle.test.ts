import { describe, expect, it } from "vitest";
import { AWS_RATES, estimateSeconds, type Rates, UNLIMITED } from "../../src/store/rates.ts";
import { send } from "../../src/store/send.ts";
import { throttle } from "../../src/store/throttle.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

interface Limit {
  readonly perSecond: number;
  readonly burst: number;
}

interface Result {
  readonly seconds: number;
  readonly throttled: number;
  readonly unanswered: number;
}

/** Sends `count` writes through at most `atOnce` hands to a store that allows `limit` and answers after `latency` ms. */
async function write(
  count: number,
  limit: Limit,
  { rates = AWS_RATES, atOnce = 10, latency = 40 }: { rates?: Rates; atOnce?: number; latency?: number } = {},
): Promise<Result> {
  const clock = virtualClock();
  const start = clock.now();
  const pace = throttle(rates, clock);
  const allows = bucket(limit, clock);
  let throttled = 0;
  let unanswered = 0;
  let left = count;
  const request = async (): Promise<void> => {
    await clock.sleep(latency);
    if (allows()) return;
    throttled += 1;
    throw Object.assign(new Error(), {
      name: "ThrottlingException",
      $fault: "client",
      $metadata: { httpStatusCode: 400 },
    });
  };
  const hand = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const reply = await send("PutParameter", request, pace, { repeatable: false });
      if (reply.kind === "mishap") unanswered += 1;
    }
  };
  await clock.run(Promise.all(Array.from({ length: atOnce }, hand)));
  return { seconds: (clock.now() - start) / 1000, throttled, unanswered };
}

function bucket({ perSecond, burst }: Limit, clock: VirtualClock): () => boolean {
  let tokens = burst;
  let filledAt = clock.now();
  return () => {
    tokens = Math.min(burst, tokens + ((clock.now() - filledAt) / 1000) * perSecond);
    filledAt = clock.now();
    if (tokens < 1 - 1e-9) return false;
    tokens -= 1;
    return true;
  };
}

describe("pacing", () => {
  it.each([1, 4, 10, 40])("loses little under 3 writes a second, with %i at once", async (atOnce) => {
    const { seconds, throttled, unanswered } = await write(40, { perSecond: 3, burst: 3 }, { atOnce });
    expect(unanswered).toBe(0);
    expect(seconds).toBeLessThanOrEqual(1.35 * (40 / 3));
    expect(throttled).toBeLessThanOrEqual(0.15 * 40);
  });

  it("keeps to the limit over a long run", async () => {
    const { seconds, throttled, unanswered } = await write(600, { perSecond: 3, burst: 3 });
    expect(unanswered).toBe(0);
    expect(seconds).toBeLessThanOrEqual(1.1 * 200);
    expect(throttled).toBeLessThanOrEqual(0.05 * 600);
  });

  it.each([1, 10])("speeds up where the store allows 10 a second, with %i at once", async (atOnce) => {
    const { seconds, throttled } = await write(200, { perSecond: 10, burst: 10 }, { atOnce });
    expect(seconds).toBeLessThanOrEqual(1.5 * 20);
    expect(throttled).toBeLessThanOrEqual(0.05 * 200);
  });

  it("slows down where it allows 1 a second", async () => {
    const { seconds, throttled, unanswered } = await write(40, { perSecond: 1, burst: 1 });
    expect(unanswered).toBe(0);
    expect(seconds).toBeLessThanOrEqual(1.5 * 40);
    expect(throttled).toBeLessThanOrEqual(0.25 * 40);
  });

  it("finds a limit nobody told it", async () => {
    const { seconds, throttled, unanswered } = await write(
      40,
      { perSecond: 3, burst: 3 },
      { rates: UNLIMITED, atOnce: 5, latency: 1 },
    );
    expect(unanswered).toBe(0);
    expect(seconds).toBeLessThanOrEqual(1.35 * (40 / 3));
    expect(throttled).toBeLessThanOrEqual(0.15 * 40);
  });

  it("waits for nothing where there is no limit", async () => {
    expect(await write(1000, { perSecond: 1e9, burst: 1e9 }, { rates: UNLIMITED, latency: 0 })).toEqual({
      seconds: 0,
      throttled: 0,
      unanswered: 0,
    });
  });

  it("gives up a request that is throttled for a minute", async () => {
    const { seconds, unanswered } = await write(1, { perSecond: 0, burst: 0 });
    expect(unanswered).toBe(1);
    expect(seconds).toBeGreaterThan(45);
    expect(seconds).toBeLessThan(75);
  });

  it("paces each kind of request on its own, and all reads of values together", async () => {
    const clock = virtualClock();
    const pace = throttle(
      { ...AWS_RATES, put: { perSecond: 1, burst: 1 }, get: { perSecond: 2, burst: 1 } },
      clock,
    );
    const start = clock.now();
    const sent: string[] = [];
    const ask = async (operation: "GetParameter" | "GetParameters" | "PutParameter"): Promise<void> => {
      await pace.turn(operation);
      sent.push(`${operation} ${clock.now() - start}`);
    };
    await clock.run(
      Promise.all([ask("PutParameter"), ask("PutParameter"), ask("GetParameter"), ask("GetParameters")]),
    );
    expect(sent).toEqual(["PutParameter 0", "GetParameter 0", "GetParameters 500", "PutParameter 1000"]);
  });
});

describe("estimateSeconds", () => {
  it("is the time that the requests take at AWS's rates, one kind after the other", () => {
    expect(estimateSeconds({}, AWS_RATES)).toBe(0);
    expect(estimateSeconds({ PutParameter: 31 }, AWS_RATES)).toBe(10);
    expect(estimateSeconds({ PutParameter: 31, DeleteParameter: 11 }, AWS_RATES)).toBe(12);
    expect(estimateSeconds({ GetParameter: 25, GetParameters: 25 }, AWS_RATES)).toBe(1);
    expect(estimateSeconds({ PutParameter: 1000 }, UNLIMITED)).toBe(0);
  });
});
