import { describe, expect, test } from "vitest";
import { renderPlan } from "../../src/render/human-plan.ts";
import { applyFileless } from "../support/fileless.ts";
import {
  changeOf,
  DELETE_ALL,
  decisions,
  makeWorld,
  outcomes,
  type World,
  type WorldOptions,
} from "../support/world.ts";

const GENERATE = { generate: { type: "password" } };
const MOVED = [{ from: "/dba/old", to: "/dba/new" }];

/** `/dba/old` as `before` has it, applied; then `/dba/new` as `after` has it, moved from there. */
async function moved(before: object, after: object, more: WorldOptions = {}): Promise<World> {
  const world = await makeWorld({ parameters: { "/dba/old": before }, supplied: { "/dba/old": "dummy" } });
  await world.apply();
  world.pass(3_600_000);
  moveTo(world, { "/dba/new": after }, more);
  return world;
}

function moveTo(world: World, parameters: Record<string, unknown>, more: WorldOptions = {}): void {
  const files = { "moved.json": { moved: MOVED } };
  world.declare({ parameters, supplied: {}, files, ...more });
}

describe("a move is one change of the new name", () => {
  test.each([
    ["a static value", {}, {}],
    ["a generated value", GENERATE, GENERATE],
    ["a static value that is kept as a generated one", {}, GENERATE],
    ["a literal", { value: "text" }, { value: "text" }],
  ])("%s", async (_, before, after) => {
    const world = await moved(before, after);
    const plan = await world.plan(DELETE_ALL);
    expect(decisions(plan)).toEqual({ "/dba/new": "move moved" });
    expect(changeOf(plan, "/dba/new")).toMatchObject({
      previous_address: "/dba/old",
      change: { actions: ["create"], before: null },
      precondition: null,
    });
    expect(plan.summary).toMatchObject({ move: 1, add: 0, destroy: 0, withheld: { delete: 0 } });
    expect(plan.guards.find(({ name }) => name === "delete")?.count).toBe(0);
    expect(plan.applyable).toBe(true);
  });

  test("and says what becomes of the value and of the old name", async () => {
    const world = await moved({}, {});
    const text = renderPlan(await world.plan(), { color: false });
    expect(text).toContain("# /dba/old has moved to /dba/new");
    expect(text).toContain("its value goes with it; /dba/old is deleted once it is written");
    expect(text).toContain("(sensitive value, as it is)");
    expect(text).toContain("Plan: 1 to move, 0 to add, 0 to change, 0 to destroy.");
  });
});

test("a value that a source has for the new name wins", async () => {
  const world = await moved({}, {}, { supplied: { "/dba/new": "another dummy" } });
  const change = changeOf(await world.plan(), "/dba/new");
  expect(change?.origin?.supplied_by).toBe("file values.json");
  expect(change?.change.after?.value).toHaveProperty("$digest");
});

test("--regenerate leaves a value as it is that moves, and says so", async () => {
  const world = await moved(GENERATE, GENERATE);
  const plan = await world.plan({ regenerate: ["/**"] });
  expect(decisions(plan)).toEqual({ "/dba/new": "move moved" });
  expect(plan.diagnostics).toMatchObject([{ code: "not_regenerated", address: "/dba/new" }]);
});

