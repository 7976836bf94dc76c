import { describe, expect, test } from "vitest";
import {
  acquireLock,
  type Holder,
  LEASE,
  type Lease,
  refuseLocked,
  unfinishedRun,
} from "../../src/apply/lock.ts";
import type { Run } from "../../src/apply/run.ts";
import { LOSSES } from "../../src/embedded/fault.ts";
import { EXIT } from "../../src/model/error.ts";
import { lockName } from "../../src/model/own-name.ts";
import { aroundStore } from "../support/around-store.ts";
import { makeWorld, type World } from "../support/world.ts";

const NAME = lockName("test");
const SECOND = 1000;

/** A process on a host; `dead` lists the ids that are no longer running on it. */
function processOn(host: string, pid: number, dead: readonly number[] = []): Holder {
  return { host, pid, who: `user${pid}@${host}`, isAlive: (other) => !dead.includes(other) };
}
const ANN = processOn("one", 1);
const BOB = processOn("two", 2);
const CID = processOn("three", 3);

const NOTHING = { run: null, replacing: null };
const runOf = (fingerprint: string): Run => ({
  fingerprint,
  intent: `intent of ${fingerprint}`,
  started: 7,
  counts: {},
  changes: 0,
  arrivals: "",
  mac: "",
});

function take(
  world: World,
  holder: Holder,
  { store = world.session.store, run = runOf(`run of ${holder.who}`) } = {},
): Promise<Lease> {
  return acquireLock(
    store,
    "test",
    holder,
    (before) => ({ ...before, run: before.run?.fingerprint === run.fingerprint ? before.run : run }),
    () => world.engine.now().getTime(),
  );
}

test("who only asks is told of a held lock, and leaves it as it is", async () => {
  const world = await makeWorld();
  const asks = (holder: Holder) => refuseLocked(world.session.store, "test", holder);
  await asks(BOB);
  const lease = await take(world, ANN);
  const held = await world.value(NAME);
  await expect(asks(BOB)).rejects.toMatchObject(locked(ANN));
  await asks(processOn("one", 9, [1]));
  expect(await world.value(NAME)).toBe(held);
  await lease.release(NOTHING);
  await asks(BOB);
});

const locked = (by: Holder) => ({
  exitCode: EXIT.locked,
  message: `environment test is locked by ${by.who} (process ${by.pid})`,
});

/** `world`'s store, in which `meanwhile` happens between the first read of the lock and the write that follows it. */
function interrupted(world: World, meanwhile: () => Promise<unknown>) {
  let open = true;
  return aroundStore(world.session.store, async ({ method }, carryOut) => {
    if (method === "put" && open) {
      open = false;
      await meanwhile();
    }
    return carryOut();
  });
}

async function lockVersion(world: World): Promise<number> {
  const [reading] = await world.session.store.read([{ name: NAME }]);
  return reading?.kind === "value" ? reading.version : 0;
}

test("one holds the lock and the other is told who", async () => {
  const world = await makeWorld();
  const lease = await take(world, ANN);
  expect(lease.outlasts()).toBe(true);
  await expect(take(world, BOB)).rejects.toMatchObject(locked(ANN));
  await lease.release(NOTHING);
  expect((await take(world, BOB)).outlasts()).toBe(true);
});

