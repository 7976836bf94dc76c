import { describe, expect, test } from "vitest";
import { keptLabel } from "../../src/apply/kept-copy.ts";
import { LOSSES } from "../../src/embedded/fault.ts";
import { renderKeptCopies } from "../../src/render/human-kept.ts";
import type { LiveParameter } from "../../src/store/store.ts";
import { aroundStore, Killed } from "../support/around-store.ts";
import { bringBack } from "../support/bring-back.ts";
import { applyFileless } from "../support/fileless.ts";
import { tagsOf } from "../support/snapshot.ts";
import {
  DELETE_ALL,
  decisions,
  describe as live,
  makeWorld,
  outcomes,
  rekey,
  type World,
} from "../support/world.ts";

const NAME = "/app/x";
const ROOT = "/paraform/test/deleted/";
const GENERATE = { generate: { type: "password" } };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function kept(world: World): Promise<readonly LiveParameter[]> {
  const found = await world.session.store.describe({ prefixes: [ROOT], names: [] });
  return [...found.values()];
}

/** A world with `/app/x` as declared, applied an hour ago and declared no longer. */
async function orphaned(parameter: object = GENERATE, supplied = {}): Promise<World> {
  const world = await makeWorld({ parameters: { [NAME]: parameter }, supplied });
  await world.apply();
  world.pass(HOUR);
  world.declare({ parameters: {}, supplied: {} });
  return world;
}

const ALLOWED = { ...DELETE_ALL, allow: { empty: 1 } };

describe("before a delete", () => {
  test("a copy is kept: a SecureString under the environment's own key, gone after thirty days", async () => {
    const world = await orphaned();
    const before = await world.value(NAME);
    await world.apply(ALLOWED);
    const [copy, ...others] = await kept(world);
    expect(others).toEqual([]);
    expect(copy).toMatchObject({ type: "SecureString", keyId: "alias/paraform", tier: "Advanced" });
    expect(copy?.name).toMatch(/^\/paraform\/test\/deleted\/[\w-]{22}$/);
    const document = JSON.parse((await world.value(copy?.name ?? "")) ?? "");
    expect(document.document).toMatchObject({ format: 1, name: NAME, value: before, type: "SecureString" });
    world.pass(29 * DAY);
    expect(await kept(world)).toHaveLength(1);
    world.pass(2 * DAY);
    expect(await kept(world)).toEqual([]);
  });

  test("nothing is deleted where the value may not be read, and the remedy is said", async () => {
    const world = await orphaned();
    world.impose({ deny: ["kms:Decrypt:alias/owner"] });
    const result = await world.apply(ALLOWED);
    expect(result.outcomes[0]?.outcome).toMatchObject({
      kind: "failed",
      code: "copy_denied",
      hint: expect.stringContaining("--purge"),
    });
    world.impose({});
    expect(await world.value(NAME)).toBeDefined();
  });

  test("nothing is deleted where the copy may not be written", async () => {
    const world = await orphaned();
    world.impose({ deny: [`ssm:PutParameter:${ROOT}**`] });
    const result = await world.apply(ALLOWED);
    expect(result.outcomes[0]?.outcome).toMatchObject({
      code: "AccessDeniedException",
      hint: expect.stringContaining("--purge"),
    });
    expect(await world.value(NAME)).toBeDefined();
  });

  test("nothing is deleted that is too large to be kept; --purge deletes it, and keeps nothing", async () => {
    const world = await orphaned({}, { [NAME]: "x".repeat(8100) });
    const result = await world.apply(ALLOWED);
    expect(outcomes(result)).toEqual({ [NAME]: "failed copy_too_large" });
    const purged = await world.apply(ALLOWED, { purge: true });
    expect(outcomes(purged)).toEqual({ [NAME]: "applied" });
    expect(await kept(world)).toEqual([]);
  });

  test("what is not the value goes first where all of it would be too large", async () => {
    const world = await orphaned({ description: "d".repeat(700) }, { [NAME]: "x".repeat(7300) });
    expect(outcomes(await world.apply(ALLOWED))).toEqual({ [NAME]: "applied" });
    await world.pass(HOUR);
    await bringBack(world, NAME);
    expect(await world.value(NAME)).toBe("x".repeat(7300));
    expect((await live(world, NAME))?.description).toBe("");
  });

  test("many copies take one reading for ten values", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `/app/many/${index}`);
    const world = await makeWorld({ parameters: Object.fromEntries(names.map((name) => [name, GENERATE])) });
    await world.apply();
    world.declare({ parameters: {} });
    let readings = 0;
    world.observe(({ operation }) => {
      if (operation === "GetParameters") readings += 1;
    });
    await world.apply({ ...DELETE_ALL, allow: { empty: 20, delete: 20 } });
    expect(readings).toBe(2);
    expect(await kept(world)).toHaveLength(20);
  });

  test.each(LOSSES.filter((loss) => loss !== "hang"))(
    "a lost answer to the copy, %s, is looked up",
    async (loss) => {
      for (const when of ["before", "after"]) {
        const world = await orphaned();
        world.impose({ fault: [`PutParameter@${ROOT}**:1:${when}-${loss}`] });
        expect(outcomes(await world.apply(ALLOWED))).toEqual({ [NAME]: "applied" });
        world.impose({});
        const [copy] = await kept(world);
        expect([when, copy?.version]).toEqual([when, 1]);
      }
    },
  );
});

