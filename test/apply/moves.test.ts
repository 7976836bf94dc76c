import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/model/error.ts";
import { parameterName } from "../../src/model/name.ts";
import { lockName } from "../../src/model/own-name.ts";
import { proposeApply } from "../../src/pipeline.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { renderPlan } from "../../src/render/human-plan.ts";
import { aroundStore } from "../support/around-store.ts";
import { bringBack } from "../support/bring-back.ts";
import { dies, NEXT } from "../support/dies.ts";
import { applyFileless } from "../support/fileless.ts";
import {
  changeOf,
  DELETE_ALL,
  decisions,
  makeWorld,
  describe as metadata,
  NO_INPUTS,
  outcomes,
  type World,
  type WorldOptions,
} from "../support/world.ts";

const IMAGE = "ami-0000000000000000a";
const REFUSED = { fault: ["PutParameter@/app/other:every:error=AccessDeniedException"] };

/** `before` applied, its static values each named after its parameter; an hour later `after` is declared. */
async function changed(before: Record<string, object>, after: WorldOptions): Promise<World> {
  const supplied = Object.fromEntries(Object.keys(before).map((name) => [name, `value of ${name}`]));
  const world = await makeWorld({ parameters: before, supplied });
  await world.apply();
  world.pass(3_600_000);
  world.declare({ supplied: {}, ...after });
  return world;
}

const moving = (...moves: [string, string][]) => ({
  "moved.json": { moved: moves.map(([from, to]) => ({ from, to })) },
});

/** `/app/y` is to be replaced, and the name that it had before is still live: that move is history. */
const besideReplaced = () =>
  changed(
    { "/app/x": {}, "/app/y": { value: IMAGE } },
    {
      parameters: { "/app/y": { value: IMAGE, dataType: "aws:ec2:image" }, "/app/other": { value: "other" } },
      files: moving(["/app/x", "/app/y"]),
    },
  );

/** `/app/b` moves to `/app/c`; `/app/a`, an older name of both, is still live. */
const inChain = () =>
  changed(
    { "/app/a": {}, "/app/b": {} },
    {
      parameters: { "/app/c": {}, "/app/other": { value: "other" } },
      files: moving(["/app/a", "/app/b"], ["/app/b", "/app/c"]),
    },
  );

/** `/app/a` moves to `/app/c`. */
const simple = () =>
  changed(
    { "/app/a": {} },
    { parameters: { "/app/c": {}, "/app/other": { value: "other" } }, files: moving(["/app/a", "/app/c"]) },
  );

const stays = [
  ["beside a name that is replaced", besideReplaced, "/app/x", { "/app/y": IMAGE }],
  [
    "further back in a chain of moves",
    inChain,
    "/app/a",
    { "/app/b": undefined, "/app/c": "value of /app/b" },
  ],
] as const;

describe.each(stays)("what a plan withholds, %s,", (_, begin, name, ends) => {
  const value = `value of ${name}`;

  async function expectEnd(world: World, plan: Plan) {
    expect(await world.value(name)).toBe(value);
    for (const [each, is] of Object.entries(ends))
      expect([each, await world.value(each)]).toEqual([each, is]);
    const left = Object.entries(decisions(await world.plan())).filter(([, is]) => is !== "no-op");
    expect(left).toEqual([[name, "withheld not_in_config"]]);
    expect(plan.withheld).toMatchObject([{ address: name }]);
  }

  test.each(["before", "after"] as const)(
    "stays when a saved plan is cut right %s any of its calls, and is finished",
    async (when) => {
      for (let at = 1; ; at += 1) {
        const world = await begin();
        const plan = await world.plan();
        if (!(await dies(world, at, when, () => world.applySaved(plan)))) break;
        await world.applySaved(plan, { holder: NEXT });
        await expectEnd(world, plan);
      }
    },
  );

  test.each([{}, { expected: true }])(
    "stays when an apply without a file is cut, and is finished: %j",
    async ({ expected = false }) => {
      for (let at = 6; ; at += 1) {
        const world = await begin();
        const plan = await world.plan();
        const expect = expected ? { expect: plan.fingerprint } : {};
        if (!(await dies(world, at, "after", () => applyFileless(world, NO_INPUTS, expect)))) break;
        await applyFileless(world, NO_INPUTS, { pid: 2, ...expect });
        await expectEnd(world, plan);
      }
    },
  );

  test("stays when something else failed, and the same apply is run again", async () => {
    const world = await begin();
    const plan = await world.plan();
    world.impose(REFUSED);
    await applyFileless(world, NO_INPUTS);
    world.impose({});
    const result = await applyFileless(world, NO_INPUTS, { pid: 2 });
    expect(result === "unexpected" ? result : outcomes(result)).toEqual({ "/app/other": "applied" });
    await expectEnd(world, plan);
  });
});

