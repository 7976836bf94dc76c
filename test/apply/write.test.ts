import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/model/error.ts";
import { aroundStore } from "../support/around-store.ts";
import { snapshot, tagsOf } from "../support/snapshot.ts";
import { changeOf, decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const COPY = "/app/a/password";
const SOURCE = "/dba/password";

/** An owner's password and its copy, both live and in sync; then the password gets another value. */
async function rotated(): Promise<World> {
  const world = await makeWorld({
    parameters: { [SOURCE]: {}, [COPY]: { copy: SOURCE } },
    supplied: { [SOURCE]: "first dummy" },
  });
  await world.apply();
  world.declare({ supplied: { [SOURCE]: "second dummy" } });
  return world;
}

/** Lets `deed` happen once, right before or right after a PutParameter of `name` reaches the store. */
function around(world: World, name: string, when: "before" | "after", deed: () => Promise<unknown>): void {
  const { store } = world.session;
  let open = true;
  world.session = {
    ...world.session,
    store: aroundStore(store, async (call, carryOut) => {
      const mine = open && call.method === "put" && call.name === name;
      if (mine) open = false;
      if (mine && when === "before") await deed();
      const answer = await carryOut();
      if (mine && when === "after") await deed();
      return answer;
    }),
  };
}

const inSync = async (world: World) =>
  Object.values(decisions(await world.plan())).every((decision) => decision === "no-op");

test("writes have the versions that were planned, creates and updates alike", async () => {
  const world = await makeWorld({
    parameters: { [SOURCE]: {}, [COPY]: { copy: SOURCE } },
    supplied: { [SOURCE]: "a" },
  });
  for (const value of ["a", "b", "c"]) {
    world.declare({ supplied: { [SOURCE]: value } });
    const plan = await world.plan();
    const result = await world.applySaved(plan);
    for (const { address, outcome } of result.outcomes) {
      expect(outcome).toEqual({ kind: "applied", version: changeOf(plan, address)?.change.after?.version });
    }
    expect(await world.value(COPY)).toBe(value);
  }
  expect(await inSync(world)).toBe(true);
});

test("creates never overwrite: Overwrite=false goes out with each of them, and true with each update", async () => {
  const world = await makeWorld({ parameters: { [COPY]: { value: "a" } } });
  const sent: boolean[] = [];
  const watch = () => {
    const { store } = world.session;
    const put: typeof store.put = (write, mayStart) => {
      if (write.name === COPY) sent.push(write.overwrite);
      return store.put(write, mayStart);
    };
    world.session = { ...world.session, store: { ...aroundStore(store, (_, carryOut) => carryOut()), put } };
  };
  watch();
  await world.apply();
  world.declare({ parameters: { [COPY]: { value: "b" } } });
  watch();
  await world.apply();
  expect(sent).toEqual([false, true]);
});

describe("between plan and apply", () => {
  const meddlings: [string, (world: World) => Promise<unknown>, string][] = [
    [
      "somebody wrote what was to be written",
      (world) => world.put(COPY, "foreign"),
      `${COPY} is at version 2 now; the plan updates version 1`,
    ],
    [
      "somebody wrote a source",
      (world) => world.put(SOURCE, "foreign"),
      `${SOURCE} is at version 2 now; the plan updates version 1`,
    ],
    [
      "somebody deleted what was to be written",
      (world) => world.remove(COPY),
      `${COPY} was deleted; the plan updates version 1`,
    ],
    [
      "somebody deleted it and made it anew at the same version",
      async (world) => {
        await world.remove(COPY);
        world.pass(31_000);
        await world.put(COPY, "foreign");
      },
      `${COPY} is not what paraform wrote; the plan updates version 1`,
    ],
    [
      "another value is supplied",
      async (world) => world.declare({ supplied: { [SOURCE]: "third dummy" } }),
      `${SOURCE} would get another value or other attributes now; the plan updates version 1`,
    ],
    [
      "one more parameter would be written",
      async (world) =>
        world.declare({
          parameters: { [SOURCE]: {}, [COPY]: { copy: SOURCE }, "/app/b/password": { copy: SOURCE } },
          supplied: { [SOURCE]: "second dummy" },
        }),
      "/app/b/password would be created too now (missing); the plan leaves it alone",
    ],
    [
      "the parameter is no longer declared",
      async (world) =>
        world.declare({ parameters: { [SOURCE]: {} }, supplied: { [SOURCE]: "second dummy" } }),
      `${COPY} is no longer what the configs ask to change; the plan updates version 1`,
    ],
    [
      "its attributes are others",
      async (world) =>
        world.declare({
          parameters: { [SOURCE]: {}, [COPY]: { copy: SOURCE, description: "new" } },
          supplied: { [SOURCE]: "second dummy" },
        }),
      `${COPY} would get another value or other attributes now; the plan updates version 1`,
    ],
  ];
  test.each(meddlings)("%s: the plan is stale and nothing is written", async (_, meddle, said) => {
    const world = await rotated();
    const plan = await world.plan();
    await meddle(world);
    const before = await snapshot(world.client);
    await expect(world.applySaved(plan)).rejects.toMatchObject({
      exitCode: EXIT.stale,
      message: expect.stringContaining(said),
      hint: "nothing was written: plan again (paraform plan --env test --out FILE) and review it",
    });
    expect(await snapshot(world.client)).toEqual(before);
  });

  test("what was to be created came into being: stale, and nothing is written", async () => {
    const world = await makeWorld({ parameters: { [COPY]: { value: "x" } } });
    const plan = await world.plan();
    await world.put(COPY, "foreign");
    await expect(world.applySaved(plan)).rejects.toMatchObject({
      exitCode: EXIT.stale,
      message: `the plan is stale: ${COPY} exists already, at version 1, and is not what paraform wrote; the plan creates it`,
    });
    expect(await world.value(COPY)).toBe("foreign");
  });

  test("a stale apply leaves the lock free and no run behind", async () => {
    const world = await rotated();
    const plan = await world.plan();
    await world.put(COPY, "foreign");
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [COPY]: "applied", [SOURCE]: "applied" });
  });
});