test("followers of the old name are renewed, not made anew, and without reading a value", async () => {
  const followers = (source: string) => ({
    "/app/copy": { copy: source },
    "/app/url": { merge: ["x://", `\${${source}}`] },
  });
  const world = await makeWorld({ parameters: { "/dba/old": GENERATE, ...followers("/dba/old") } });
  await world.apply();
  world.impose({ deny: ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"] });
  moveTo(world, { "/dba/new": GENERATE, ...followers("/dba/new") });
  expect(decisions(await world.plan())).toEqual({
    "/dba/new": "move moved",
    "/app/copy": "update stamp_renewed",
    "/app/url": "update stamp_renewed",
  });
});

test("so is what is derived from a value that moves: it is not made anew", async () => {
  const declared = (source: string) => ({
    [source]: GENERATE,
    "/dba/hash": { generate: { type: "bcrypt-password-hash", source } },
  });
  const world = await makeWorld({ parameters: declared("/dba/old") });
  await world.apply();
  const before = await world.value("/dba/hash");
  moveTo(world, declared("/dba/new"));
  expect(decisions(await world.plan())).toEqual({
    "/dba/hash": "update stamp_renewed",
    "/dba/new": "move moved",
  });
  await world.apply();
  expect(await world.value("/dba/hash")).toBe(before);
  expect(Object.values(decisions(await world.plan()))).toEqual(["no-op", "no-op"]);
});

test("but it is made anew where a source has another value for the new name", async () => {
  const declared = (source: string) => ({
    [source]: {},
    "/dba/hash": { generate: { type: "bcrypt-password-hash", source, rounds: 4 } },
  });
  const world = await makeWorld({ parameters: declared("/dba/old"), supplied: { "/dba/old": "dummy" } });
  await world.apply();
  const before = await world.value("/dba/hash");
  moveTo(world, declared("/dba/new"), { supplied: { "/dba/new": "another dummy" } });
  expect(decisions(await world.plan())).toEqual({
    "/dba/hash": "update value_changed",
    "/dba/new": "move moved",
  });
  await world.apply();
  expect(await world.value("/dba/hash")).not.toBe(before);
});

test("nor does a copy keep its value where the old name had another one by hand, and the new one has the former again", async () => {
  const declared = (source: string) => ({ [source]: {}, "/app/copy": { copy: source } });
  const world = await makeWorld({ parameters: declared("/dba/old"), supplied: { "/dba/old": "dummy" } });
  await world.apply();
  await world.put("/dba/old", "by hand");
  world.declare({ parameters: declared("/dba/old"), supplied: {} });
  await world.apply();
  expect(await world.value("/app/copy")).toBe("by hand");
  moveTo(world, declared("/dba/new"), { supplied: { "/dba/new": "dummy" } });
  expect(decisions(await world.plan())["/app/copy"]).toBe("update value_changed");
  await world.apply();
  expect(await world.value("/app/copy")).toBe("dummy");
});

test("so are followers of a literal and of a copy that move with their values", async () => {
  const declared = (host: string, copy: string) => ({
    "/dba/password": {},
    [host]: { value: "mysql.internal" },
    [copy]: { copy: "/dba/password" },
    "/app/url": { merge: [`\${${copy}}`, "@", `\${${host}}`] },
  });
  const world = await makeWorld({
    parameters: declared("/dba/host", "/app/old"),
    supplied: { "/dba/password": "dummy" },
  });
  await world.apply();
  const moves = [
    { from: "/dba/host", to: "/dba/hostname" },
    { from: "/app/old", to: "/app/new" },
  ];
  world.declare({
    parameters: declared("/dba/hostname", "/app/new"),
    supplied: {},
    files: { "moved.json": { moved: moves } },
  });
  expect(decisions(await world.plan())["/app/url"]).toBe("update stamp_renewed");
  world.declare({
    parameters: { ...declared("/dba/hostname", "/app/new"), "/dba/hostname": { value: "another" } },
  });
  expect(decisions(await world.plan())["/app/url"]).toBe("update value_changed");
});

test("a chain of moves starts at the nearest name that is live; an older one is an orphan", async () => {
  const world = await makeWorld({ parameters: { "/dba/a": GENERATE, "/dba/b": GENERATE } });
  await world.apply();
  const moves = [
    { from: "/dba/a", to: "/dba/b" },
    { from: "/dba/b", to: "/dba/c" },
  ];
  world.declare({ parameters: { "/dba/c": GENERATE }, files: { "moved.json": { moved: moves } } });
  expect(decisions(await world.plan())).toEqual({
    "/dba/a": "withheld not_in_config",
    "/dba/c": "move moved",
  });
  await world.remove("/dba/b");
  expect(changeOf(await world.plan(), "/dba/c")?.previous_address).toBe("/dba/a");
});

describe("how the old name stands", () => {
  test("gone: the new one is decided as if there were no move", async () => {
    const world = await moved({}, {});
    await world.remove("/dba/old");
    expect(decisions(await world.plan())).toEqual({ "/dba/new": "blocked missing" });
  });

  test("touched outside: it is still ours and moves as it is, with a note", async () => {
    const world = await moved({}, {});
    await world.put("/dba/old", "by hand");
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ "/dba/new": "move moved" });
    expect(plan.diagnostics).toMatchObject([{ code: "changed_outside" }]);
  });

  test.each([
    ["static", {}, {}],
    ["a literal", { value: "literal" }, { value: "literal", type: "SecureString" }],
  ])(
    "touched outside: what was put there is warned of where the new name has a value of its own: %s",
    async (_, before, after) => {
      const supplied = (name: string) => ("value" in after ? {} : { [name]: "of the source" });
      const world = await makeWorld({ parameters: { "/dba/old": before }, supplied: supplied("/dba/old") });
      await world.apply();
      await world.put("/dba/old", "the only copy", "value" in before ? { Type: "String" } : {});
      moveTo(world, { "/dba/new": after }, { supplied: supplied("/dba/new") });
      const { diagnostics } = await world.plan();
      expect(diagnostics).toMatchObject([
        {
          severity: "warning",
          code: "changed_outside",
          summary: expect.stringContaining("/dba/new does not take over what was put outside under /dba/old"),
        },
      ]);
    },
  );

  test("unstamped: blocked, for nothing without our stamp is deleted", async () => {
    const world = await makeWorld({});
    await world.put("/dba/old", "dummy");
    moveTo(world, { "/dba/new": {} }, { adopt: [{ name: "/dba/new" }] });
    const plan = await world.plan(DELETE_ALL);
    expect(decisions(plan)).toEqual({ "/dba/new": "blocked unstamped on /dba/old" });
    expect(renderPlan(plan, { color: false })).toContain("adopt it under that name first");
  });

  test("another owner's: a conflict", async () => {
    const world = await moved({}, {}, { environment: { owner: "others" } });
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ "/dba/new": "conflict platform" });
  });

  test("with a stamp that does not verify: a conflict", async () => {
    const world = await moved({}, {});
    await world.put("/dba/old", "dummy", { Description: "{paraform:1 forged}" });
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ "/dba/new": "conflict unverified" });
  });

  test("and the new one is derived from what is not there: blocked, and the old value is no hash", async () => {
    const hash = { generate: { type: "bcrypt-password-hash", source: "/dba/absent", rounds: 4 } };
    const world = await moved({}, hash);
    expect(decisions(await world.plan(DELETE_ALL))).toMatchObject({
      "/dba/new": "blocked input_missing on /dba/absent",
    });
  });

  test("protected: blocked", async () => {
    const world = await moved({}, {}, { environment: { protect: ["/dba/old"] } });
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ "/dba/new": "blocked protected on /dba/old" });
  });
});

