import { describe, expect, test } from "vitest";
import { unfinishedRun } from "../../src/apply/lock.ts";
import { proposeApply } from "../../src/pipeline.ts";
import { dyingStore, Killed } from "../support/around-store.ts";
import { BUSY_INPUTS, busyWorld, faultsOf } from "../support/busy-world.ts";
import { applyFileless, type FilelessOptions } from "../support/fileless.ts";
import { DELETE_ALL, makeWorld, NO_INPUTS, outcomes, type World } from "../support/world.ts";

const REGENERATE = { regenerate: ["/**"] };

async function apply(world: World, inputs = {}, options: FilelessOptions = {}) {
  const result = await applyFileless(world, inputs, options);
  return result === "unexpected" ? result : outcomes(result);
}

describe.each(["before", "after"] as const)("killed right %s", (when) => {
  test("any of its calls, the same command finishes it: nothing is rotated or written twice", async () => {
    for (let at = 1; ; at += 1) {
      const world = await busyWorld();
      const plan = await world.plan(BUSY_INPUTS);
      const { session } = world;
      const dying = dyingStore(session.store, at, when);
      world.session = { ...session, store: dying.store };
      await applyFileless(world, BUSY_INPUTS).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      world.session = session;
      if (!dying.died()) break;
      const faults = await faultsOf(world, plan);
      const isOver = faults.length === 0 && (await unfinishedRun(session.store, "test")) === undefined;
      const again = await apply(world, BUSY_INPUTS, { pid: 2, expect: plan.fingerprint });
      // Killed after its very last call, which freed the lock: the same command would be a new rotation.
      expect([at, again === "unexpected"]).toEqual([at, isOver]);
      expect([at, await faultsOf(world, plan)]).toEqual([at, []]);
    }
  });
});

describe("a run that was stopped", () => {
  async function stopped(stopAfter = 2) {
    const world = await busyWorld();
    const plan = await world.plan(BUSY_INPUTS);
    await applyFileless(world, BUSY_INPUTS, { stopAfter });
    return { world, plan };
  }

  test("is forgotten once it is finished: the next one rotates again", async () => {
    const { world, plan } = await stopped();
    await apply(world, BUSY_INPUTS);
    expect(await faultsOf(world, plan)).toEqual([]);
    expect(await unfinishedRun(world.session.store, "test")).toBeUndefined();
    const made = await world.value("/app/b/new");
    expect(await apply(world, REGENERATE)).toMatchObject({ "/app/b/new": "applied", "/dba/made": "applied" });
    expect(await world.value("/app/b/new")).not.toBe(made);
  });

  test("is passed over with other inputs or another config, and what it had left is counted at most", async () => {
    const { world, plan } = await stopped();
    const passed = async (inputs = BUSY_INPUTS) => {
      const proposal = await proposeApply(world.session, { inputs, deep: false });
      if (!proposal.complete) throw proposal.failure;
      return proposal.passedOver;
    };
    const changes = plan.resource_changes.filter(({ change }) => change.actions[0] !== "no-op").length;
    const run = await unfinishedRun(world.session.store, "test");
    expect(await passed()).toBeUndefined();
    const left = { started: run?.started, changes, left: changes - 2, outdated: false };
    expect(await passed({ ...BUSY_INPUTS, regenerate: ["/dba/**"] })).toEqual(left);
    const { session } = world;
    world.declare({ parameters: { "/dba/made": { generate: { type: "password" } } } });
    expect(await passed()).toMatchObject({ changes });
    world.session = session;
    await apply(world, BUSY_INPUTS);
    expect(await passed({ ...BUSY_INPUTS, regenerate: ["/dba/**"] })).toBeUndefined();
  });

  test("is not passed over where somebody without the digest key wrote the lock: there was none", async () => {
    const { world } = await stopped();
    const lock = JSON.parse((await world.value("/paraform/test/lock")) ?? "") as { run: object };
    const forged = { ...lock, kind: "take", run: { ...lock.run, changes: 99 } };
    const from = await world.put("/paraform/test/lock", "{}", { Type: "String" });
    await world.put("/paraform/test/lock", JSON.stringify({ ...forged, from }), { Type: "String" });
    expect((await unfinishedRun(world.session.store, "test"))?.changes).toBe(99);
    const inputs = { ...BUSY_INPUTS, regenerate: [] };
    const proposal = await proposeApply(world.session, { inputs, deep: false });
    expect(proposal.complete).toBe(true);
    expect(proposal.complete && proposal.passedOver).toBeUndefined();
  });

  test("is not resumed with other inputs: what it rotated counts for nothing then", async () => {
    const { world } = await stopped();
    const made = await world.value("/dba/made");
    await apply(world, { regenerate: ["/dba/**"] });
    expect(await world.value("/dba/made")).not.toBe(made);
  });

  test("is not resumed under another config", async () => {
    const { world } = await stopped();
    const made = await world.value("/dba/made");
    world.declare({ parameters: { "/dba/made": { generate: { type: "password" } } } });
    await apply(world, REGENERATE);
    expect(await world.value("/dba/made")).not.toBe(made);
  });

  test("is resumed with other guards acknowledged: those are no part of what is meant", async () => {
    const { world, plan } = await stopped();
    await apply(world, { ...BUSY_INPUTS, allow: { delete: 1 } });
    expect(await faultsOf(world, plan)).toEqual([]);
  });

  test("meets the fingerprint that it was reviewed with", async () => {
    const { world, plan } = await stopped();
    expect(await apply(world, BUSY_INPUTS, { expect: plan.fingerprint })).not.toBe("unexpected");
    expect(await faultsOf(world, plan)).toEqual([]);
  });

  test("meets it also after a second cut", async () => {
    const { world, plan } = await stopped();
    await apply(world, BUSY_INPUTS, { expect: plan.fingerprint, stopAfter: 2 });
    expect(await apply(world, BUSY_INPUTS, { expect: plan.fingerprint })).not.toBe("unexpected");
    expect(await faultsOf(world, plan)).toEqual([]);
  });

  test("is held up by a guard that counts more than when it began", async () => {
    const parameters = { "/app/late": { copy: "/dba/late" }, "/app/first": { value: "1" } };
    const world = await makeWorld({ parameters });
    await world.put("/dba/late", "late");
    await applyFileless(world, {}, { stopAfter: 1 });
    await world.remove("/dba/late");
    await expect(applyFileless(world, {})).rejects.toMatchObject({
      exitCode: 3,
      message: "refused by blocked parameters: 2, at most 0",
    });
  });

  test("meets no other fingerprint", async () => {
    const { world } = await stopped();
    expect(await apply(world, BUSY_INPUTS, { expect: "0".repeat(32) })).toBe("unexpected");
  });
});

