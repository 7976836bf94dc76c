import { expect, describe as group, test } from "vitest";
import type { ApplyResult } from "../../src/apply/outcome.ts";
import type { Call } from "../../src/embedded/engine.ts";
import { planSchema } from "../../src/plan/plan.ts";
import { applyFileless } from "../support/fileless.ts";
import { decisions, makeWorld, NO_INPUTS, outcomes, type World } from "../support/world.ts";

const SOURCE = "/dba/source";
const COPY = "/app/x/copy";
const URL = "/app/x/url";

const PARAMETERS = {
  [SOURCE]: {},
  [COPY]: { copy: SOURCE },
  [URL]: { merge: ["db://", `\${${COPY}:uri}`] },
};

const DENIALS = {
  "the replication key": ["kms:Decrypt:alias/replication"],
  "the owner's key": ["kms:Decrypt:alias/owner"],
  "every key but the digest key's": ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"],
  "every key but the digest key's, and reading any other parameter": [
    "kms:Decrypt:alias/{owner,replication}",
    "ssm:GetParameters:/**",
  ],
} as const;

/** Situations whose decision must not depend on what the planner may read. */
const SITUATIONS: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  "nothing is live": async (world) => world.declare({ supplied: { [SOURCE]: "one" } }),
  "everything is in sync": async (world) => {
    await world.put(SOURCE, "one");
    await world.apply();
  },
  "the source moved on": async (world) => {
    await world.put(SOURCE, "one");
    await world.apply();
    await world.put(SOURCE, "two");
  },
  "the source was put again": async (world) => {
    await world.put(SOURCE, "one");
    await world.apply();
    await world.put(SOURCE, "one");
  },
  "another value is supplied": async (world) => {
    world.declare({ supplied: { [SOURCE]: "one" } });
    await world.apply();
    world.declare({ supplied: { [SOURCE]: "two" } });
  },
  "a replica was tampered with": async (world) => {
    await world.put(SOURCE, "one");
    await world.apply();
    await world.put(COPY, "hacked");
  },
  "the source is gone": async (world) => {
    await world.put(SOURCE, "one");
    await world.apply();
    await world.remove(SOURCE);
  },
};

group.each(Object.entries(DENIALS))("a planner without kms:Decrypt of %s", (_, deny) => {
  test.each(Object.entries(SITUATIONS))(
    "makes the same plan where %s, and it applies",
    async (_, arrange) => {
      const world = await makeWorld({ parameters: PARAMETERS });
      await arrange(world);
      const withRights = await world.plan();
      world.impose({ deny });
      const without = await world.plan();
      expect(without.complete).toBe(true);
      expect(without.fingerprint).toBe(withRights.fingerprint);
      expect(without.applyable).toBe(withRights.applyable);
      expect(without.summary).toEqual(withRights.summary);

      world.impose({});
      const result = await world.applySaved(without);
      expect(result.outcomes.every(({ outcome }) => outcome.kind === "applied")).toBe(true);
      if (!without.applyable) return;
      const source = (await world.value(SOURCE)) ?? "";
      expect(await world.value(COPY)).toBe(source);
      expect(await world.value(URL)).toBe(`db://${source}`);
      expect((await world.plan()).summary).toMatchObject({ add: 0, change: 0, destroy: 0, no_op: 3 });
    },
  );
});

test("the applier needs no right to decrypt a replica", async () => {
  const world = await makeWorld({ parameters: PARAMETERS });
  await world.put(SOURCE, "one");
  await world.apply();
  await world.put(SOURCE, "two");
  world.impose({ deny: ["kms:Decrypt:alias/replication"] });
  const result = await world.apply();
  expect(result.outcomes.map(({ outcome }) => outcome.kind)).toEqual(["applied", "applied"]);
  world.impose({});
  expect(await world.value(URL)).toBe("db://two");
});

test("a value put by hand that equals the supplied one is found out by who may read it", async () => {
  const world = await makeWorld({ parameters: { [SOURCE]: {} }, supplied: { [SOURCE]: "one" } });
  await world.apply();
  world.declare({ supplied: { [SOURCE]: "two" } });
  await world.put(SOURCE, "two");
  world.impose({ deny: ["kms:Decrypt:alias/owner"] });
  const unread = await world.plan();
  expect(decisions(unread)).toEqual({ [SOURCE]: "update changed_outside" });
  world.impose({});
  expect(decisions(await world.plan())).toEqual({ [SOURCE]: "no-op" });
  const result = await world.applySaved(unread);
  expect(result.outcomes.map(({ outcome }) => outcome.kind)).toEqual(["done"]);
  expect(await world.value(SOURCE)).toBe("two");
});