test("copies cost a plan no call, and are nobody's orphans", async () => {
  const world = await orphaned();
  const calls = async () => {
    const before = world.session.store.calls;
    await world.plan();
    return world.session.store.calls - before;
  };
  const without = await calls();
  await world.apply(ALLOWED);
  expect(await calls()).toBe(without);
  expect(without).toBe(2);
  expect(decisions(await world.plan(ALLOWED))).toEqual({});
});

describe("undelete", () => {
  test.each([
    ["generated", GENERATE, {}],
    ["static", { description: "a password", tags: { team: "a" } }, {}],
    ["literal", { value: "text", allowedPattern: "^t" }, {}],
  ])(
    "brings a %s one back as it was: a config that declares it plans no changes",
    async (_, parameter, supplied) => {
      const world = await orphaned(parameter, { [NAME]: "dummy", ...supplied });
      const before = await world.value(NAME);
      await world.apply(ALLOWED);
      world.pass(HOUR);
      await bringBack(world, NAME);
      expect(await world.value(NAME)).toBe(before);
      expect(decisions(await world.plan())).toEqual({ [NAME]: "withheld not_in_config" });
      world.declare({ parameters: { [NAME]: parameter } });
      expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
    },
  );

  test("brings tags back that the config had told", async () => {
    const image = { value: "ami-0000000000000000a", tags: { team: "a" } };
    const world = await makeWorld({ parameters: { [NAME]: image } });
    await world.apply();
    world.declare({ parameters: { [NAME]: { ...image, dataType: "aws:ec2:image" } } });
    await world.apply();
    await world.remove(NAME);
    await bringBack(world, NAME);
    expect(await tagsOf(world.client, NAME)).toEqual({ team: "a" });
    expect((await live(world, NAME))?.dataType).toBe("text");
  });

  test("what somebody had touched comes back as touched", async () => {
    const world = await makeWorld({
      parameters: { "/dba/s": {}, [NAME]: { copy: "/dba/s" } },
      supplied: { "/dba/s": "dummy" },
    });
    await world.apply();
    await world.put(NAME, "by hand");
    world.declare({ parameters: { "/dba/s": {} } });
    await world.apply(DELETE_ALL);
    world.declare({ parameters: { "/dba/s": {}, [NAME]: { copy: "/dba/s" } } });
    await bringBack(world, NAME);
    expect(decisions(await world.plan())[NAME]).toBe("update changed_outside");
  });

  describe("of a name that was deleted, used again and deleted again", () => {
    async function deletedTwice(): Promise<World> {
      const world = await orphaned({}, { [NAME]: "first dummy" });
      await world.apply(ALLOWED);
      world.pass(HOUR);
      world.declare({ parameters: { [NAME]: {} }, supplied: { [NAME]: "second dummy" } });
      await world.apply();
      world.declare({ parameters: {}, supplied: {} });
      await world.apply(ALLOWED);
      world.pass(HOUR);
      return world;
    }

    test("brings the last one back, or the earlier one where that is asked for", async () => {
      for (const [copy, value] of [
        [undefined, "second dummy"],
        [1, "first dummy"],
      ] as const) {
        const world = await deletedTwice();
        await bringBack(world, NAME, copy);
        expect(await world.value(NAME)).toBe(value);
        world.declare({ parameters: { [NAME]: {} }, supplied: {} });
        expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
      }
    });

    test("lists that there is an earlier one, and knows no other", async () => {
      const world = await deletedTwice();
      const labels = (await kept(world)).flatMap((copy) => keptLabel(copy) ?? []);
      expect(renderKeptCopies(labels)).toMatch(/^\/app\/x +until \S+Z; an earlier one: --copy 1\n$/);
      await expect(bringBack(world, NAME, 3)).rejects.toThrow("no copy 3 of /app/x is kept");
      expect(await world.value(NAME)).toBeUndefined();
    });

    test.each([
      [1, ""],
      [2, "; an earlier one: --copy 1"],
      [7, "; earlier ones: --copy 1 to 6"],
      [150, "; earlier ones: --copy 51 to 149"],
    ])("with %d copies lists %j", (copy, earlier) => {
      const text = renderKeptCopies([{ name: NAME, until: "2026-12-01T00:00:00.000Z", copy }]);
      expect(text.endsWith(`Z${earlier}\n`)).toBe(true);
    });
  });

  test("brings back what its own Expiration would have deleted by now, to stay", async () => {
    const at = { Timestamp: "2026-01-11T00:00:00.000Z" };
    const policies = [
      { Type: "Expiration", Version: "1.0", Attributes: at },
      { Type: "NoChangeNotification", Version: "1.0", Attributes: { After: "20", Unit: "Days" } },
    ];
    const world = await makeWorld({
      parameters: { "/app/e": { tier: "Advanced", policies } },
      supplied: { "/app/e": "dummy that expires" },
    });
    await world.apply();
    world.declare({ parameters: { "/app/other": { value: "other" } }, supplied: {} });
    await world.apply(ALLOWED);
    world.pass(20 * 24 * 3_600_000);
    await bringBack(world, "/app/e");
    expect(await world.value("/app/e")).toBe("dummy that expires");
    const back = await world.session.store.describe({ prefixes: ["/app/"], names: [] });
    expect(back.get("/app/e" as never)?.policies).toMatch(/^\[.*NoChangeNotification.*\]$/);
    expect(back.get("/app/e" as never)?.policies).not.toContain("Expiration");
  });

  test("lists what is there again as such", () => {
    const copies = [NAME, "/app/z"].map((name) => ({ name, until: "2026-12-01T00:00:00.000Z", copy: 2 }));
    const [first, second] = renderKeptCopies(copies, (name) => name === NAME).split("\n");
    expect([first, second]).toEqual([
      `${NAME}   until 2026-12-01T00:00:00.000Z; there again by now`,
      "/app/z   until 2026-12-01T00:00:00.000Z; an earlier one: --copy 1",
    ]);
  });

  test("waits while the name rests, and says so", async () => {
    const world = await orphaned();
    await world.apply(ALLOWED);
    expect(await bringBack(world, NAME)).toEqual([NAME]);
    expect(await world.value(NAME)).toBeDefined();
  });

  test("writes over nothing, and says what it lacks", async () => {
    const world = await orphaned();
    await expect(bringBack(world, NAME)).rejects.toThrow("nothing is written over it");
    await expect(bringBack(world, "/app/never")).rejects.toThrow("no copy of /app/never is kept");
  });

  test("takes nothing for a copy that paraform did not make", async () => {
    const world = await orphaned();
    await world.apply(ALLOWED);
    const [copy] = await kept(world);
    const text = (await world.value(copy?.name ?? "")) ?? "";
    const document = JSON.parse(text);
    document.document.value = "planted";
    await world.put(copy?.name ?? "", JSON.stringify(document), { KeyId: "alias/paraform" });
    await expect(bringBack(world, NAME)).rejects.toThrow("is not one that paraform made");
    expect(await world.value(NAME)).toBeUndefined();
  });

  test("finds what was kept under a former digest key", async () => {
    const world = await orphaned();
    await world.apply(ALLOWED);
    await rekey(world);
    await bringBack(world, NAME);
    world.declare({ parameters: { [NAME]: GENERATE } });
    expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
  });

  test.each(["before-reset", "after-reset"])("a lost answer, %s, is looked up", async (loss) => {
    const world = await orphaned();
    await world.apply(ALLOWED);
    world.impose({ fault: [`PutParameter@${NAME}:1:${loss}`] });
    const back = bringBack(world, NAME);
    if (loss === "after-reset") await back;
    else await expect(back).rejects.toThrow("was not brought back");
    world.impose({});
    expect((await live(world, NAME))?.version).toBe(loss === "after-reset" ? 1 : undefined);
  });
});