describe("two who read the same version", () => {
  test.each([
    ["of a lock that nobody ever held", async () => {}],
    ["of a lock that was freed", async (world: World) => (await take(world, CID)).release(NOTHING)],
  ])("cannot both win: %s", async (_, before) => {
    const world = await makeWorld();
    await before(world);
    let bobs: Lease | undefined;
    const store = interrupted(world, async () => {
      bobs = await take(world, BOB);
    });
    await expect(take(world, ANN, { store })).rejects.toMatchObject(locked(BOB));
    expect(bobs?.outlasts()).toBe(true);
    await expect(take(world, CID)).rejects.toMatchObject(locked(BOB));
  });

  /** Bob wins between Ann's reading and her writing, so that her record lies over his. */
  async function annLost() {
    const world = await makeWorld();
    await (await take(world, CID)).release(NOTHING);
    const lost = { bobs: undefined as Lease | undefined };
    const store = interrupted(world, async () => {
      lost.bobs = await take(world, BOB);
    });
    return { world, lost, ann: () => take(world, ANN, { store }).catch(() => {}) };
  }

  test("the loser's record does not keep the lock longer", async () => {
    const { world } = await annLost();
    const store = interrupted(world, async () => {
      await take(world, BOB);
      world.pass(25 * SECOND);
    });
    await expect(take(world, ANN, { store })).rejects.toMatchObject(locked(BOB));
    world.pass(6 * SECOND);
    expect((await take(world, CID)).outlasts()).toBe(true);
  });

  test("the loser's end does not free it", async () => {
    const { world, lost, ann } = await annLost();
    await ann();
    await expect(take(world, processOn("one", 9, [1]))).rejects.toMatchObject(locked(BOB));
    world.pass(11 * SECOND);
    expect(await lost.bobs?.ensure()).toBe(true);
  });

  test("the loser's run is not the one to resume", async () => {
    const { world, ann } = await annLost();
    await ann();
    expect(await unfinishedRun(world.session.store, "test")).toEqual(runOf("run of user2@two"));
  });

  test("who found it run out is too late when its holder renews it first", async () => {
    const world = await makeWorld();
    const anns = await take(world, ANN);
    world.pass(31 * SECOND);
    const store = interrupted(world, () => anns.ensure());
    await expect(take(world, BOB, { store })).rejects.toMatchObject(locked(ANN));
    expect(anns.outlasts()).toBe(true);
    await expect(take(world, processOn("two", 9, [2]))).rejects.toMatchObject(locked(ANN));
    expect(await unfinishedRun(world.session.store, "test")).toEqual(runOf("run of user1@one"));
  });

  test("the winner's end frees it although the loser's record lies over it", async () => {
    const { world, ann } = await annLost();
    await ann();
    expect((await take(world, processOn("two", 9, [2]))).outlasts()).toBe(true);
  });
});

describe("a lock that is not renewed", () => {
  test("is kept for thirty seconds of the store's time, and no longer", async () => {
    const world = await makeWorld();
    await take(world, ANN);
    world.pass(LEASE);
    await expect(take(world, BOB)).rejects.toMatchObject(locked(ANN));
    world.pass(SECOND);
    expect((await take(world, BOB)).outlasts()).toBe(true);
  });

  test("is free at once when the process is gone, seen from its own host", async () => {
    const world = await makeWorld();
    await take(world, ANN);
    await expect(take(world, processOn("two", 2, [1]))).rejects.toMatchObject(locked(ANN));
    await expect(take(world, processOn("one", 2))).rejects.toMatchObject(locked(ANN));
    expect((await take(world, processOn("one", 2, [1]))).outlasts()).toBe(true);
  });

  test("lets no write start that it may not outlast", async () => {
    const world = await makeWorld();
    const lease = await take(world, ANN);
    world.pass(17 * SECOND);
    expect(lease.outlasts()).toBe(true);
    world.pass(SECOND);
    expect(lease.outlasts()).toBe(false);
    expect(await lease.ensure()).toBe(true);
    expect(lease.outlasts()).toBe(true);
  });
});

test("a lease that is renewed is never free", async () => {
  const world = await makeWorld();
  const lease = await take(world, ANN);
  for (let step = 0; step < 20; step += 1) {
    world.pass(9 * SECOND);
    expect(await lease.ensure()).toBe(true);
    await expect(take(world, BOB)).rejects.toMatchObject(locked(ANN));
  }
});

test("a young lease is not renewed: that would cost a write", async () => {
  const world = await makeWorld();
  const lease = await take(world, ANN);
  world.pass(10 * SECOND);
  await lease.ensure();
  expect(await lockVersion(world)).toBe(1);
});