describe("a run that was stopped does not meet its fingerprint any more once somebody wrote", () => {
  const PARAMETERS = {
    "/app/first": { value: "1" },
    "/app/second": { copy: "/dba/source" },
    "/app/third": { value: "3" },
  };

  async function stopped() {
    const world = await makeWorld({ parameters: { ...PARAMETERS, "/app/zorphan": { value: "z" } } });
    await world.put("/dba/source", "source");
    await world.apply();
    world.pass(60_000);
    world.declare({
      parameters: {
        "/app/first": { value: "one" },
        "/app/second": { copy: "/dba/source", description: "new" },
        "/app/third": { value: "three" },
      },
    });
    const plan = await world.plan(DELETE_ALL);
    await applyFileless(world, DELETE_ALL, { stopAfter: 1, expect: plan.fingerprint });
    world.pass(5_000);
    return { world, plan };
  }

  test("unless nobody did", async () => {
    const { world, plan } = await stopped();
    expect(await apply(world, DELETE_ALL, { expect: plan.fingerprint })).toEqual({
      "/app/second": "applied",
      "/app/third": "applied",
      "/app/zorphan": "applied",
    });
  });

  test.each([
    ["what it still has to write", "/app/third"],
    ["what it has written", "/app/first"],
    ["a source of what it still has to write", "/dba/source"],
    ["what it still has to delete", "/app/zorphan"],
  ])("%s", async (_, name) => {
    const { world, plan } = await stopped();
    await world.put(
      name,
      "foreign",
      name === "/dba/source" ? {} : { Type: name === "/app/second" ? "SecureString" : "String" },
    );
    expect(await apply(world, DELETE_ALL, { expect: plan.fingerprint })).toBe("unexpected");
    expect(await world.value(name)).toBe("foreign");
  });

  test("in between two cuts", async () => {
    const { world, plan } = await stopped();
    await world.put("/app/third", "foreign", { Type: "String" });
    world.pass(5_000);
    await applyFileless(world, DELETE_ALL, { stopAfter: 0 });
    expect(await apply(world, DELETE_ALL, { expect: plan.fingerprint })).toBe("unexpected");
  });
});

