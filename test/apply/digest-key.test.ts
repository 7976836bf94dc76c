import { describe, expect, test } from "vitest";
import { makeDigestKey } from "../../src/apply/digest-key.ts";
import { LOSSES } from "../../src/embedded/fault.ts";
import { EXIT } from "../../src/model/error.ts";
import { decisions, makeWorld, type World } from "../support/world.ts";

const NAME = "/paraform/test/digest-key";

function make(world: World, rekey: boolean) {
  const { account, region } = world.engine;
  const { store, config, graph } = world.session;
  return makeDigestKey(store, config.environment, graph, { account, region, environment: "test" }, rekey);
}

async function withStamps(): Promise<World> {
  const world = await makeWorld({ parameters: { "/app/a": { value: "a" } } });
  await world.apply();
  return world;
}

test("a key that is there is kept, however often it is asked for", async () => {
  const world = await withStamps();
  const before = await world.value(NAME);
  expect((await make(world, false)).kind).toBe("kept");
  expect(await world.value(NAME)).toBe(before);
});

test("a new key goes before the old one, whose stamps still verify", async () => {
  const world = await withStamps();
  const { id } = await make(world, false);
  const renewed = await make(world, true);
  expect(renewed.kind).toBe("renewed");
  expect(renewed.id).not.toBe(id);
  expect(decisions(await world.plan())).toEqual({ "/app/a": "no-op" });
});

test("a key that is gone while stamps are live is not made anew unasked", async () => {
  const world = await withStamps();
  await world.remove(NAME);
  await expect(make(world, false)).rejects.toMatchObject({ exitCode: EXIT.error });
  expect(await world.value(NAME)).toBeUndefined();
  world.pass(31_000);
  expect((await make(world, true)).kind).toBe("made");
  expect(decisions(await world.plan())).toEqual({ "/app/a": "conflict unverified" });
});

describe("a key whose id the config names", () => {
  const pinnedTo = (world: World, id: string) => {
    world.declare({
      parameters: { "/app/a": { value: "a" } },
      environment: { digestKey: { kmsKey: "alias/paraform", id } },
    });
  };

  test.each([false, true])(
    "another one in its place is refused (rekey %s), and gets no successor",
    async (rekey) => {
      const world = await withStamps();
      pinnedTo(world, (await make(world, false)).id);
      const foreign = Buffer.alloc(32, 7).toString("base64");
      await world.put(NAME, foreign, { Type: "SecureString", KeyId: "alias/paraform" });
      await expect(make(world, rekey)).rejects.toMatchObject({
        exitCode: EXIT.error,
        message: expect.stringMatching(/^the digest key is [0-9a-f]{8}, the config names [0-9a-f]{8}$/),
      });
      expect(await world.value(NAME)).toBe(foreign);
    },
  );

  test("the one that it names gets a successor", async () => {
    const world = await withStamps();
    const { id } = await make(world, false);
    pinnedTo(world, id);
    const renewed = await make(world, true);
    expect(renewed.kind).toBe("renewed");
    pinnedTo(world, renewed.id);
    expect(decisions(await world.plan())).toEqual({ "/app/a": "no-op" });
  });

  test.each([false, true])("none is made in its place once it is gone (rekey %s)", async (rekey) => {
    const world = await makeWorld({ parameters: { "/app/a": { value: "a" } } });
    pinnedTo(world, (await make(world, false)).id);
    await world.remove(NAME);
    world.pass(31_000);
    await expect(make(world, rekey)).rejects.toMatchObject({
      message: expect.stringContaining(`${NAME} does not exist, and the config names`),
      hint: expect.stringContaining("take digestKey.id out"),
    });
    expect(await world.value(NAME)).toBeUndefined();
  });
});

test("a parameter that holds something else is left alone", async () => {
  const world = await withStamps();
  await world.put(NAME, "scribble");
  await expect(make(world, true)).rejects.toMatchObject({ message: `${NAME} holds no digest key` });
  expect(await world.value(NAME)).toBe("scribble");
});

test("a key that may not be read is not taken for absent", async () => {
  const world = await withStamps();
  world.impose({ deny: [`ssm:GetParameter:${NAME}`] });
  await expect(make(world, true)).rejects.toMatchObject({ message: `${NAME} may not be read` });
});

describe.each(LOSSES)("an answer that is lost by %s", (loss) => {
  test("after the new key was written: it is the one that counts", async () => {
    const world = await withStamps();
    const { id } = await make(world, false);
    world.impose({ fault: [`PutParameter@${NAME}:1:after-${loss}`] });
    const renewed = await make(world, true);
    expect(renewed.id).not.toBe(id);
    expect((await make(world, false)).id).toBe(renewed.id);
  });

  test("before it was written: init does not say that it was", async () => {
    const world = await withStamps();
    const before = await world.value(NAME);
    world.impose({ fault: [`PutParameter@${NAME}:1:before-${loss}`] });
    await expect(make(world, true)).rejects.toMatchObject({ exitCode: EXIT.error });
    expect(await world.value(NAME)).toBe(before);
  });
});