describe("a lock that was taken over", () => {
  async function takenOver() {
    const world = await makeWorld();
    const anns = await take(world, ANN);
    world.pass(31 * SECOND);
    return { world, anns, bobs: await take(world, BOB) };
  }

  test("is noticed by its old holder, who starts no further write", async () => {
    const { anns, bobs } = await takenOver();
    expect(anns.outlasts()).toBe(false);
    expect(await anns.ensure()).toBe(false);
    expect(await anns.ensure()).toBe(false);
    expect(bobs.outlasts()).toBe(true);
  });

  test("stays with the new holder when the old one renews it too late", async () => {
    const { world, anns, bobs } = await takenOver();
    await anns.ensure();
    await expect(take(world, CID)).rejects.toMatchObject(locked(BOB));
    await expect(take(world, processOn("one", 9, [1]))).rejects.toMatchObject(locked(BOB));
    world.pass(11 * SECOND);
    expect(await bobs.ensure()).toBe(true);
    await expect(take(world, CID)).rejects.toMatchObject(locked(BOB));
  });

  test("stays with the new holder when the old one frees it unaware", async () => {
    const { world, anns, bobs } = await takenOver();
    await anns.release(NOTHING);
    await expect(take(world, CID)).rejects.toMatchObject(locked(BOB));
    world.pass(11 * SECOND);
    expect(await bobs.ensure()).toBe(true);
    await bobs.release(NOTHING);
    expect((await take(world, CID)).outlasts()).toBe(true);
  });
});

describe.each(LOSSES)("an answer that is lost by %s", (loss) => {
  test.each(["before", "after"])("%s the take was done: it is won once", async (when) => {
    const world = await makeWorld();
    world.impose({ fault: [`PutParameter@${NAME}:1:${when}-${loss}`] });
    const lease = await take(world, ANN);
    expect(lease.outlasts()).toBe(true);
    expect(await lockVersion(world)).toBe(1);
    await expect(take(world, BOB)).rejects.toMatchObject(locked(ANN));
  });

  test("after a renewal was done: it counts", async () => {
    const world = await makeWorld();
    const lease = await take(world, ANN);
    world.impose({ fault: [`PutParameter@${NAME}:1:after-${loss}`] });
    world.pass(17 * SECOND);
    expect(await lease.ensure()).toBe(true);
    world.pass(17 * SECOND);
    expect(lease.outlasts()).toBe(true);
    expect(await lockVersion(world)).toBe(2);
  });

  test("before any further renewal was done: the lease runs out as if nobody had asked", async () => {
    const world = await makeWorld();
    const lease = await take(world, ANN);
    world.pass(11 * SECOND);
    expect(await lease.ensure()).toBe(true);
    world.impose({ fault: [`PutParameter@${NAME}:every:before-${loss}`] });
    world.pass(17 * SECOND);
    expect(await lease.ensure()).toBe(true);
    world.pass(SECOND);
    expect(await lease.ensure()).toBe(false);
    world.impose({});
    world.pass(13 * SECOND);
    expect((await take(world, BOB)).outlasts()).toBe(true);
    expect(lease.outlasts()).toBe(false);
  });

  test.each(["before", "after"])("%s the release was done: it is free", async (when) => {
    const world = await makeWorld();
    const lease = await take(world, ANN);
    world.impose({ fault: [`PutParameter@${NAME}:1:${when}-${loss}`] });
    await lease.release(NOTHING);
    expect(await unfinishedRun(world.session.store, "test")).toBeUndefined();
    expect((await take(world, BOB)).outlasts()).toBe(true);
  });
});

test("a take that nobody ever answers ends, and says that nothing was written", async () => {
  const world = await makeWorld();
  world.impose({ fault: [`PutParameter@${NAME}:every:before-reset`] });
  await expect(take(world, ANN)).rejects.toMatchObject({ exitCode: EXIT.error });
  world.impose({});
  expect((await take(world, BOB)).outlasts()).toBe(true);
});

