import { describe, expect, test } from "vitest";
import { LOSSES } from "../../src/embedded/fault.ts";
import type { WriteOutcome } from "../../src/store/store.ts";
import { aroundStore } from "../support/around-store.ts";
import { snapshot, tagsOf } from "../support/snapshot.ts";
import { changeOf, DELETE_ALL, decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const SOURCE = "/dba/password";
const COPY = "/app/a/password";
const MADE = "/app/a/made";
const OLD = "/app/a/old";
const TAGGED = "/app/a/tagged";
const LITERAL = "/app/b/new";

const BEFORE = {
  [SOURCE]: {},
  [COPY]: { copy: SOURCE },
  [MADE]: { generate: { type: "password" } },
  [OLD]: { value: "old" },
  [TAGGED]: { value: "tagged", description: "one" },
};
const AFTER = {
  [SOURCE]: {},
  [COPY]: { copy: SOURCE },
  [MADE]: { generate: { type: "password" } },
  [TAGGED]: { value: "tagged", description: "two", tags: { team: "a" } },
  [LITERAL]: { value: "new" },
};

/** A world in which each kind of write is due: create, update, regenerate, delete, tag. */
async function worldOfAll(): Promise<World> {
  const world = await makeWorld({ parameters: BEFORE, supplied: { [SOURCE]: "first dummy" } });
  await world.apply();
  world.declare({ parameters: AFTER, supplied: { [SOURCE]: "second dummy" } });
  return world;
}

const INPUTS = { ...DELETE_ALL, regenerate: ["/**"] };

/** Every change of `plan` is there as planned, written exactly once. */
async function expectPlanned(world: World, plan: Awaited<ReturnType<World["plan"]>>): Promise<void> {
  const live = await snapshot(world.client);
  for (const name of [SOURCE, COPY, MADE, TAGGED, LITERAL]) {
    expect([name, live.get(name)?.version]).toEqual([name, changeOf(plan, name)?.change.after?.version]);
  }
  expect(live.has(OLD)).toBe(false);
  expect(live.get(COPY)?.value).toBe("second dummy");
  expect(await tagsOf(world.client, TAGGED)).toEqual({ team: "a" });
  expect(new Set(Object.values(decisions(await world.plan())))).toEqual(new Set(["no-op"]));
}

const WRITES = [
  `PutParameter@${LITERAL}`,
  `PutParameter@${SOURCE}`,
  `PutParameter@${COPY}`,
  `PutParameter@${MADE}`,
  `DeleteParameter@${OLD}`,
];

describe.each(LOSSES)("an answer that is lost by %s", (loss) => {
  test.each(["before", "after"])(
    "%s the write was done: each write is done once, as planned",
    async (when) => {
      const world = await worldOfAll();
      const plan = await world.plan(INPUTS);
      world.impose({ fault: WRITES.map((write) => `${write}:1:${when}-${loss}`) });
      const result = await world.applySaved(plan);
      expect(new Set(Object.values(outcomes(result)))).toEqual(new Set(["applied"]));
      expect(result.overwritten).toEqual([]);
      expect(result.recreated).toEqual([]);
      world.impose({});
      await expectPlanned(world, plan);
    },
  );

  test.each(["before", "after"])(
    "%s tags were added: the write that they go with is done once",
    async (when) => {
      const world = await worldOfAll();
      const plan = await world.plan(INPUTS);
      world.impose({ fault: [`AddTagsToResource@${TAGGED}:1:${when}-${loss}`] });
      const first = await world.applySaved(plan);
      expect(first.outcomes.find(({ address }) => address === TAGGED)?.outcome.kind).toMatch(
        /^(applied|failed)$/,
      );
      await world.applySaved(plan);
      world.impose({});
      await expectPlanned(world, plan);
    },
  );

  test("and lost again, and again: the write fails, what follows is skipped, the same apply finishes it", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    world.impose({ fault: [`PutParameter@${SOURCE}:every:before-${loss}`] });
    expect(outcomes(await world.applySaved(plan))).toEqual({
      [SOURCE]: "failed unanswered",
      [COPY]: "skipped",
      [MADE]: "applied",
      [TAGGED]: "applied",
      [LITERAL]: "applied",
      [OLD]: "applied",
    });
    world.impose({});
    expect(outcomes(await world.applySaved(plan))).toEqual({
      [SOURCE]: "applied",
      [COPY]: "applied",
      [MADE]: "done",
      [TAGGED]: "done",
      [LITERAL]: "done",
      [OLD]: "done",
    });
    await expectPlanned(world, plan);
  });

  test("of a write that nothing can be asked of afterwards: not known, and the same apply finds it done", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    world.impose({
      fault: [`PutParameter@${SOURCE}:every:after-${loss}`],
      deny: [],
    });
    const { store } = world.session;
    let put = false;
    world.session = {
      ...world.session,
      store: aroundStore(store, async (call, carryOut) => {
        if (call.method === "put" && call.name === SOURCE) put = true;
        if (put && call.method === "describe" && call.name === SOURCE) {
          world.impose({ deny: ["ssm:DescribeParameters"] });
        }
        return carryOut();
      }),
    };
    expect(outcomes(await world.applySaved(plan))).toMatchObject({
      [SOURCE]: "failed unanswered",
      [COPY]: "skipped",
      [MADE]: "applied",
    });
    world.impose({});
    world.session = { ...world.session, store };
    expect(outcomes(await world.applySaved(plan))).toMatchObject({
      [SOURCE]: "done",
      [COPY]: "applied",
      [MADE]: "done",
    });
    await expectPlanned(world, plan);
  });
});

