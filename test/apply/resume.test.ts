import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/model/error.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { BUSY_INPUTS, busyWorld, faultsOf } from "../support/busy-world.ts";
import { dies, NEXT } from "../support/dies.ts";
import { snapshot } from "../support/snapshot.ts";
import { makeWorld, outcomes, type World } from "../support/world.ts";

describe.each(["before", "after"] as const)("killed right %s", (when) => {
  test("any of its calls, a saved plan is finished by the same apply: nothing is written twice", async () => {
    let at = 1;
    for (; ; at += 1) {
      const world = await busyWorld();
      const plan = await world.plan(BUSY_INPUTS);
      if (!(await dies(world, at, when, () => world.applySaved(plan)))) break;
      const result = await world.applySaved(plan, { holder: NEXT });
      expect([at, Object.values(outcomes(result)).filter((kind) => !/^(applied|done)$/.test(kind))]).toEqual([
        at,
        [],
      ]);
      expect([at, await faultsOf(world, plan)]).toEqual([at, []]);
    }
    expect(at).toBeGreaterThan(15);
  });

  test("any call of two runs, the third finishes it", async () => {
    for (let at = 4; at < 20; at += 3) {
      const world = await busyWorld();
      const plan = await world.plan(BUSY_INPUTS);
      await dies(world, at, when, () => world.applySaved(plan));
      await dies(world, at + 2, when, () => world.applySaved(plan, { holder: NEXT }));
      await world.applySaved(plan, { holder: { pid: 3, isAlive: (pid) => pid === 3 } });
      expect([at, await faultsOf(world, plan)]).toEqual([at, []]);
    }
  });

  test("any of its calls, on another host, it is finished thirty seconds later", async () => {
    const world = await busyWorld();
    const plan = await world.plan(BUSY_INPUTS);
    await dies(world, 8, when, () => world.applySaved(plan));
    const elsewhere = { host: "there", pid: 2, isAlive: () => false };
    await expect(world.applySaved(plan, { holder: elsewhere })).rejects.toMatchObject({
      exitCode: EXIT.locked,
    });
    world.pass(31_000);
    await world.applySaved(plan, { holder: elsewhere });
    expect(await faultsOf(world, plan)).toEqual([]);
  });
});

test("stopped after any of its changes, it is finished by the same apply", async () => {
  for (let stopAfter = 0; stopAfter < 9; stopAfter += 1) {
    const world = await busyWorld();
    const plan = await world.plan(BUSY_INPUTS);
    const first = await world.applySaved(plan, { stopAfter });
    expect(Object.values(outcomes(first)).filter((kind) => kind === "applied")).toHaveLength(
      Math.min(stopAfter, 8),
    );
    const second = await world.applySaved(plan);
    expect(Object.values(outcomes(second)).filter((kind) => kind === "done")).toHaveLength(
      Math.min(stopAfter, 8),
    );
    expect(await faultsOf(world, plan)).toEqual([]);
  }
});

test("a run that was cut is stale once somebody else wrote what it still has to write, and nothing more is written", async () => {
  const world = await busyWorld();
  const plan = await world.plan(BUSY_INPUTS);
  await world.applySaved(plan, { stopAfter: 2 });
  await world.put("/app/a/tagged", "foreign", { Type: "String" });
  const before = await snapshot(world.client);
  await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
  expect(await snapshot(world.client)).toEqual(before);
});

test("a run that was cut is stale once somebody else wrote over what it had written", async () => {
  const world = await busyWorld();
  const plan = await world.plan(BUSY_INPUTS);
  const first = await world.applySaved(plan, { stopAfter: 2 });
  const [written] = first.outcomes.filter(({ outcome }) => outcome.kind === "applied");
  await world.put(written?.address ?? "", "foreign");
  await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
});

describe("a run that was cut is stale, as one that was not would be,", () => {
  const FIRST = "/app/a";
  const SECOND = "/dba/b";
  const parameters = { [FIRST]: {}, [SECOND]: {} };

  /** Two static values to be written, and the first of them is. */
  async function cut(): Promise<{ world: World; plan: Plan }> {
    const world = await makeWorld({ parameters, supplied: { [FIRST]: "dummy-1", [SECOND]: "dummy-1" } });
    await world.apply();
    world.declare({ supplied: { [FIRST]: "dummy-2", [SECOND]: "dummy-2" } });
    const plan = await world.plan();
    expect(outcomes(await world.applySaved(plan, { stopAfter: 1 }))).toMatchObject({ [FIRST]: "applied" });
    return { world, plan };
  }

  test("once the value of what it wrote has moved on", async () => {
    const { world, plan } = await cut();
    world.declare({ supplied: { [FIRST]: "dummy-3", [SECOND]: "dummy-2" } });
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
    expect(await world.value(SECOND)).toBe("dummy-1");
  });

  test("once the attributes of what it wrote have moved on", async () => {
    const { world, plan } = await cut();
    world.declare({
      parameters: { ...parameters, [FIRST]: { description: "new" } },
      supplied: { [FIRST]: "dummy-2", [SECOND]: "dummy-2" },
    });
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
    expect(await world.value(SECOND)).toBe("dummy-1");
  });

  test("and is finished where nothing has", async () => {
    const { world, plan } = await cut();
    expect(outcomes(await world.applySaved(plan))).toEqual({ [FIRST]: "done", [SECOND]: "applied" });
  });
});

test("two who apply the same plan one after the other write it once", async () => {
  const world = await busyWorld();
  const plan = await world.plan(BUSY_INPUTS);
  await world.applySaved(plan);
  const second = await world.applySaved(plan, { holder: { ...NEXT, isAlive: () => true } });
  expect(new Set(Object.values(outcomes(second)))).toEqual(new Set(["done"]));
  expect(await faultsOf(world, plan)).toEqual([]);
});

test("two who apply the same plan at once: one is told that it is locked, and it is written once", async () => {
  const world = await busyWorld();
  const plan = await world.plan(BUSY_INPUTS);
  const both = await Promise.allSettled([
    world.applySaved(plan),
    world.applySaved(plan, { holder: { pid: 2, who: "second@here" } }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find((one) => one.status === "rejected")).toMatchObject({ reason: { exitCode: EXIT.locked } });
  expect(await faultsOf(world, plan)).toEqual([]);
});