describe("a plan that finds a parameter gone says that it is kept", () => {
  test.each([
    ["about to be generated anew", GENERATE, "create missing"],
    ["missing", {}, "blocked missing"],
  ])("%s", async (_, parameter, decision) => {
    const world = await orphaned(parameter, { [NAME]: "dummy" });
    await world.apply(ALLOWED);
    world.declare({ parameters: { [NAME]: parameter }, supplied: {} });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [NAME]: decision });
    expect(plan.diagnostics).toMatchObject([{ severity: "note", code: "copy_kept", address: NAME }]);
    expect(plan.diagnostics[0]?.summary).toContain(`paraform undelete ${NAME} --env test`);
  });

  test("but not where a source has its value", async () => {
    const world = await orphaned({}, { [NAME]: "dummy" });
    await world.apply(ALLOWED);
    world.declare({ parameters: { [NAME]: {} }, supplied: { [NAME]: "dummy" } });
    expect((await world.plan()).diagnostics).toEqual([]);
  });
});

describe("the rest of a deleted name is waited for, and said", () => {
  test("by a replace", async () => {
    const image = { value: "ami-0000000000000000a" };
    const world = await makeWorld({ parameters: { [NAME]: image } });
    await world.apply();
    world.declare({ parameters: { [NAME]: { ...image, dataType: "aws:ec2:image" } } });
    await world.apply();
    expect(world.waited).toEqual([NAME]);
  });

  test("by a create of what an earlier run has just deleted", async () => {
    const world = await orphaned();
    await world.apply(ALLOWED);
    world.declare({ parameters: { [NAME]: GENERATE } });
    expect(outcomes(await world.apply())).toEqual({ [NAME]: "applied" });
    expect(world.waited).toEqual([NAME]);
  });

  test("but not by one of what was deleted long ago", async () => {
    const world = await orphaned();
    await world.apply(ALLOWED);
    world.pass(HOUR);
    world.declare({ parameters: { [NAME]: GENERATE } });
    await world.apply();
    expect(world.waited).toEqual([]);
  });
});

test("an apply without a file that dies between copy and delete is finished by the next one, with one copy", async () => {
  const world = await makeWorld({ parameters: { [NAME]: GENERATE, "/app/here": GENERATE } });
  await world.apply();
  const before = await world.value(NAME);
  world.declare({ parameters: { "/app/here": GENERATE } });
  const { session } = world;
  const store = aroundStore(session.store, (call, carryOut) => {
    if (call.method === "delete") throw new Killed();
    return carryOut();
  });
  world.session = { ...session, store };
  await expect(applyFileless(world, DELETE_ALL)).rejects.toThrow(Killed);
  world.session = session;
  expect([await world.value(NAME), (await kept(world)).length]).toEqual([before, 1]);
  await applyFileless(world, DELETE_ALL, { pid: 2 });
  expect([await world.value(NAME), (await kept(world)).length]).toEqual([undefined, 1]);
  await bringBack(world, NAME);
  expect(await world.value(NAME)).toBe(before);
});