test("a release that fails is no error of the apply: the lease runs out", async () => {
  const world = await makeWorld();
  const lease = await take(world, ANN);
  world.impose({ deny: ["ssm:PutParameter"] });
  await lease.release(NOTHING);
  world.impose({});
  await expect(take(world, BOB)).rejects.toMatchObject(locked(ANN));
  world.pass(31 * SECOND);
  expect((await take(world, BOB)).outlasts()).toBe(true);
});

test("a renewal whose success cannot be looked into leaves the lease as it was", async () => {
  const world = await makeWorld();
  const lease = await take(world, ANN);
  world.pass(11 * SECOND);
  await world.put(NAME, "scribble", { Type: "String" });
  world.impose({ deny: [`ssm:GetParameter:${NAME}`] });
  expect(await lease.ensure()).toBe(true);
  world.pass(7 * SECOND);
  expect(await lease.ensure()).toBe(false);
  world.impose({});
  expect(await lease.ensure()).toBe(true);
});

describe("the run", () => {
  test("is kept from the take on until it is finished", async () => {
    const world = await makeWorld();
    const { store } = world.session;
    expect(await unfinishedRun(store, "test")).toBeUndefined();
    const lease = await take(world, ANN, { run: runOf("a") });
    expect(await unfinishedRun(store, "test")).toEqual(runOf("a"));
    world.pass(11 * SECOND);
    await lease.ensure();
    expect(await unfinishedRun(store, "test")).toEqual(runOf("a"));
    await lease.release(lease.left);
    expect(await unfinishedRun(store, "test")).toEqual(runOf("a"));
    await (await take(world, BOB, { run: runOf("a") })).release(NOTHING);
    expect(await unfinishedRun(store, "test")).toBeUndefined();
  });

  test("that is resumed still began when it first began", async () => {
    const world = await makeWorld();
    await (await take(world, ANN, { run: runOf("a") })).release({ run: runOf("a"), replacing: null });
    await take(world, BOB, { run: { ...runOf("a"), started: 99 } });
    expect((await unfinishedRun(world.session.store, "test"))?.started).toBe(7);
  });

  test("that wrote nothing leaves the unfinished one of before in its place", async () => {
    const world = await makeWorld();
    await (await take(world, ANN, { run: runOf("a") })).release({ run: runOf("a"), replacing: null });
    await (await take(world, BOB, { run: runOf("b") })).withdraw();
    expect(await unfinishedRun(world.session.store, "test")).toEqual(runOf("a"));
    expect((await take(world, CID)).outlasts()).toBe(true);
  });
});

describe("a lock that somebody meddled with", () => {
  test("is free in time when its text is none of ours", async () => {
    const world = await makeWorld();
    await world.put(NAME, "scribble", { Type: "String" });
    await expect(take(world, ANN)).rejects.toMatchObject({ exitCode: EXIT.locked });
    world.pass(31 * SECOND);
    expect((await take(world, ANN)).outlasts()).toBe(true);
  });

  test("stays with its holder when its text is overwritten", async () => {
    const world = await makeWorld();
    const lease = await take(world, ANN);
    await world.put(NAME, "scribble", { Type: "String" });
    await expect(take(world, BOB)).rejects.toMatchObject(locked(ANN));
    world.pass(11 * SECOND);
    expect(await lease.ensure()).toBe(true);
    await expect(take(world, BOB)).rejects.toMatchObject(locked(ANN));
  });

  test("is lost to its holder when it is deleted", async () => {
    const world = await makeWorld();
    const lease = await take(world, ANN);
    await world.remove(NAME);
    world.pass(11 * SECOND);
    expect(await lease.ensure()).toBe(false);
    expect(await lease.ensure()).toBe(false);
  });
});

describe("without rights", () => {
  test.each([
    ["ssm:GetParameter", "the lock /paraform/test/lock may not be read"],
    ["ssm:PutParameter", "the lock /paraform/test/lock could not be written: AccessDeniedException"],
  ])("to %s it says so", async (action, message) => {
    const world = await makeWorld();
    world.impose({ deny: [`${action}:${NAME}`] });
    await expect(take(world, ANN)).rejects.toMatchObject({ exitCode: EXIT.error, message });
  });
});
