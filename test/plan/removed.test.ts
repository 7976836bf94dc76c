import { describe, expect, test } from "vitest";
import { renderPlan } from "../../src/render/human-plan.ts";
import { aroundStore } from "../support/around-store.ts";
import {
  DELETE_ALL,
  decisions,
  makeWorld,
  outcomes,
  type World,
  type WorldOptions,
} from "../support/world.ts";

const NAME = "/app/x";

/** `/app/x`, ours and live, removed by the config that is declared now. */
async function removed(destroy: boolean, more: WorldOptions = {}, name = NAME): Promise<World> {
  const world = await makeWorld({ parameters: { [name]: {} }, supplied: { [name]: "dummy" } });
  await world.apply();
  world.declare({ parameters: {}, supplied: {}, files: removing(destroy, name), ...more });
  return world;
}

function removing(destroy: boolean, name = NAME) {
  return { "removed.json": { removed: [{ name, destroy }] } };
}

describe("destroy: false forgets", () => {
  test("with or without --delete: one change that destroys nothing", async () => {
    const world = await removed(false);
    for (const inputs of [{}, DELETE_ALL]) {
      const plan = await world.plan(inputs);
      expect(decisions(plan)).toEqual({ [NAME]: "forget not_in_config" });
      expect(plan.summary).toMatchObject({ forget: 1, destroy: 0, withheld: { delete: 0 } });
      expect(plan.guards.find(({ name }) => name === "delete")?.count).toBe(0);
    }
    const text = renderPlan(await world.plan(), { color: false });
    expect(text).toContain("# /app/x will no longer be managed by paraform, but will not be destroyed");
    expect(text).toContain("removed with destroy: false: only our stamp goes");
    expect(text).toContain("Plan: 1 to forget, 0 to add, 0 to change, 0 to destroy.");
  });

  test("also what lies outside every scope", async () => {
    const world = await removed(false, {}, "/else/x");
    expect(decisions(await world.plan())).toEqual({ "/else/x": "forget not_in_config" });
  });

  test("also what is protected, for it stays, and what was touched outside, as it is now", async () => {
    const world = await removed(false, { environment: { protect: [NAME] } });
    await world.put(NAME, "by hand");
    expect(outcomes(await world.apply({ allow: { empty: 1 } }))).toEqual({ [NAME]: "applied" });
    expect(await world.value(NAME)).toBe("by hand");
    expect((await world.plan()).withheld).toEqual([]);
  });

  test("with its allowedPattern said again, for nobody knows what an overwrite makes of one that is left out", async () => {
    const parameters = { [NAME]: { generate: { type: "password" }, allowedPattern: "^[0-9a-f]+$" } };
    const world = await makeWorld({ parameters });
    await world.apply();
    world.declare({ parameters: {}, files: removing(false) });
    const sent: unknown[] = [];
    const { session } = world;
    world.session = {
      ...session,
      store: {
        ...aroundStore(session.store, (_, carryOut) => carryOut()),
        put: (write, mayStart) => {
          if (write.name === NAME) sent.push(write.allowedPattern);
          return session.store.put(write, mayStart);
        },
      },
    };
    expect(outcomes(await world.apply({ allow: { empty: 1 } }))).toEqual({ [NAME]: "applied" });
    expect(sent).toEqual(["^[0-9a-f]+$"]);
  });

  test("under an exclusive scope it stays while the entry does, and the entry is warned of", async () => {
    const scopes = [{ path: "/app/", exclusive: true }];
    const world = await removed(false, { environment: { scopes } });
    await world.apply({ allow: { empty: 1 } });
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({});
  });
});

describe("destroy: true", () => {
  test("is withheld as removed on purpose, and deleted only with --delete", async () => {
    const world = await removed(true);
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [NAME]: "withheld removed" });
    expect(renderPlan(plan, { color: false })).toMatch(/- \/app\/x +removed on purpose/);
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ [NAME]: "delete not_in_config" });
  });

  test("deletes nothing that is protected", async () => {
    const world = await removed(true, { environment: { protect: [NAME] } });
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ [NAME]: "withheld protected" });
  });
});

describe.each([true, false])("what is not ours is left alone, with a note (destroy: %s)", (destroy) => {
  test("another owner's", async () => {
    const world = await removed(destroy, { environment: { owner: "others" } });
    const plan = await world.plan(DELETE_ALL);
    expect(decisions(plan)).toEqual({});
    expect(plan.diagnostics).toMatchObject([{ code: "not_ours", address: NAME }]);
  });

  test("with a stamp that does not verify", async () => {
    const world = await removed(destroy);
    await world.put(NAME, "dummy", { Description: "{paraform:1 forged}" });
    const plan = await world.plan(DELETE_ALL);
    expect(decisions(plan)).toEqual({});
    expect(plan.diagnostics).toMatchObject([{ code: "not_ours" }]);
  });

  test("absent: there is nothing to say", async () => {
    const world = await makeWorld({ files: removing(destroy) });
    const plan = await world.plan();
    expect([decisions(plan), plan.diagnostics]).toEqual([{}, []]);
  });
});

test("what bears no stamp is worth a note only where it was to be destroyed", async () => {
  const world = await makeWorld({ files: removing(true) });
  await world.put(NAME, "dummy");
  expect((await world.plan(DELETE_ALL)).diagnostics).toMatchObject([{ code: "not_ours" }]);
  world.declare({ files: removing(false) });
  expect((await world.plan(DELETE_ALL)).diagnostics).toEqual([]);
});

test("what the config says wrongly is said", async () => {
  const world = await makeWorld();
  const wrong = (options: WorldOptions) => {
    try {
      world.declare(options);
    } catch (error) {
      return (error as { problems: { summary: string }[] }).problems.map(({ summary }) => summary);
    }
    return [];
  };
  const files = removing(true);
  expect(wrong({ files, parameters: { [NAME]: {} } })).toEqual(["/app/x is removed and declared"]);
  expect(wrong({ files, parameters: { "/app/y": { copy: NAME } } })).toEqual([
    "/app/x is removed, but still referred to",
  ]);
  expect(wrong({ files: removing(true, "/else/x") })).toEqual([
    "/else/x is removed with destroy, but lies in no scope",
  ]);
  expect(wrong({ files, environment: { ignore: [NAME] } })).toEqual(["/app/x is removed and ignored"]);
  const twice = {
    "removed.json": {
      removed: [
        { name: NAME, destroy: true },
        { name: NAME, destroy: false },
      ],
    },
  };
  expect(wrong({ files: twice })).toEqual(["/app/x is removed twice"]);
  const both = { "removed.json": { ...files["removed.json"], moved: [{ from: NAME, to: "/app/y" }] } };
  expect(wrong({ files: both, parameters: { "/app/y": {} } })).toEqual(["/app/x is moved and removed"]);
});
