import { expect, test } from "vitest";
import { makeDigestKey } from "../../src/apply/digest-key.ts";
import { EXIT } from "../../src/model/error.ts";
import { parameterName } from "../../src/model/name.ts";
import { attributesHash } from "../../src/plan/stamp.ts";
import { standingOf } from "../../src/plan/standing.ts";
import { decisions, describe, makeWorld, outcomes } from "../support/world.ts";

const NAME = "/app/a";

async function ringOf(world: Awaited<ReturnType<typeof makeWorld>>) {
  const result = await world.result();
  if (!result.complete) throw new Error("the plan is incomplete");
  return result.ring;
}

test.each([
  [-11, true],
  [-9, false],
  [9, false],
  [11, true],
])("a write %d minutes from the time in its stamp was touched: %s", async (minutes, touched) => {
  const world = await makeWorld({ parameters: { [NAME]: { value: "one" } } });
  await world.apply();
  const live = await describe(world, NAME);
  if (live === undefined) throw new Error("it is there");
  const moved = { ...live, lastModified: live.lastModified + minutes * 60_000 };
  expect(standingOf(await ringOf(world), "platform", parameterName(NAME), moved)).toMatchObject({ touched });
});

test("the order of tags is no attribute", async () => {
  const world = await makeWorld({ parameters: { [NAME]: { value: "one" } } });
  const ring = await ringOf(world);
  const parameter = world.session.graph.parameters.get(parameterName(NAME));
  if (parameter === undefined) throw new Error("it is declared");
  const hash = (tags: Record<string, string>) =>
    attributesHash(ring, ring.currentId, { ...parameter, tags }, "String");
  expect(hash({ a: "1", b: "2" })).toBe(hash({ b: "2", a: "1" }));
  expect(hash({ a: "1", b: "2" })).not.toBe(hash({ a: "2", b: "1" }));
});

test("--deep trusts no metadata, and distrusts none the less what metadata tell", async () => {
  const world = await makeWorld({ parameters: { [NAME]: { value: "one" } } });
  await world.apply();
  const Description = (await describe(world, NAME))?.description ?? "";
  await world.put(NAME, "one", { Type: "String", Description });
  expect(decisions(await world.plan({}, { deep: true }))).toEqual({ [NAME]: "update changed_outside" });
});

test("what is ours is not adopted from ourselves, plan after plan", async () => {
  const world = await makeWorld({
    parameters: { [NAME]: { value: "one" } },
    adopt: [{ name: NAME, owner: "platform" }],
  });
  await world.apply();
  expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
});

test("a value too large for the tier that the config names fits where the live tier is higher", async () => {
  const world = await makeWorld({ parameters: { [NAME]: {} }, supplied: { [NAME]: "dummy-one" } });
  await world.apply();
  await world.put(NAME, "x".repeat(5_000), { Tier: "Advanced" });
  const parameters = { [NAME]: { tier: "Standard" } };
  world.declare({ parameters, supplied: { [NAME]: "y".repeat(5_000) } });
  expect(outcomes(await world.apply())).toEqual({ [NAME]: "applied" });
  world.declare({ parameters, supplied: { [NAME]: "y".repeat(8_193) } });
  expect(decisions(await world.plan())).toEqual({ [NAME]: "blocked value_too_large" });
});

test("a plan is stale once somebody put by hand, at another version, what it was to write", async () => {
  const world = await makeWorld({ parameters: { [NAME]: {} }, supplied: { [NAME]: "dummy-one" } });
  await world.apply();
  world.declare({ supplied: { [NAME]: "dummy-two" } });
  const plan = await world.plan();
  await world.put(NAME, "dummy-two");
  expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
  await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
});

test("init refuses another digest key than the one that the config pins", async () => {
  const world = await makeWorld();
  const { session, engine } = world;
  const { environment } = session.config;
  const pinned = { ...environment, digestKey: { ...environment.digestKey, id: "00000000" } };
  const place = { account: engine.account, region: engine.region, environment: "test" };
  await expect(makeDigestKey(session.store, pinned, session.graph, place, false)).rejects.toThrow(
    "the config names 00000000",
  );
});