test("once the new name is there, the move is history: the old one is an orphan like any other", async () => {
  const world = await makeWorld({ parameters: { "/dba/old": GENERATE, "/dba/new": GENERATE } });
  await world.apply();
  moveTo(world, { "/dba/new": GENERATE });
  expect(decisions(await world.plan())).toEqual({
    "/dba/new": "no-op",
    "/dba/old": "withheld not_in_config",
  });
  expect(decisions(await world.plan(DELETE_ALL))).toEqual({
    "/dba/new": "no-op",
    "/dba/old": "delete not_in_config",
  });
});

test.each([{ exclude: ["/dba/new"] }, { exclude: ["/dba/old"] }, { target: ["/app/**"] }])(
  "what %j leaves out of the plan is neither moved nor deleted",
  async (inputs) => {
    const world = await moved({}, {});
    expect(decisions(await world.plan({ ...DELETE_ALL, ...inputs }))).toEqual({});
  },
);

describe("what a move would let more people read trips the exposure guard", () => {
  test.each([
    ["a secret to a String", { type: "String" }, {}],
    ["a secret under a public glob", {}, { public: ["/dba/new"] }],
    ["a secret to the key of AWS's own", { key: "alias/aws/ssm" }, {}],
  ])("%s", async (_, after, environment) => {
    const world = await moved({}, after, { environment });
    const plan = await world.plan();
    expect(plan.guards.filter(({ tripped }) => tripped)).toMatchObject([{ name: "exposure", count: 1 }]);
    expect(JSON.stringify(plan)).not.toContain("dummy");
  });
});

