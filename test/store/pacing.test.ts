import { afterEach, describe, expect, it } from "vitest";
import { drivenClock } from "../../src/embedded/clock.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { connect, type OpenConnection } from "../../src/store/connection.ts";
import { AWS_RATES, type Rates, UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import { type Throttle, throttle } from "../../src/store/throttle.ts";
import { virtualClock } from "./virtual-clock.ts";

const WRITES = 40;
let connection: OpenConnection | undefined;
afterEach(() => connection?.close());

/** Writes forty parameters, `atOnce` at a time, to an embedded store that allows `rate` writes a second. */
async function writeUnder(rate: number, burst: number, rates: Rates, atOnce: number) {
  const clock = virtualClock();
  let throttled = 0;
  connection = await connect(
    { kind: "embedded", path: ":memory:" },
    {
      embedded: {
        clock: drivenClock(clock.now),
        quotas: [{ operations: ["PutParameter"], rate, burst }],
        observe: ({ operation }, { outcome }) => {
          expect(operation).toBe("PutParameter");
          if (outcome.kind === "refused" && outcome.code === "ThrottlingException") throttled += 1;
        },
      },
    },
  );
  const { pace, busy } = watched(throttle(rates, clock));
  const store = ssmStore(connection, pace);
  const names = Array.from({ length: WRITES }, (_, index) => parameterName(`/dba/p${index}`));
  const outcomes: string[] = [];
  const hand = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const write = {
        name,
        value: new Secret("value-of-dev"),
        type: "String",
        description: "",
        overwrite: false,
        tier: "Standard",
        dataType: "text",
      } as const;
      outcomes.push((await store.put(write)).kind);
    }
  };
  const start = clock.now();
  await clock.run(Promise.all(Array.from({ length: atOnce }, hand)), busy);
  expect(outcomes).toEqual(Array.from({ length: WRITES }, () => "written"));
  return { seconds: (clock.now() - start) / 1000, throttled };
}

/** Knows while a request is between its turn and its answer. */
function watched(pace: Throttle): { pace: Throttle; busy: () => boolean } {
  let under = 0;
  return {
    busy: () => under > 0,
    pace: {
      clock: pace.clock,
      async turn(operation, again) {
        const turn = await pace.turn(operation, again);
        under += 1;
        const told = (tell: () => void) => () => {
          under -= 1;
          tell();
        };
        return { accepted: told(turn.accepted), throttled: told(turn.throttled) };
      },
    },
  };
}

describe("forty writes to a store that allows three a second", () => {
  it.each([
    ["AWS's rates, one at a time", AWS_RATES, 1],
    ["AWS's rates, ten at a time", AWS_RATES, 10],
    ["no rate, four at a time", UNLIMITED, 4],
  ])("take little more than the limit makes them, starting from %s", async (_, rates, atOnce) => {
    const { seconds, throttled } = await writeUnder(3, 3, rates, atOnce);
    expect(seconds).toBeLessThanOrEqual(1.35 * (WRITES / 3));
    expect(throttled).toBeLessThanOrEqual(0.15 * WRITES);
  });
});
