import fc from "fast-check";
import { expect, test } from "vitest";
import { acquireLock, type Lease } from "../../src/apply/lock.ts";
import { UserError } from "../../src/model/error.ts";
import type { Store } from "../../src/store/store.ts";
import { aroundStore } from "../support/around-store.ts";
import { makeWorld, type World } from "../support/world.ts";

const RUNS = process.env.SLOW === undefined ? 60 : 1000;
const RACERS = 4;

/** What a racer does with the lock once it has it: works for so many seconds at a time, then frees it or dies. */
interface Temper {
  readonly spells: readonly number[];
  readonly dies: boolean;
}

const temper: fc.Arbitrary<Temper> = fc.record({
  spells: fc.array(fc.constantFrom(1, 9, 11, 16, 17, 18, 29, 31, 40), { maxLength: 4 }),
  dies: fc.boolean(),
});

/** Runs the race in one order of events; calls are held up before and after they are carried out, as a scheduler says. */
async function race(
  scheduler: fc.Scheduler,
  tempers: readonly Temper[],
  faults: readonly string[],
  store: (world: World) => Store,
) {
  const world = await makeWorld();
  world.impose({ fault: faults });
  const dead = new Set<number>();
  const leases = new Map<number, Lease>();
  let wins = 0;
  let most = 0;
  const count = () => {
    most = Math.max(most, [...leases.values()].filter((lease) => lease.outlasts()).length);
  };
  const held = aroundStore(store(world), async (_, carryOut) => {
    await scheduler.schedule(Promise.resolve());
    const answer = await carryOut();
    await scheduler.schedule(Promise.resolve());
    count();
    return answer;
  });
  const racer = async ({ spells, dies }: Temper, pid: number): Promise<void> => {
    const holder = {
      host: `host ${pid % 2}`,
      pid,
      who: `racer ${pid}`,
      isAlive: (other: number) => !dead.has(other),
    };
    const run = {
      fingerprint: `run ${pid}`,
      intent: "",
      started: 0,
      counts: {},
      changes: 0,
      arrivals: "",
      mac: "",
    };
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        const lease = await acquireLock(
          held,
          "test",
          holder,
          () => ({ run, replacing: null }),
          () => world.engine.now().getTime(),
        );
        wins += 1;
        leases.set(pid, lease);
        count();
        for (const seconds of spells) {
          await scheduler.schedule(Promise.resolve());
          world.pass(seconds * 1000);
          count();
          await lease.ensure();
          count();
        }
        leases.delete(pid);
        if (dies) dead.add(pid);
        else await lease.release({ run: null, replacing: null });
        return;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        world.pass(7000);
      }
    }
  };
  await scheduler.waitFor(Promise.all(tempers.map(racer)));
  return { wins, most };
}

const tempers = fc.array(temper, { minLength: RACERS, maxLength: RACERS });
const faults = fc.subarray(
  [
    "1:before-reset",
    "2:after-timeout",
    "3:before-503",
    "4:after-html",
    "6:after-reset",
    "7:before-timeout",
  ].map((fault) => `PutParameter@/paraform/test/lock:${fault}`),
);

test("however their calls interleave, no two hold the lock at once, and somebody gets it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), tempers, faults, async (scheduler, all, lost) => {
      const { wins, most } = await race(scheduler, all, lost, (world) => world.session.store);
      expect(most).toBeLessThanOrEqual(1);
      expect(wins).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: RUNS },
  );
});

test("the race would tell of a lock that is won by any write at all", async () => {
  /** Each racer is told what it hoped to hear: that its write made the version it meant to make. */
  const flattering = ({ session: { store } }: World): Store => ({
    ...aroundStore(store, (_, carryOut) => carryOut()),
    put: async (write, mayStart) => {
      const outcome = await store.put(write, mayStart);
      const { from } = JSON.parse(write.value.expose()) as { from: number };
      return outcome.kind === "written" ? { kind: "written", version: from + 1 } : outcome;
    },
  });
  const broken = await fc.check(
    fc.asyncProperty(fc.scheduler(), tempers, async (scheduler, all) => {
      const { most } = await race(scheduler, all, [], flattering);
      return most <= 1;
    }),
    { numRuns: 200, endOnFailure: true },
  );
  expect(broken.failed).toBe(true);
});
