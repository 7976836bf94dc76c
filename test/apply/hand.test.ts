import { describe, expect, test } from "vitest";
import { putValue, restoreVersion } from "../../src/apply/put-value.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { renderEncounters } from "../../src/render/human-apply.ts";
import { aroundStore } from "../support/around-store.ts";
import { describe as describeLive, makeWorld, type World } from "../support/world.ts";

const NAME = parameterName("/dba/x");

async function worldWith(value: string): Promise<World> {
  const world = await makeWorld({ parameters: { [NAME]: {} }, supplied: { [NAME]: value } });
  await world.apply();
  return world;
}

/** What the hand writes with; `meanwhile` happens right before its first PutParameter arrives. */
async function handOf(world: World, meanwhile: () => Promise<unknown> = async () => {}) {
  const result = await world.result();
  if (!result.complete) throw new Error("the plan is incomplete");
  let first = true;
  const store = aroundStore(world.session.store, async ({ method }, carryOut) => {
    if (method === "put" && first) {
      first = false;
      await meanwhile();
    }
    return carryOut();
  });
  return { store, ring: result.ring, owner: "platform", parameter: world.session.graph.parameters.get(NAME) };
}

const putTwo = async (world: World, meanwhile?: () => Promise<unknown>) =>
  putValue(await handOf(world, meanwhile), NAME, new Secret("dummy-two"));

describe("a value put by hand", () => {
  test("meets nobody, and says so", async () => {
    const world = await worldWith("dummy-one");
    expect(await putTwo(world)).toEqual({ version: 2, overwritten: [], recreated: false });
  });

  test("tells of the version that it overwrote", async () => {
    const world = await worldWith("dummy-one");
    const written = await putTwo(world, () => world.put(NAME, "dummy-foreign"));
    expect(written).toEqual({ version: 4, overwritten: [2], recreated: false });
    expect(await world.value(NAME)).toBe("dummy-two");
  });

  test("tells that it made anew what somebody had deleted", async () => {
    const world = await worldWith("dummy-one");
    const written = await putTwo(world, async () => {
      await world.remove(NAME);
      world.pass(31_000);
    });
    expect(written).toMatchObject({ recreated: true });
  });
});

describe("an earlier version put again", () => {
  test("stays in the tier that its parameter has come to", async () => {
    const world = await worldWith("dummy-one");
    await world.put(NAME, "x".repeat(5_000), { Tier: "Advanced" });
    expect(await restoreVersion(await handOf(world), NAME, 1)).toMatchObject({ version: 3 });
    expect(await world.value(NAME)).toBe("dummy-one");
    expect(await describeLive(world, NAME)).toMatchObject({ tier: "Advanced" });
  });

  test("tells of the version that it overwrote", async () => {
    const world = await worldWith("dummy-one");
    await world.put(NAME, "dummy-two");
    const hand = await handOf(world, () => world.put(NAME, "dummy-foreign"));
    expect(await restoreVersion(hand, NAME, 1)).toEqual({ version: 4, overwritten: [3], recreated: false });
  });
});

test("what was overwritten is named with the command that restores it", () => {
  const overwritten = [{ address: NAME, version: 3 }];
  const text = renderEncounters({ environment: "test", overwritten, recreated: [] }, { color: false });
  expect(text).toContain("paraform put /dba/x --from-version 3 --env test\n");
  expect(renderEncounters({ environment: "test", overwritten: [], recreated: [] }, { color: false })).toBe(
    "",
  );
});
