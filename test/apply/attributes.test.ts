import { DescribeParametersCommand, type ParameterMetadata } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { dyingStore, recordingStore } from "../support/around-store.ts";
import { tagsOf } from "../support/snapshot.ts";
import { decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const NAME = "/app/a";

async function described(world: World): Promise<ParameterMetadata> {
  const { Parameters } = await world.client.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: "Name", Values: [NAME] }] }),
  );
  return Parameters?.[0] ?? {};
}

/** Applies one declaration after the other to one parameter, and sees that each leaves nothing to do. */
async function evolve(...stages: Record<string, unknown>[]): Promise<World> {
  const world = await makeWorld();
  for (const stage of stages) {
    world.declare({ parameters: { [NAME]: stage } });
    await world.apply();
    expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
  }
  return world;
}

const EXPIRATION = [
  { Type: "Expiration", Version: "1.0", Attributes: { Timestamp: "2030-01-01T00:00:00.000Z" } },
];

describe("the tier", () => {
  test("is standard for what fits into it", async () => {
    expect((await described(await evolve({ value: "x".repeat(4096) }))).Tier).toBe("Standard");
  });
  test("is advanced for a larger value", async () => {
    expect((await described(await evolve({ value: "x".repeat(4097) }))).Tier).toBe("Advanced");
  });
  test("is counted in bytes, not in characters", async () => {
    expect((await described(await evolve({ value: "é".repeat(2049) }))).Tier).toBe("Advanced");
  });
  test("is advanced for policies", async () => {
    expect((await described(await evolve({ value: "x", policies: EXPIRATION }))).Tier).toBe("Advanced");
  });
  test("is never lowered, also where the config asks for it", async () => {
    const world = await evolve({ value: "x".repeat(5000) }, { value: "x" }, { value: "y", tier: "Standard" });
    expect(await described(world)).toMatchObject({ Tier: "Advanced", Version: 3 });
  });
  test("of what somebody made advanced stays so", async () => {
    const world = await evolve({ value: "x" });
    await world.put(NAME, "foreign", { Type: "String", Tier: "Advanced" });
    await world.apply();
    expect(await described(world)).toMatchObject({ Tier: "Advanced" });
    expect(await world.value(NAME)).toBe("x");
  });
});

test("policies that the config no longer has are cleared", async () => {
  const world = await evolve({ value: "x", policies: EXPIRATION }, { value: "x" });
  expect((await described(world)).Policies ?? []).toEqual([]);
});

test("an allowed pattern that the config no longer has is cleared, and refuses nothing any more", async () => {
  const world = await evolve({ value: "1", allowedPattern: "^[0-9]$" }, { value: "abc" });
  expect((await described(world)).AllowedPattern ?? "").toBe("");
});

test("an update says everything anew: type, key, description", async () => {
  const world = await evolve(
    { value: "x", description: "first" },
    { value: "x", type: "SecureString", key: "alias/other", description: "" },
  );
  const { Type, KeyId, Description = "" } = await described(world);
  expect([Type, KeyId]).toEqual(["SecureString", "alias/other"]);
  expect(Description).toMatch(/^\{paraform:/);
});

describe("tags", () => {
  test("go with a create in the same call, and before an overwrite in one of their own", async () => {
    const world = await makeWorld({ parameters: { [NAME]: { value: "x", tags: { team: "a" } } } });
    const record: string[] = [];
    const watch = () => {
      world.session = { ...world.session, store: recordingStore(world.session.store, record) };
    };
    watch();
    await world.apply();
    expect(record.filter((call) => !call.startsWith("describe"))).toEqual([`put ${NAME}`]);
    world.declare({ parameters: { [NAME]: { value: "x", tags: { team: "b", cost: "1" } } } });
    record.length = 0;
    watch();
    await world.apply();
    expect(record.slice(-2)).toEqual([`tag ${NAME}`, `put ${NAME}`]);
    expect(await tagsOf(world.client, NAME)).toEqual({ team: "b", cost: "1" });
  });

  test("that may not be added leave the parameter as it was, for the same apply to finish", async () => {
    const world = await evolve({ value: "x" });
    world.declare({ parameters: { [NAME]: { value: "x", tags: { team: "a" } } } });
    const plan = await world.plan();
    world.impose({ deny: ["ssm:AddTagsToResource"] });
    expect(outcomes(await world.applySaved(plan))).toEqual({ [NAME]: "failed AccessDeniedException" });
    expect((await described(world)).Version).toBe(1);
    world.impose({});
    expect(outcomes(await world.applySaved(plan))).toEqual({ [NAME]: "applied" });
    expect(await tagsOf(world.client, NAME)).toEqual({ team: "a" });
  });
});

describe("another data type is a replace", () => {
  const AMI = { type: "String", dataType: "aws:ec2:image" };

  async function toBeReplaced() {
    const world = await evolve({ value: "ami-12345678", tags: { team: "a" } });
    world.declare({ parameters: { [NAME]: { value: "ami-87654321", ...AMI, tags: { team: "a" } } } });
    return world;
  }

  test("deleted, at rest for thirty seconds, and made anew", async () => {
    const world = await toBeReplaced();
    const began = world.engine.now().getTime();
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [NAME]: "replace value_changed" });
    expect(outcomes(await world.applySaved(plan))).toEqual({ [NAME]: "applied" });
    expect(world.engine.now().getTime() - began).toBeGreaterThan(30_000);
    expect(await described(world)).toMatchObject({ DataType: "aws:ec2:image", Version: 1 });
    expect(await tagsOf(world.client, NAME)).toEqual({ team: "a" });
    expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
  });

  test("holds the lock all the while", async () => {
    const world = await toBeReplaced();
    const plan = await world.plan();
    const { store } = world.session;
    const ages: number[] = [];
    world.session = {
      ...world.session,
      store: {
        ...store,
        calls: 0,
        put: (write, mayStart) => {
          if (write.name === "/paraform/test/lock") ages.push(world.engine.now().getTime());
          return store.put(write, mayStart);
        },
      },
    };
    await world.applySaved(plan);
    const gaps = ages.slice(1).map((at, index) => at - (ages[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(30_000);
  });

  test.each(["before", "after"] as const)(
    "cut %s any call, the same plan finishes it, also at once",
    async (when) => {
      for (let at = 1; ; at += 1) {
        const world = await toBeReplaced();
        const plan = await world.plan();
        const { store } = world.session;
        const dying = dyingStore(store, at, when);
        world.session = { ...world.session, store: dying.store };
        const cut = await world.applySaved(plan).catch(() => undefined);
        if (cut !== undefined) break;
        world.session = { ...world.session, store };
        const result = await world.applySaved(plan, { holder: { pid: 2, isAlive: (pid) => pid === 2 } });
        expect([at, outcomes(result)]).toEqual([at, { [NAME]: expect.stringMatching(/applied|done/) }]);
        expect(await described(world)).toMatchObject({ DataType: "aws:ec2:image", Version: 1 });
        expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
      }
    },
  );

  test("whose parameter is gone by then is made all the same", async () => {
    const world = await toBeReplaced();
    const plan = await world.plan();
    const { store } = world.session;
    let described = 0;
    world.session = {
      ...world.session,
      store: {
        ...store,
        calls: 0,
        describe: async (query) => {
          described += 1;
          if (described === 2) await world.remove(NAME);
          return store.describe(query);
        },
      },
    };
    expect(outcomes(await world.applySaved(plan))).toEqual({ [NAME]: "applied" });
    expect(await world.value(NAME)).toBe("ami-87654321");
  });
});