describe("a rotation that was cut", () => {
  const NAMES = ["/app/a", "/app/b", "/app/c"];
  const DAY = 24 * 3_600_000;
  const valuesOf = async (world: World) => Promise.all(NAMES.map((name) => world.value(name)));
  const propose = async (world: World) => {
    const proposal = await proposeApply(world.session, {
      inputs: { ...NO_INPUTS, ...REGENERATE },
      deep: false,
    });
    if (!proposal.complete) throw proposal.failure;
    return proposal;
  };

  /** Three generated values, of which a rotation has written the first `stopAfter`. */
  async function cut(stopAfter: number) {
    const generate = { generate: { type: "password" } };
    const world = await makeWorld({ parameters: Object.fromEntries(NAMES.map((name) => [name, generate])) });
    await world.apply();
    world.pass(3_600_000);
    const began = new Date(world.engine.now().getTime()).toISOString();
    await apply(world, REGENERATE, { stopAfter });
    return { world, began };
  }

  test("is resumed within a day, and says which values it does not rotate again, and since when they stand", async () => {
    const { world, began } = await cut(1);
    const before = await valuesOf(world);
    world.pass(DAY - 60_000);
    const { approved, cut: run } = await propose(world);
    expect(run).toBeDefined();
    expect(approved.diagnostics.map(({ code, summary }) => [code, summary])).toEqual([
      [
        "regenerated_before",
        expect.stringMatching(/^\/app\/a was written at \S+Z by the apply that is resumed, and is not reg/),
      ],
    ]);
    expect(approved.diagnostics[0]?.summary).toContain(began.slice(0, 16));
    expect(await apply(world, REGENERATE, { pid: 2 })).toEqual({ "/app/b": "applied", "/app/c": "applied" });
    const after = await valuesOf(world);
    expect(after.map((value, index) => value === before[index])).toEqual([true, false, false]);
  });

  test("is another one a day later: all is rotated, and that is told", async () => {
    const { world } = await cut(1);
    const before = await valuesOf(world);
    world.pass(DAY + 60_000);
    const { cut: run, passedOver } = await propose(world);
    expect([run, passedOver]).toEqual([undefined, expect.objectContaining({ left: 2, outdated: true })]);
    await apply(world, REGENERATE, { pid: 2 });
    const after = await valuesOf(world);
    expect(after.filter((value, index) => value === before[index])).toEqual([]);
  });

  test("that had written nothing begins its day with the next, which is resumed in its turn", async () => {
    const { world } = await cut(0);
    world.pass(2 * DAY);
    await apply(world, REGENERATE, { pid: 2, stopAfter: 1 });
    const [rotated] = await valuesOf(world);
    await apply(world, REGENERATE, { pid: 3 });
    expect((await valuesOf(world))[0]).toBe(rotated);
  });

  test("alone has its day: an apply that regenerates nothing is resumed for ever", async () => {
    const world = await makeWorld({ parameters: { "/app/a": { value: "a" }, "/app/b": { value: "b" } } });
    await apply(world, {}, { stopAfter: 1 });
    world.pass(2 * DAY);
    const proposal = await proposeApply(world.session, { inputs: NO_INPUTS, deep: false });
    expect(proposal.complete && proposal.cut).toBeDefined();
  });
});

test("a run that wrote nothing, because it was stale under the lock, is not kept over one that did", async () => {
  const world = await busyWorld();
  const plan = await world.plan(BUSY_INPUTS);
  const saved = await world.plan();
  await applyFileless(world, BUSY_INPUTS, { stopAfter: 3 });
  await expect(world.applySaved(saved)).rejects.toMatchObject({ exitCode: 4 });
  await apply(world, BUSY_INPUTS);
  expect(await faultsOf(world, plan)).toEqual([]);
});

describe("what a cut run's guards let through", () => {
  const parameters = { "/app/kept": { value: "x" } };
  const swept = { environment: { scopes: [{ path: "/app/", exclusive: true }] }, parameters };
  const foreign = (what: string) => [1, 2, 3, 4, 5].map((n) => `/app/${what}${n}`);

  async function cutAfterDeletes(stopAfter: number) {
    const world = await makeWorld(swept);
    await world.apply();
    for (const name of foreign("old")) await world.put(name, "dummy");
    await applyFileless(world, { ...DELETE_ALL, allow: { delete: 5 } }, { stopAfter });
    world.pass(60_000);
    return world;
  }

  test("is finished without being acknowledged again", async () => {
    const world = await cutAfterDeletes(3);
    expect(Object.values((await apply(world, DELETE_ALL, { pid: 2 })) as object)).toEqual([
      "applied",
      "applied",
    ]);
  });

  test("is not what came into being since, however few", async () => {
    const world = await cutAfterDeletes(4);
    for (const name of foreign("new")) await world.put(name, "precious dummy");
    await expect(apply(world, DELETE_ALL, { pid: 2 })).rejects.toMatchObject({ exitCode: 3 });
    expect(await world.value("/app/new1")).toBe("precious dummy");
  });

  test("is nothing, where somebody without the digest key wrote the lock", async () => {
    const world = await cutAfterDeletes(3);
    const lock = JSON.parse((await world.value("/paraform/test/lock")) ?? "") as { run: { started: number } };
    for (const name of foreign("new")) await world.put(name, "precious dummy");
    const forged = { ...lock, run: { ...lock.run, started: Date.now() * 2, counts: { delete: 999 } } };
    await world.put("/paraform/test/lock", JSON.stringify({ ...forged, from: 2 }));
    await world.put("/paraform/test/lock", JSON.stringify({ ...forged, kind: "take", from: 3 }));
    world.pass(60_000);
    await expect(apply(world, DELETE_ALL, { pid: 2 })).rejects.toMatchObject({ exitCode: 3 });
  });
});
