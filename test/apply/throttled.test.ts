import { expect, test } from "vitest";
import { acquireLock } from "../../src/apply/lock.ts";
import { aroundStore } from "../support/around-store.ts";
import { snapshot } from "../support/snapshot.ts";
import { decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const PARAMETERS = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`/app/p${index}`, { value: `v${index}` }]),
);

const inSync = async (world: World) =>
  Object.values(decisions(await world.plan())).every((decision) => decision === "no-op");

async function expectWrittenOnce(world: World): Promise<void> {
  expect([...(await snapshot(world.client)).values()].map(({ version }) => version)).toEqual(
    Object.keys(PARAMETERS).map(() => 1),
  );
  expect(await inSync(world)).toBe(true);
}

test("throttles are waited out: everything is written, once", async () => {
  const world = await makeWorld({ parameters: PARAMETERS });
  world.impose({ tps: ["PutParameter=1/1"] });
  expect(new Set(Object.values(outcomes(await world.apply())))).toEqual(new Set(["applied"]));
  world.impose({});
  await expectWrittenOnce(world);
});

test("TooManyUpdates is waited out", async () => {
  const world = await makeWorld({ parameters: PARAMETERS });
  world.impose({ fault: ["PutParameter@/app/**:2-6:error=TooManyUpdates"] });
  expect(new Set(Object.values(outcomes(await world.apply())))).toEqual(new Set(["applied"]));
  world.impose({});
  await expectWrittenOnce(world);
});

test("a throttle that outlasts the lease is waited out under a renewed one", async () => {
  const world = await makeWorld({ parameters: { "/app/a": { value: "a" }, "/app/b": { value: "b" } } });
  world.impose({ fault: ["PutParameter@/app/a:1-8:error=ThrottlingException"] });
  const began = world.engine.now().getTime();
  expect(outcomes(await world.apply())).toEqual({ "/app/a": "applied", "/app/b": "applied" });
  expect(world.engine.now().getTime() - began).toBeGreaterThan(18_000);
});

test("a name that rests after somebody deleted it is waited for", async () => {
  const world = await makeWorld({ parameters: { "/app/a": { value: "a" } } });
  await world.apply();
  await world.remove("/app/a");
  expect(outcomes(await world.apply())).toEqual({ "/app/a": "applied" });
  expect(await world.value("/app/a")).toBe("a");
});

test("a throttle without end fails what it meets, and the rest goes on", async () => {
  const world = await makeWorld({
    parameters: { "/app/a": { value: "a" }, "/app/b": { value: "b" }, "/app/c": { copy: "/app/a" } },
  });
  world.impose({ fault: ["PutParameter@/app/a:every:error=ThrottlingException"] });
  expect(outcomes(await world.apply())).toEqual({
    "/app/a": expect.stringMatching(/^failed (NotStarted|ThrottlingException)$/),
    "/app/b": "applied",
    "/app/c": "skipped",
  });
});

test("a write that is held up does not start once somebody has taken over, and none does after it", async () => {
  const world = await makeWorld({ parameters: { "/app/a": { value: "a" }, "/app/b": { value: "b" } } });
  const plan = await world.plan();
  const { store } = world.session;
  const other = { host: "there", pid: 2, who: "other@there", isAlive: () => true };
  const run = {
    fingerprint: "other",
    intent: "other",
    started: 0,
    counts: {},
    changes: 0,
    arrivals: "",
    mac: "",
  };
  let taken = false;
  world.session = {
    ...world.session,
    store: aroundStore(store, async (call, carryOut) => {
      if (!taken && call.method === "put" && call.name === "/app/a") {
        taken = true;
        world.pass(31_000);
        await acquireLock(
          store,
          "test",
          other,
          () => ({ run, replacing: null }),
          () => world.engine.now().getTime(),
        );
      }
      return carryOut();
    }),
  };
  const result = await world.applySaved(plan);
  expect(outcomes(result)).toEqual({ "/app/a": "failed NotStarted", "/app/b": "skipped" });
  expect(result.stopped).toBe("lease_lost");
  expect((await snapshot(world.client)).size).toBe(0);
});