group("a plan by who may read no value, expected of an applier who may read everything", () => {
  const STATIC = "/dba/static";

  /** Blind, the static value was changed outside and the copy has a new source; who reads finds both as they should be. */
  async function blindlyPlanned() {
    const world = await makeWorld({
      parameters: { ...PARAMETERS, [STATIC]: {} },
      supplied: { [STATIC]: "one" },
    });
    await world.put(SOURCE, "one");
    await world.apply();
    world.declare({ supplied: { [STATIC]: "two" } });
    await world.put(STATIC, "two");
    await world.put(SOURCE, "one");
    world.impose({ deny: ["kms:Decrypt:alias/{owner,replication}"] });
    const blind = await world.plan();
    world.impose({});
    expect((await world.plan()).fingerprint).not.toBe(blind.fingerprint);
    return { world, blind };
  }

  test("is carried out as it was reviewed", async () => {
    const { world, blind } = await blindlyPlanned();
    const result = await applyFileless(world, {}, { expect: blind.fingerprint });
    expect(result).toMatchObject({ fingerprint: blind.fingerprint });
    expect(outcomes(result as ApplyResult)).toEqual({
      [STATIC]: "done",
      [COPY]: "applied",
      [URL]: "applied",
    });
  });

  test.each([{ expected: true }, { expected: false }])(
    "is finished as it was reviewed after it was cut, expected again: $expected",
    async ({ expected }) => {
      const { world, blind } = await blindlyPlanned();
      const asReviewed = { expect: blind.fingerprint };
      await applyFileless(world, {}, { ...asReviewed, stopAfter: 2 });
      const rest = await applyFileless(world, {}, { ...(expected ? asReviewed : {}), pid: 2 });
      expect(rest).toMatchObject({ fingerprint: blind.fingerprint });
      // Who may read would leave the static value out.
      expect(outcomes(rest as ApplyResult)).toEqual({ [STATIC]: "done", [URL]: "applied" });
    },
  );

  test("is another plan once somebody wrote", async () => {
    const { world, blind } = await blindlyPlanned();
    await world.put(STATIC, "three");
    expect(await applyFileless(world, {}, { expect: blind.fingerprint })).toBe("unexpected");
    expect(await world.value(STATIC)).toBe("three");
  });
});

const KEY = "/paraform/test/digest-key";