/** The first PutParameter of `name` comes to `fate` instead of its answer. */
function once(world: World, name: string, fate: (carryOut: () => Promise<unknown>) => Promise<void>): void {
  const { store } = world.session;
  let open = true;
  const lost: WriteOutcome = { kind: "unknown", code: "ETIMEDOUT" };
  world.session = {
    ...world.session,
    store: {
      ...aroundStore(store, (_, carryOut) => carryOut()),
      put: async (write, mayStart) => {
        if (write.name !== name || !open) return store.put(write, mayStart);
        open = false;
        await fate(() => store.put(write));
        return lost;
      },
    },
  };
}

describe("an answer is lost and somebody else writes too: a conflict, not touched again", () => {
  test.each([
    [
      "after our write",
      async (world: World, carryOut: () => Promise<unknown>) => {
        await carryOut();
        await world.put(COPY, "foreign");
      },
    ],
    [
      "instead of ours",
      async (world: World) => {
        await world.put(COPY, "foreign");
      },
    ],
  ])("%s", async (_, fate) => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    once(world, COPY, (carryOut) => fate(world, carryOut));
    expect(outcomes(await world.applySaved(plan))).toMatchObject({ [COPY]: "failed conflict" });
    expect(await world.value(COPY)).toBe("foreign");
  });

  test("and restores what was there, description and all", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    const description = (await snapshot(world.client)).get(COPY)?.description ?? "";
    once(world, COPY, async (carryOut) => {
      await carryOut();
      await world.put(COPY, "first dummy", { Description: description });
    });
    expect(outcomes(await world.applySaved(plan))).toMatchObject({ [COPY]: "failed conflict" });
    expect(await world.value(COPY)).toBe("first dummy");
  });

  test("a deletion", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    once(world, COPY, () => world.remove(COPY));
    expect(outcomes(await world.applySaved(plan))).toMatchObject({ [COPY]: "failed conflict" });
    expect(await world.value(COPY)).toBeUndefined();
  });
});

test("an answer is lost and ours landed over somebody else's: reported, and the stamp is put right", async () => {
  const world = await worldOfAll();
  const plan = await world.plan(INPUTS);
  once(world, COPY, async (carryOut) => {
    await world.put(COPY, "foreign");
    await carryOut();
  });
  const result = await world.applySaved(plan);
  expect(outcomes(result)).toMatchObject({ [COPY]: "applied" });
  expect(result.overwritten).toEqual([{ address: COPY, version: 2 }]);
  expect(await world.value(COPY)).toBe("second dummy");
});

describe("a write that lands late, after it was taken for lost", () => {
  test("between the second sending and its answer: no foreign version is reported, the stamp is put right", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    let late: (() => Promise<unknown>) | undefined;
    once(world, COPY, async (carryOut) => {
      late = carryOut;
    });
    const { store } = world.session;
    let puts = 0;
    world.session = {
      ...world.session,
      store: aroundStore(store, async (call, carryOut) => {
        if (call.method === "put" && call.name === COPY) {
          puts += 1;
          if (puts === 2) await late?.();
        }
        return carryOut();
      }),
    };
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toMatchObject({ [COPY]: "applied" });
    expect(result.overwritten).toEqual([]);
    expect(await world.value(COPY)).toBe("second dummy");
    expect(new Set(Object.values(decisions(await world.plan())))).toEqual(new Set(["no-op"]));
  });

  test("of a create, after the second sending made it: refused by the store, and taken for what it is", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    let late: (() => Promise<unknown>) | undefined;
    once(world, LITERAL, async (carryOut) => {
      late = carryOut;
    });
    await world.applySaved(plan);
    expect(await late?.()).toEqual({ kind: "exists" });
    await expectPlanned(world, plan);
  });

  test("of a create, before the second sending: done, once", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    let late: (() => Promise<unknown>) | undefined;
    once(world, LITERAL, async (carryOut) => {
      late = carryOut;
    });
    const { store } = world.session;
    let puts = 0;
    world.session = {
      ...world.session,
      store: aroundStore(store, async (call, carryOut) => {
        if (call.method === "put" && call.name === LITERAL) {
          puts += 1;
          if (puts === 2) await late?.();
        }
        return carryOut();
      }),
    };
    expect(outcomes(await world.applySaved(plan))).toMatchObject({ [LITERAL]: "applied" });
    await expectPlanned(world, plan);
  });

  test("after everything: the next plan sees that it is not as it was left", async () => {
    const world = await worldOfAll();
    const plan = await world.plan(INPUTS);
    let late: (() => Promise<unknown>) | undefined;
    once(world, COPY, async (carryOut) => {
      late = carryOut;
    });
    await world.applySaved(plan);
    await late?.();
    expect(decisions(await world.plan())).toMatchObject({ [COPY]: "update changed_outside" });
    await world.apply();
    expect(await world.value(COPY)).toBe("second dummy");
  });
});
