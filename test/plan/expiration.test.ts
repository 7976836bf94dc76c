import { describe, expect, test } from "vitest";
import { putValue } from "../../src/apply/put-value.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { renderHtmlPlan } from "../../src/render/html-plan.ts";
import { outlineOf } from "../../src/render/outline.ts";
import { changeOf, decisions, makeWorld, outcomes, type WorldOptions } from "../support/world.ts";

const NAME = parameterName("/app/x");
const SUPPLIED = { [NAME]: "dummy-secret" };
const [SOON, LATER] = ["2026-03-01T00:00:00.000Z", "2027-03-01T00:00:00.000Z"];

const expiration = (timestamp: string) => ({
  Type: "Expiration",
  Version: "1.0",
  Attributes: { Timestamp: timestamp },
});
const NOTICE = {
  Type: "ExpirationNotification",
  Version: "1.0",
  Attributes: { Before: "5", Unit: "Days" },
};
const NO_CHANGE = { Type: "NoChangeNotification", Version: "1.0", Attributes: { After: "20", Unit: "Days" } };

const declared = (policies: readonly unknown[], more: WorldOptions = {}): WorldOptions => ({
  parameters: { [NAME]: { tier: "Advanced", ...(policies.length === 0 ? {} : { policies }) } },
  supplied: SUPPLIED,
  ...more,
});

const deletes = (plan: Plan) => plan.guards.find(({ name }) => name === "delete")?.count;

async function changed(before: readonly unknown[], after: readonly unknown[], more: WorldOptions = {}) {
  const world = await makeWorld(declared(before));
  await world.apply();
  world.declare(declared(after, more));
  return world;
}

describe("an Expiration policy of a live parameter", () => {
  test.each([
    ["is added", [], [expiration(LATER)], LATER],
    ["is brought forward", [expiration(LATER)], [expiration(SOON)], SOON],
  ])("counts as a delete where it %s, and says when", async (_, before, after, end) => {
    const plan = await (await changed(before, after)).plan();
    expect(deletes(plan)).toBe(1);
    expect(changeOf(plan, NAME)?.expires).toBe(end);
    expect(outlineOf(plan).destructive.map(({ address }) => address)).toEqual([NAME]);
  });

  test.each([
    ["is put off", [expiration(SOON)], [expiration(LATER)]],
    ["is taken away", [expiration(SOON)], []],
    ["stays, and is told of before", [expiration(SOON)], [expiration(SOON), NOTICE]],
    ["is none: nothing is said for long", [], [NO_CHANGE]],
  ])("counts nothing where it %s", async (_, before, after) => {
    const plan = await (await changed(before, after)).plan();
    expect(decisions(plan)).toEqual({ [NAME]: "update attribute_changed" });
    expect(deletes(plan)).toBe(0);
    expect(changeOf(plan, NAME)?.expires).toBeUndefined();
  });

  test("is held up by the delete guard, and goes on once that is acknowledged", async () => {
    const guards = { delete: { count: 0 } };
    const world = await changed([], [expiration(SOON)], { environment: { guards } });
    expect((await world.plan()).applyable).toBe(false);
    expect(outcomes(await world.apply({ allow: { delete: 1 } }))).toEqual({ [NAME]: "applied" });
    expect((await world.plan()).guards.some(({ tripped }) => tripped)).toBe(false);
  });

  test("is blocked under protect, also with another change", async () => {
    const world = await changed([], [expiration(SOON)], {
      environment: { protect: [NAME] },
      supplied: { [NAME]: "dummy-other" },
    });
    expect(decisions(await world.plan())).toEqual({ [NAME]: "blocked expires" });
  });

  test("is no matter under protect where it was there before", async () => {
    const world = await changed([expiration(SOON)], [expiration(SOON)], {
      environment: { protect: [NAME] },
      supplied: { [NAME]: "dummy-other" },
    });
    expect(decisions(await world.plan())).toEqual({ [NAME]: "update value_changed" });
  });

  test("counts where a parameter gets it as it moves", async () => {
    const world = await makeWorld(declared([]));
    await world.apply();
    world.declare({
      parameters: { "/app/y": { tier: "Advanced", policies: [expiration(SOON)] } },
      supplied: {},
      files: { "moved.json": { moved: [{ from: NAME, to: "/app/y" }] } },
    });
    const plan = await world.plan();
    expect([deletes(plan), changeOf(plan, "/app/y")?.expires]).toEqual([1, SOON]);
  });

  test("is blocked under protect where it comes with a move", async () => {
    const world = await makeWorld(declared([]));
    await world.apply();
    world.declare({
      parameters: { "/app/y": { tier: "Advanced", policies: [expiration(SOON)] } },
      supplied: {},
      environment: { protect: ["/app/y"] },
      files: { "moved.json": { moved: [{ from: NAME, to: "/app/y" }] } },
    });
    expect(decisions(await world.plan())).toEqual({ "/app/y": "blocked expires" });
  });

  test("counts where it comes with an adoption", async () => {
    const world = await makeWorld(declared([expiration(SOON)], { adopt: [{ name: NAME }] }));
    await world.put(NAME, "dummy-secret");
    expect(deletes(await world.plan())).toBe(1);
  });

  test("is not added by a value that is put by hand", async () => {
    const world = await changed([], [expiration(SOON)]);
    const result = await world.result();
    if (!result.complete) throw result.failure;
    const { store, graph, config } = world.session;
    const { environment } = config;
    const hand = { store, ring: result.ring, environment, parameter: graph.parameters.get(NAME) };
    await expect(putValue(hand, NAME, new Secret("dummy-two"))).rejects.toThrow(
      /would be deleted at 2026-03/,
    );
    expect(await world.value(NAME)).toBe("dummy-secret");
  });
});

test("what is created with an Expiration policy counts as no delete, and is shown to go", async () => {
  const plan = await (await makeWorld(declared([expiration(SOON)]))).plan();
  expect(deletes(plan)).toBe(0);
  expect(changeOf(plan, NAME)?.expires).toBe(SOON);
  expect(outlineOf(plan).destructive).toEqual([]);
  expect(renderHtmlPlan(plan)).toContain(`deletes it at <code>${SOON}</code>`);
});
