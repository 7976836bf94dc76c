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
  const { graph, config } = world.session;
  return {
    store,
    ring: result.ring,
    environment: config.environment,
    parameter: graph.parameters.get(NAME),
  };
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

describe("what a plan would count as exposed is not put by hand", () => {
  const foreign = "arn:aws:kms:us-east-1:999999999999:alias/evil";

  test("a value under a key of another account", async () => {
    const world = await worldWith("dummy-one");
    world.declare({ parameters: { [NAME]: { key: foreign } }, supplied: {} });
    await expect(putTwo(world)).rejects.toThrow(`${NAME} would be exposed`);
    expect(await world.value(NAME)).toBe("dummy-one");
  });

  test.each([
    ["under AWS's own key", { key: "alias/aws/ssm" }, "version 1 lies under a key that more may use"],
    ["in clear", { type: "String" }, "version 1 is a String"],
  ])("a version that lay %s, over a secret under an owner's", async (_, before, why) => {
    const supplied = { [NAME]: "dummy-one" };
    const world = await makeWorld({ parameters: { [NAME]: before }, supplied });
    await world.apply();
    world.declare({ parameters: { [NAME]: {} }, supplied });
    await world.apply();
    await expect(restoreVersion(await handOf(world), NAME, 1)).rejects.toThrow(why);
    expect(await describeLive(world, NAME)).toMatchObject({ type: "SecureString", keyId: "alias/owner" });
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