test("the decision is bound to what lies under the old name", async () => {
  const world = await moved({}, {});
  const before = await world.plan();
  await world.put("/dba/old", "dummy");
  const after = await world.plan();
  expect(after.fingerprint).not.toBe(before.fingerprint);
});

test("what the config says wrongly is said with its place and a remedy", async () => {
  const world = await makeWorld();
  const wrong = (moves: object[], parameters: object = { "/dba/new": {} }, environment: object = {}) => {
    try {
      world.declare({
        parameters: { ...parameters },
        files: { "moved.json": { moved: moves } },
        environment: { ...environment },
      });
    } catch (error) {
      return (error as { problems: { summary: string }[] }).problems.map(({ summary }) => summary);
    }
    return [];
  };
  expect(wrong([{ from: "/dba/old", to: "/dba/gone" }])).toEqual(["/dba/gone is moved to but not declared"]);
  expect(wrong(MOVED, { "/dba/new": {}, "/dba/old": {} })).toEqual(["/dba/old is moved and declared"]);
  expect(wrong(MOVED, { "/dba/new": {}, "/app/x": { copy: "/dba/old" } })).toEqual([
    "/dba/old is moved, but still referred to",
  ]);
  expect(wrong([...MOVED, { from: "/dba/old", to: "/dba/new" }])).toEqual(["/dba/old is moved twice"]);
  expect(wrong([...MOVED, { from: "/dba/older", to: "/dba/new" }])).toEqual([
    "/dba/old and /dba/older are both moved to /dba/new",
  ]);
  expect(wrong([{ from: "/dba/old", to: "/dba/old" }])).toEqual(["/dba/old is moved to itself"]);
  const circle = [
    { from: "/dba/a", to: "/dba/b" },
    { from: "/dba/b", to: "/dba/a" },
  ];
  expect(wrong(circle)).toEqual(["/dba/a is moved in a circle", "/dba/b is moved in a circle"]);
  expect(wrong([{ from: "/else/old", to: "/dba/new" }])).toEqual([
    "/else/old is moved, but lies in no scope",
  ]);
  expect(wrong(MOVED, { "/dba/new": {} }, { ignore: ["/dba/old"] })).toEqual([
    "/dba/old is moved and ignored",
  ]);
});

describe("a name that was there before is no move, also where a run that was cut has written it", () => {
  async function cut() {
    const before = { "/app/x": { value: "x" }, "/dba/old": GENERATE, "/dba/new": { value: "old" } };
    const world = await makeWorld({ parameters: before });
    await world.apply();
    world.pass(3_600_000);
    moveTo(world, { "/app/x": { value: "y" }, "/dba/new": { value: "new" } });
    const plan = await world.plan();
    return { world, plan, old: await world.value("/dba/old") };
  }

  test("a saved plan is finished, and what it did not delete stays", async () => {
    const { world, plan, old } = await cut();
    await world.applySaved(plan, { stopAfter: 1 });
    expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/x": "done", "/dba/new": "applied" });
    expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/x": "done", "/dba/new": "done" });
    expect(await world.value("/dba/old")).toBe(old);
  });

  test("and so is an apply without a file", async () => {
    const { world, old } = await cut();
    world.declare({
      parameters: { "/dba/new": { value: "new" }, "/dba/z": { value: "z" } },
      files: { "moved.json": { moved: MOVED } },
    });
    await applyFileless(world, {}, { stopAfter: 1 });
    const result = await applyFileless(world, {}, { pid: 2 });
    expect(result === "unexpected" ? result : outcomes(result)).toEqual({ "/dba/z": "applied" });
    expect(await world.value("/dba/old")).toBe(old);
  });
});