const lockOf = async (world: World) => (await metadata(world, lockName("test")))?.description ?? "";

test("a run records what it replaces, and passes it on until it is finished", async () => {
  const world = await besideReplaced();
  const said = async () => (await lockOf(world)).match(/\{replacing:1 .*\}$/)?.[0];
  world.impose({
    fault: ["PutParameter@/app/y:every:error=AccessDeniedException"],
    deny: ["ssm:PutParameter:/app/y"],
  });
  await applyFileless(world, NO_INPUTS);
  expect(await world.value("/app/y")).toBeUndefined();
  const first = await said();
  expect(first).toMatch(/^\{replacing:1 [\w-]{8} [0-9a-f]{32}\}$/);
  await applyFileless(world, NO_INPUTS, { pid: 2 });
  expect(await said()).toBe(first);
  world.impose({});
  await applyFileless(world, NO_INPUTS, { pid: 3 });
  expect(await said()).toBeUndefined();
  expect([await world.value("/app/y"), await world.value("/app/x")]).toEqual([IMAGE, "value of /app/x"]);
});

test("a former name that somebody brings back while a run is unfinished is not its move", async () => {
  const world = await changed({ "/app/x": {} }, { parameters: { "/app/keep": { value: "1" } } });
  await world.apply({ ...DELETE_ALL, allow: { delete: 1 } });
  world.declare({
    supplied: {},
    parameters: {
      "/app/keep": { value: "1" },
      "/app/y": { generate: { type: "password" } },
      "/app/other": { value: "o" },
    },
    files: moving(["/app/x", "/app/y"]),
  });
  world.impose(REFUSED);
  await applyFileless(world, NO_INPUTS);
  world.impose({});
  await bringBack(world, "/app/x");
  await applyFileless(world, NO_INPUTS, { pid: 2 });
  expect(await world.value("/app/x")).toBe("value of /app/x");
});

describe("an old name that somebody writes after its value was carried over is not deleted", () => {
  /** Cut between the write of the new name and the delete of the old one, which then somebody writes. */
  async function overtaken(carryOut: (world: World, plan: Plan) => Promise<unknown>) {
    const world = await simple();
    const plan = await world.plan();
    const { session } = world;
    const store = aroundStore(session.store, ({ method }, proceed) =>
      method === "delete" ? Promise.reject(new Error("cut")) : proceed(),
    );
    world.session = { ...session, store };
    await expect(carryOut(world, plan)).rejects.toThrow("cut");
    world.session = session;
    await world.put("/app/a", "rotated");
    return { world, plan };
  }

  async function expectKept(world: World) {
    expect(await world.value("/app/a")).toBe("rotated");
    expect(await world.value("/app/c")).toBe("value of /app/a");
  }

  test("an apply without a file refuses, and says where the newer value lies", async () => {
    const { world } = await overtaken((one) => applyFileless(one, NO_INPUTS));
    await expect(applyFileless(world, NO_INPUTS, { pid: 2 })).rejects.toMatchObject({
      exitCode: EXIT.refused,
    });
    await expectKept(world);
    const proposal = await proposeApply(world.session, { inputs: NO_INPUTS, deep: false });
    if (!proposal.complete) throw proposal.failure;
    expect(decisions(proposal.approved)).toEqual({
      "/app/c": "blocked former_changed on /app/a",
      "/app/other": "no-op",
    });
    expect(proposal.approved.diagnostics).toEqual([]);
    const text = renderPlan(proposal.approved, { color: false });
    expect(text).toContain("/app/a was written after its value was carried here");
    expect(text).toContain("paraform put NAME --env test");
  });

  test("and goes on once that value is put under the new name", async () => {
    const { world } = await overtaken((one) => applyFileless(one, NO_INPUTS));
    await world.put("/app/c", "rotated");
    await applyFileless(world, NO_INPUTS, { pid: 2 });
    expect(await world.value("/app/a")).toBe("rotated");
    await world.apply({ ...DELETE_ALL, allow: { delete: 1 } });
    expect([await world.value("/app/a"), await world.value("/app/c")]).toEqual([undefined, "rotated"]);
  });

  test("a saved plan is stale, and says why", async () => {
    const { world, plan } = await overtaken((one, saved) => one.applySaved(saved));
    await expect(world.applySaved(plan, { holder: NEXT })).rejects.toMatchObject({
      exitCode: EXIT.stale,
      message: expect.stringContaining("somebody wrote /app/a after its value was carried there"),
    });
    await expectKept(world);
  });
});