describe("between the last check and the write", () => {
  test("a foreign version that was overwritten is reported, and the stamp tells the truth", async () => {
    const world = await rotated();
    const plan = await world.plan();
    around(world, COPY, "before", () => world.put(COPY, "foreign"));
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toEqual({ [COPY]: "applied", [SOURCE]: "applied" });
    expect(result.overwritten).toEqual([{ address: COPY, version: 2 }]);
    expect(result.recreated).toEqual([]);
    expect(await world.value(COPY)).toBe("second dummy");
    expect(await inSync(world)).toBe(true);
  });

  test("all foreign versions are reported, and none of our own", async () => {
    const world = await rotated();
    const plan = await world.plan();
    around(world, SOURCE, "before", async () => {
      await world.put(SOURCE, "foreign");
      await world.put(SOURCE, "stranger");
    });
    const result = await world.applySaved(plan);
    expect(result.overwritten).toEqual([
      { address: SOURCE, version: 2 },
      { address: SOURCE, version: 3 },
    ]);
    expect(await world.value(COPY)).toBe("second dummy");
    expect(await inSync(world)).toBe(true);
  });

  test("they are reported, and the stamp is put right, also by who may not read the history", async () => {
    const world = await rotated();
    world.impose({ deny: ["ssm:GetParameterHistory"] });
    const plan = await world.plan();
    around(world, COPY, "before", () => world.put(COPY, "foreign"));
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toEqual({ [COPY]: "applied", [SOURCE]: "applied" });
    expect(result.overwritten).toEqual([{ address: COPY, version: 2 }]);
    expect(await inSync(world)).toBe(true);
  });

  test("also a foreign version that came while the stamp was put right, and kept our description", async () => {
    const world = await rotated();
    const plan = await world.plan();
    const { store } = world.session;
    let puts = 0;
    world.session = {
      ...world.session,
      store: aroundStore(store, async (call, carryOut) => {
        if (call.method === "put" && call.name === COPY) puts += 1;
        if (call.method === "put" && call.name === COPY && puts <= 2) await world.put(COPY, "foreign");
        return carryOut();
      }),
    };
    const result = await world.applySaved(plan);
    expect(result.overwritten).toEqual([
      { address: COPY, version: 2 },
      { address: COPY, version: 4 },
    ]);
    expect(await world.value(COPY)).toBe("second dummy");
    expect(await inSync(world)).toBe(true);
  });

  test("who keeps writing it is left alone in the end", async () => {
    const world = await rotated();
    const plan = await world.plan();
    const { store } = world.session;
    world.session = {
      ...world.session,
      store: aroundStore(store, async (call, carryOut) => {
        if (call.method === "put" && call.name === COPY) await world.put(COPY, "foreign");
        return carryOut();
      }),
    };
    expect(outcomes(await world.applySaved(plan))).toMatchObject({ [COPY]: "failed contended" });
  });

  test("a parameter that was deleted is made anew, with its tags, and reported", async () => {
    const world = await makeWorld({ parameters: { [COPY]: { value: "one", tags: { team: "a" } } } });
    await world.apply();
    world.declare({ parameters: { [COPY]: { value: "two", tags: { team: "a" } } } });
    const plan = await world.plan();
    around(world, COPY, "before", async () => {
      await world.remove(COPY);
      world.pass(31_000);
    });
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toEqual({ [COPY]: "applied" });
    expect(result.recreated).toEqual([COPY]);
    expect(result.overwritten).toEqual([]);
    expect(await world.value(COPY)).toBe("two");
    expect(await tagsOf(world.client, COPY)).toEqual({ team: "a" });
    expect(await inSync(world)).toBe(true);
  });

  test("a parameter that was deleted and made anew by somebody is reported with the versions that were lost", async () => {
    const world = await rotated();
    world.declare({ supplied: { [SOURCE]: "second dummy" } });
    await world.apply();
    world.declare({ supplied: { [SOURCE]: "third dummy" } });
    const plan = await world.plan();
    around(world, COPY, "before", async () => {
      await world.remove(COPY);
      world.pass(31_000);
      await world.put(COPY, "foreign");
    });
    const result = await world.applySaved(plan);
    expect(result.recreated).toEqual([COPY]);
    expect(result.overwritten).toEqual([{ address: COPY, version: 1 }]);
    expect(await inSync(world)).toBe(true);
  });

  test("what is to be created and exists by now is not touched", async () => {
    const world = await makeWorld({
      parameters: { [COPY]: { value: "ours" }, "/app/b/x": { copy: COPY }, "/app/c/x": { value: "c" } },
    });
    const plan = await world.plan();
    around(world, COPY, "before", () => world.put(COPY, "foreign"));
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toEqual({
      [COPY]: "failed conflict",
      "/app/b/x": "skipped",
      "/app/c/x": "applied",
    });
    expect(await world.value(COPY)).toBe("foreign");
  });
});

test("a plan is carried out once: the same plan again finds everything done", async () => {
  const world = await rotated();
  const plan = await world.plan();
  await world.applySaved(plan);
  const before = await snapshot(world.client);
  expect(outcomes(await world.applySaved(plan))).toEqual({ [COPY]: "done", [SOURCE]: "done" });
  expect(await snapshot(world.client)).toEqual(before);
});

test("a write that its KMS key stops names the key", async () => {
  const key = "alias/aws/s3";
  const world = await makeWorld({ parameters: { "/app/a": { value: "a", type: "SecureString", key } } });
  const { outcomes: all } = await world.apply();
  expect(all.map(({ outcome }) => outcome)).toEqual([
    {
      kind: "failed",
      code: "InvalidKeyId",
      message: `its KMS key ${key} does not exist, is disabled, or may not be used`,
    },
  ]);
});