group("what could not be read is never taken for absent", () => {
  test.each([
    [
      "DescribeParameters is denied",
      { deny: ["ssm:DescribeParameters"] },
      "unreadable_denied",
      "DescribeParameters",
    ],
    [
      "DescribeParameters is throttled throughout",
      { fault: ["DescribeParameters:every:error=ThrottlingException"] },
      "unreadable_throttled",
      "DescribeParameters",
    ],
    [
      "a later page of DescribeParameters is throttled throughout",
      { fault: ["DescribeParameters:2-:error=ThrottlingException"] },
      "unreadable_throttled",
      "DescribeParameters",
    ],
    [
      "DescribeParameters fails on the server",
      { fault: ["DescribeParameters:every:before-500"] },
      "unreadable_unreachable",
      "DescribeParameters",
    ],
    [
      "a proxy answers in the place of DescribeParameters",
      { fault: ["DescribeParameters:every:after-html"] },
      "unreadable_broken",
      "DescribeParameters",
    ],
    [
      "half of a page arrives",
      { fault: ["DescribeParameters:every:after-truncated"] },
      "unreadable_broken",
      "DescribeParameters",
    ],
    ["the digest key may not be read", { deny: [`ssm:GetParameter:${KEY}`] }, "unreadable_denied", KEY],
    [
      "the digest key may not be decrypted",
      { deny: ["kms:Decrypt:alias/paraform"] },
      "unreadable_denied",
      KEY,
    ],
    [
      "the digest key is throttled throughout",
      { fault: [`GetParameter@${KEY}:every:error=ThrottlingException`] },
      "unreadable_throttled",
      "GetParameter",
    ],
    [
      "the answer with the digest key is broken",
      { fault: [`GetParameter@${KEY}:every:after-truncated`] },
      "unreadable_broken",
      "GetParameter",
    ],
  ] as const)("%s", async (_, conditions, code, named) => {
    const parameters = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`/app/x/${index}`, { value: "v" }]),
    );
    const world = await makeWorld({ parameters });
    await world.apply();
    world.impose(conditions);
    const plan = await world.plan({ delete: ["/**"] });
    expect(plan).toMatchObject({ complete: false, applyable: false, resource_changes: [], fingerprint: "" });
    expect(plan.diagnostics.map((each) => [each.severity, each.code])).toEqual([["error", code]]);
    expect(plan.diagnostics[0]?.summary).toContain(named);
    expect(planSchema.safeParse(plan).success).toBe(true);
  });

  test("both are named where both fail", async () => {
    const world = await makeWorld();
    world.impose({ deny: ["ssm:DescribeParameters", `ssm:GetParameter:${KEY}`] });
    const plan = await world.plan();
    expect(plan.diagnostics.map(({ summary }) => summary)).toEqual([
      expect.stringContaining(KEY),
      expect.stringContaining("DescribeParameters"),
    ]);
  });

  test("a name that is refused within a batch leaves the others readable", async () => {
    const names = Array.from({ length: 9 }, (_, index) => `/dba/${index}`);
    const world = await makeWorld({
      parameters: Object.fromEntries(
        names.flatMap((name, index) => [
          [name, {}],
          [`/app/x/${index}`, { copy: name }],
        ]),
      ),
    });
    for (const name of names) await world.put(name, "one");
    await world.apply();
    for (const name of names) await world.put(name, "one");
    world.impose({ deny: ["ssm:GetParameters:/dba/4", "ssm:GetParameter:/dba/4"] });
    const plan = await world.plan();
    expect(plan.complete).toBe(true);
    const copies = Object.entries(decisions(plan)).filter(([name]) => name.startsWith("/app/"));
    expect(copies.filter(([, decided]) => decided === "update stamp_renewed")).toHaveLength(8);
    expect(decisions(plan)["/app/x/4"]).toBe("update source_changed");
  });

  test("pages that are short or empty are followed to their end", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `/app/x/${index}`);
    const world = await makeWorld({
      parameters: Object.fromEntries(names.map((name) => [name, { value: "v" }])),
    });
    await world.apply();
    world.impose({ fault: ["DescribeParameters:1:empty-page", "DescribeParameters:2-3:short-page"] });
    expect((await world.plan()).summary).toMatchObject({ no_op: 20, add: 0 });
  });
});

group("a plan of N parameters in sync costs ⌈max(1,N)/50⌉ DescribeParameters and one GetParameter", () => {
  test.each([
    [0, 1],
    [1, 1],
    [50, 1],
    [51, 2],
    [1000, 20],
  ])("N = %d: %d + 1", async (count, pages) => {
    const world = await inSync(count);
    const calls = await callsOf(world);
    expect(calls).toEqual({ DescribeParameters: pages, GetParameter: 1 });
  });

  test("in several scopes, and with names outside of them", async () => {
    const scopes = Array.from({ length: 20 }, (_, index) => `/scope-${index}/`);
    const world = await makeWorld({
      parameters: Object.fromEntries([
        ...scopes.map((scope) => [`${scope}x`, { value: "v" }]),
        ...Array.from({ length: 25 }, (_, index) => [`/outside/${index}`, { value: "v" }]),
      ]),
      environment: { scopes },
    });
    await world.apply();
    expect(await callsOf(world)).toEqual({ DescribeParameters: 1, GetParameter: 1 });
  });

  test("whatever rules they have: no replica, source or generated value is read", async () => {
    const world = await makeWorld({
      parameters: { ...PARAMETERS, "/app/x/made": { generate: { type: "password" } } },
      supplied: { [SOURCE]: "one" },
    });
    await world.apply();
    expect(await callsOf(world)).toEqual({ DescribeParameters: 1, GetParameter: 1 });
  });
});

async function inSync(count: number): Promise<World> {
  const names = Array.from({ length: count }, (_, index) => `/app/x/${index}`);
  const parameters = Object.fromEntries(names.map((name) => [name, { value: "v" }]));
  const world = await makeWorld({ parameters });
  if (count > 0) await world.apply();
  return world;
}

/** The API calls of one plan, which must be empty, by operation. */
async function callsOf(world: World): Promise<Record<string, number>> {
  const calls: Call[] = [];
  const stop = world.observe((call) => calls.push(call));
  const before = world.session.store.calls;
  const { summary } = await world.plan(NO_INPUTS);
  stop();
  expect(summary).toMatchObject({ add: 0, change: 0, destroy: 0, blocked: 0, conflict: 0 });
  expect(world.session.store.calls - before).toBe(calls.length);
  const counts: Record<string, number> = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}
