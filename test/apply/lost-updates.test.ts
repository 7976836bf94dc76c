import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/model/error.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { aroundStore, type StoreCall } from "../support/around-store.ts";
import { snapshot, tagsOf } from "../support/snapshot.ts";
import { DELETE_ALL, describe as describeLive, makeWorld, outcomes, type World } from "../support/world.ts";

const NAME = "/app/a";
const DENIED = { kind: "refused", code: "AccessDeniedException" };
const LOST = { kind: "unknown", code: "ETIMEDOUT" };

/** One literal that is live as "one" and to be "two". */
async function toBeUpdated(attributes: Record<string, unknown> = {}): Promise<World> {
  const world = await makeWorld({ parameters: { [NAME]: { ...attributes, value: "one" } } });
  await world.apply();
  world.declare({ parameters: { [NAME]: { ...attributes, value: "two" } } });
  return world;
}

/** Leads each call about the literal through `fate`; `count` is how many of its method came before it. */
function meet(
  world: World,
  fate: (call: StoreCall, carryOut: () => Promise<unknown>, count: number) => Promise<unknown>,
): void {
  const { store } = world.session;
  const counts = new Map<string, number>();
  world.session = {
    ...world.session,
    store: aroundStore(store, async (call, carryOut) => {
      if (call.name !== NAME) return carryOut();
      const count = counts.get(call.method) ?? 0;
      counts.set(call.method, count + 1);
      return (await fate(call, carryOut, count)) as Awaited<ReturnType<typeof carryOut>>;
    }),
  };
}

const foreign = (world: World) => world.put(NAME, "foreign", { Type: "String" });

describe("a foreign version that was overwritten is reported", () => {
  test("also when the stamp could not be put right after it", async () => {
    const world = await toBeUpdated();
    meet(world, async ({ method }, carryOut, count) => {
      if (method === "put" && count === 0) await foreign(world);
      return method === "put" && count === 1 ? DENIED : carryOut();
    });
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [NAME]: "failed AccessDeniedException" });
    expect(result.overwritten).toEqual([{ address: NAME, version: 2 }]);
    expect(result.written).toBe(true);
  });

  test("also when the credentials ran out before the stamp could be put right", async () => {
    const world = await toBeUpdated();
    meet(world, async ({ method }, carryOut, count) => {
      if (method === "put" && count === 0) await foreign(world);
      if (method === "put" && count === 1)
        throw new StoreError("expired", "PutParameter", "ExpiredTokenException");
      return carryOut();
    });
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [NAME]: "failed ExpiredTokenException" });
    expect(result.overwritten).toEqual([{ address: NAME, version: 2 }]);
    expect(result.written).toBe(true);
  });

  test("each of them, when others keep writing it", async () => {
    const world = await toBeUpdated();
    meet(world, async ({ method }, carryOut) => {
      if (method === "put") await foreign(world);
      return carryOut();
    });
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [NAME]: "failed contended" });
    expect(result.overwritten.map(({ version }) => version)).toEqual([2, 4, 6, 8]);
    expect(result.written).toBe(true);
  });
});

test("a value that is only put again with other attributes says that it won over one that somebody put", async () => {
  const world = await makeWorld({ parameters: { [NAME]: {} }, supplied: { [NAME]: "dummy-one" } });
  await world.apply();
  world.declare({ parameters: { [NAME]: { description: "new" } }, supplied: {} });
  meet(world, async ({ method }, carryOut, count) => {
    if (method === "put" && count === 0) await world.put(NAME, "dummy-foreign");
    return carryOut();
  });
  const result = await world.apply();
  expect(outcomes(result)).toEqual({ [NAME]: "failed overwritten" });
  expect(result.overwritten).toEqual([{ address: NAME, version: 2 }]);
});

test("after it the same plan is stale: what was written is not at the version that was planned", async () => {
  const world = await toBeUpdated();
  const plan = await world.plan();
  const { session } = world;
  meet(world, async ({ method }, carryOut, count) => {
    if (method === "put" && count === 0) await foreign(world);
    return carryOut();
  });
  expect(outcomes(await world.applySaved(plan))).toEqual({ [NAME]: "applied" });
  world.session = session;
  await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
});

test("what was made anew and could not be tagged is reported as made anew", async () => {
  const world = await toBeUpdated({ tags: { team: "a" } });
  meet(world, async ({ method }, carryOut, count) => {
    if (method === "tag") throw new StoreError("denied", "AddTagsToResource", "AccessDeniedException");
    if (method === "put" && count === 0) {
      await world.remove(NAME);
      world.pass(31_000);
    }
    return carryOut();
  });
  const result = await world.apply();
  expect(outcomes(result)).toEqual({ [NAME]: "failed AccessDeniedException" });
  expect(result.recreated).toEqual([NAME]);
  expect(result.written).toBe(true);
});

describe("the store counts as written", () => {
  test("by a delete that was done, its answer lost and nothing to ask afterwards", async () => {
    const world = await toBeUpdated();
    world.declare({ parameters: {} });
    const plan = await world.plan({ ...DELETE_ALL, allow: { empty: 1 } });
    let gone = false;
    meet(world, async ({ method }, carryOut) => {
      if (gone) throw new StoreError("unreachable", "DescribeParameters", "ECONNRESET");
      const answer = await carryOut();
      if (method !== "delete") return answer;
      gone = true;
      throw new StoreError("unreachable", "DeleteParameter", "ECONNRESET");
    });
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toEqual({ [NAME]: "failed ECONNRESET" });
    expect((await snapshot(world.client)).has(NAME)).toBe(false);
    expect(result.written).toBe(true);
  });

  test("by the last of five deletes without an answer", async () => {
    const world = await toBeUpdated();
    world.declare({ parameters: {} });
    let sendings = 0;
    meet(world, async ({ method }, carryOut) => {
      if (method !== "delete") return carryOut();
      sendings += 1;
      if (sendings === 5) await carryOut();
      throw new StoreError("unreachable", "DeleteParameter", "ECONNRESET");
    });
    const result = await world.apply({ ...DELETE_ALL, allow: { empty: 1 } });
    expect(sendings).toBe(5);
    expect(outcomes(result)).toEqual({ [NAME]: "failed ECONNRESET" });
    expect(result.written).toBe(true);
  });

  test("by tags that were added before a write that was refused", async () => {
    const world = await makeWorld({ parameters: { [NAME]: { value: "one" } } });
    await world.apply();
    world.declare({ parameters: { [NAME]: { value: "one", tags: { team: "a" } } } });
    meet(world, async ({ method }, carryOut) => (method === "put" ? DENIED : carryOut()));
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [NAME]: "failed AccessDeniedException" });
    expect(await tagsOf(world.client, NAME)).toEqual({ team: "a" });
    expect(result.written).toBe(true);
  });

  test("by a write whose answer was lost and over which somebody wrote", async () => {
    const world = await toBeUpdated();
    meet(world, async ({ method }, carryOut) => {
      const answer = await carryOut();
      if (method !== "put") return answer;
      await foreign(world);
      return LOST;
    });
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [NAME]: "failed conflict" });
    expect((await describeLive(world, NAME))?.version).toBe(3);
    expect(result.written).toBe(true);
  });

  test("by nothing that was refused", async () => {
    const world = await toBeUpdated();
    meet(world, async ({ method }, carryOut) => (method === "put" ? DENIED : carryOut()));
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [NAME]: "failed AccessDeniedException" });
    expect(result.written).toBe(false);
  });
});