test("a move that has begun does not say again that it takes over what was changed outside", async () => {
  const world = await simple();
  await world.put("/app/a", "by hand");
  const said = async () => {
    const proposal = await proposeApply(world.session, { inputs: NO_INPUTS, deep: false });
    if (!proposal.complete) throw proposal.failure;
    return [decisions(proposal.approved)["/app/c"], proposal.approved.diagnostics.map(({ code }) => code)];
  };
  expect(await said()).toEqual(["move moved", ["changed_outside"]]);
  world.impose({ fault: ["DeleteParameter:every:error=AccessDeniedException"] });
  await applyFileless(world, NO_INPUTS);
  expect(await said()).toEqual(["move moved", []]);
  world.impose({});
  await applyFileless(world, NO_INPUTS, { pid: 2 });
  expect([await world.value("/app/a"), await world.value("/app/c")]).toEqual([undefined, "by hand"]);
});

test.each([
  ["deletes", (world: World) => world.remove("/app/c"), undefined],
  ["writes", (world: World) => world.put("/app/c", "by hand"), "by hand"],
])("where somebody %s the new name before the old one goes, the old one stays", async (_, meddle, is) => {
  const world = await simple();
  const plan = await world.plan();
  const { session } = world;
  const store = aroundStore(session.store, async ({ method, name }, carryOut) => {
    const answer = await carryOut();
    if (method === "put" && name?.startsWith("/paraform/test/deleted/")) await meddle(world);
    return answer;
  });
  world.session = { ...session, store };
  const result = await world.applySaved(plan);
  expect(outcomes(result)).toEqual({ "/app/c": "failed conflict", "/app/other": "applied" });
  expect(await world.value("/app/a")).toBe("value of /app/a");
  expect(await world.value("/app/c")).toBe(is);
});

test("a plan does not promise a copy that --purge does not keep", async () => {
  const world = await changed(
    { "/app/a": {} },
    { parameters: { "/app/c": { value: "literal" } }, files: moving(["/app/a", "/app/c"]) },
  );
  const plan = await world.plan();
  expect(changeOf(plan, "/app/c")?.previous_address).toBe("/app/a");
  expect(plan.diagnostics).toMatchObject([
    {
      code: "value_lost",
      summary: expect.stringContaining(
        "unless apply is to --purge, a copy of it is kept for 30 days, as /app/a",
      ),
    },
  ]);
});

describe("a replace that was cut while its name rests, beside a former name that is live", () => {
  const touched = {
    parameters: { "/app/y": { value: IMAGE, dataType: "aws:ec2:image" }, "/app/new": { value: "new" } },
    files: moving(["/app/x", "/app/y"]),
  };
  const rotating = { regenerate: ["/**"] };

  test.each<[string, number, object, (world: World) => void]>([
    ["another config", 1, NO_INPUTS, (world) => world.declare({ supplied: {}, ...touched })],
    ["the same command a day later", 25, rotating, () => {}],
  ])("keeps that one when it is gone on with by %s", async (_, hours, inputs, meanwhile) => {
    let half = 0;
    for (let at = 1, died = true; died; at += 1) {
      const world = await besideReplaced();
      died = await dies(world, at, "before", () => applyFileless(world, inputs));
      if ((await world.value("/app/y")) === undefined) half += 1;
      world.pass(hours * 3_600_000);
      meanwhile(world);
      await applyFileless(world, inputs, { pid: 2 });
      expect([at, await world.value("/app/x"), await world.value("/app/y")]).toEqual([
        at,
        "value of /app/x",
        IMAGE,
      ]);
    }
    expect(half).toBeGreaterThan(0);
  });

  test("keeps it when another name was made anew meanwhile, and the run is cut once more", async () => {
    let half = 0;
    for (let at = 1, died = true; died; at += 1) {
      const y = { value: IMAGE, dataType: "aws:ec2:image" };
      const world = await changed(
        { "/app/x": {}, "/app/y": y },
        {
          parameters: { "/app/y": y, "/app/other": { value: "other" } },
          files: moving(["/app/x", "/app/y"]),
        },
      );
      world.impose(REFUSED);
      await applyFileless(world, NO_INPUTS);
      const { description = "" } =
        (await world.session.store.describe({ prefixes: ["/app/"], names: [] })).get(
          parameterName("/app/y"),
        ) ?? {};
      await world.remove("/app/y");
      world.pass(60_000);
      await world.put("/app/y", IMAGE, { Type: "String", Description: description, Overwrite: false });
      died = await dies(world, at, "before", () => applyFileless(world, NO_INPUTS, { pid: 2 }));
      if ((await world.value("/app/y")) === undefined) half += 1;
      await applyFileless(world, NO_INPUTS, { pid: 3 }).catch(() => {});
      expect([at, await world.value("/app/x")]).toEqual([at, "value of /app/x"]);
    }
    expect(half).toBeGreaterThan(0);
  });
});
