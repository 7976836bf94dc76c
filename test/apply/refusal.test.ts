import { describe, expect, test } from "vitest";
import { isUndisturbed } from "../../src/apply/expectation.ts";
import { guardedNow } from "../../src/apply/refusal.ts";
import { beginRun } from "../../src/apply/run.ts";
import type { Guard } from "../../src/plan/plan.ts";
import { LEAVING_INPUTS, leavingWorld } from "../support/leaving-world.ts";
import { makeWorld, type World } from "../support/world.ts";

async function complete(world: World, inputs = {}) {
  const result = await world.result(inputs);
  if (!result.complete) throw new Error("the plan is incomplete");
  return result;
}

const planned = async (world: World, inputs = {}) => (await complete(world, inputs)).planned;

describe("a saved plan is guarded by the stricter limit and the higher count", () => {
  const guard = (limit: number, count: number): Guard => ({ name: "delete", limit, count, tripped: false });

  test.each([
    ["both are the plan's", guard(3, 4), guard(5, 2)],
    ["both are today's", guard(5, 2), guard(3, 4)],
    ["the limit is the plan's", guard(3, 2), guard(5, 4)],
    ["the count is the plan's", guard(5, 4), guard(3, 2)],
  ])("%s", async (_, then, now) => {
    const fresh = await planned(await makeWorld());
    const saved = { ...fresh.plan, guards: [then] };
    const { plan } = guardedNow(saved, { ...fresh, plan: { ...fresh.plan, guards: [now] } });
    expect(plan.guards).toEqual([{ name: "delete", limit: 3, count: 4, tripped: true }]);
  });

  test("at the limit it is not tripped", async () => {
    const fresh = await planned(await makeWorld());
    const plan = { ...fresh.plan, guards: [guard(3, 3)] };
    expect(guardedNow(plan, { ...fresh, plan }).plan.guards).toMatchObject([{ tripped: false }]);
  });
});

describe("what is left of a run that was cut is undisturbed", () => {
  async function cut() {
    const { world } = await leavingWorld();
    const started = world.engine.now().getTime();
    const { ring, planned: begun } = await complete(world, LEAVING_INPUTS);
    const { fingerprint } = begun.plan;
    const run = beginRun(ring, begun.plan, { fingerprint, intent: "", started, blind: false });
    const undisturbed = async () => isUndisturbed(ring, await planned(world, LEAVING_INPUTS), run);
    return { world, undisturbed };
  }

  test("where nobody wrote since", async () => {
    const { undisturbed } = await cut();
    expect(await undisturbed()).toBe(true);
  });

  test("where somebody wrote in the very millisecond in which it began", async () => {
    const { world, undisturbed } = await cut();
    for (const name of ["/app/gone", "/app/follower"]) await world.put(name, "dummy");
    expect(await undisturbed()).toBe(true);
  });

  test.each([
    ["what is forgotten", "/dba/given"],
    ["what is deleted", "/app/gone"],
    ["what moves", "/dba/old"],
    ["what is updated", "/app/follower"],
  ])("but not where somebody wrote %s", async (_, name) => {
    const { world, undisturbed } = await cut();
    world.pass(1);
    await world.put(name, "dummy");
    expect(await undisturbed()).toBe(false);
  });
});
