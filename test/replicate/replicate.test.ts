import { describe, expect, test } from "vitest";
import { unfinishedRun } from "../../src/apply/lock.ts";
import { aroundStore, Killed } from "../support/around-store.ts";
import { againOf, reconcileIn, replicateIn, replicatorsOf, written } from "../support/replicator.ts";
import { snapshot } from "../support/snapshot.ts";
import { decisions, makeWorld, outcomes, type World, type WorldOptions } from "../support/world.ts";

const PARAMETERS = {
  "/dba/user": {},
  "/dba/password": {},
  "/app/a/user": { copy: "/dba/user" },
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/url": { merge: ["x://", "${/app/a/user:uri}", ":", "${/app/a/password:uri}", "@h"] },
  "/app/b/password": { copy: "/app/a/password" },
  "/app/b/hash": { generate: { type: "mtime", source: "/dba/password" } },
  "/app/b/hash-copy": { copy: "/app/b/hash" },
};
const SUPPLIED = { "/dba/user": "blue", "/dba/password": "dummy-password-1" };

/** A world in sync. */
async function inSync(options: WorldOptions = {}): Promise<World> {
  const world = await makeWorld({ parameters: PARAMETERS, supplied: SUPPLIED, ...options });
  await world.apply();
  world.declare({ ...options, supplied: {} });
  world.pass(3_600_000);
  return world;
}

async function versions(world: World): Promise<Record<string, number>> {
  return Object.fromEntries(
    [...(await snapshot(world.client))].map(([name, { version }]) => [name, version]),
  );
}

describe("a changed source", () => {
  test("reaches all that follows from it by copies and merges, and nothing else", async () => {
    const world = await inSync();
    await world.put("/dba/password", "dummy-password-2");
    const result = await replicateIn(world, ["/dba/password"]);
    expect(written(result)).toEqual([
      "/app/a/password: applied",
      "/app/a/url: applied",
      "/app/b/password: applied",
    ]);
    expect(await world.value("/app/b/password")).toBe("dummy-password-2");
    expect(await world.value("/app/a/url")).toBe("x://blue:dummy-password-2@h");
    expect(await versions(world)).toMatchObject({
      "/app/b/hash": 1,
      "/app/b/hash-copy": 1,
      "/app/a/user": 1,
    });
    expect(decisions(await world.plan())).toMatchObject({
      "/app/a/password": "no-op",
      "/app/a/url": "no-op",
      "/app/b/password": "no-op",
      "/app/b/hash": "update source_changed",
    });
  });

  test("told again, or told of by what was written, writes nothing", async () => {
    const world = await inSync();
    await world.put("/dba/password", "dummy-password-2");
    await replicateIn(world, ["/dba/password"]);
    const before = await versions(world);
    for (const name of ["/dba/password", "/app/a/password", "/app/a/url", "/app/b/password"])
      expect(written(await replicateIn(world, [name]))).toEqual([]);
    expect(await versions(world)).toEqual(before);
  });

  test("does nothing where nobody follows, or nobody declared it: not one call is made", async () => {
    const world = await inSync();
    let calls = 0;
    world.observe(() => {
      calls += 1;
    });
    await replicateIn(world, ["/app/a/url", "/app/b/password", "/unknown/name", "/paraform/test/digest-key"]);
    expect(calls).toBe(0);
  });

  test("is not taken for done while the store still shows what was before it", async () => {
    const world = await inSync();
    const told = { name: "/dba/password" as never, version: 2, time: world.engine.now().getTime() };
    expect(againOf(await replicateIn(world, [told]))).toEqual({ "/dba/password": "early" });
    await world.put("/dba/password", "dummy-password-2");
    expect(againOf(await replicateIn(world, [told]))).toEqual({});
    expect(await world.value("/app/a/password")).toBe("dummy-password-2");
  });

  test("is not taken for done either where its event says only when it was", async () => {
    const world = await inSync();
    const told = { name: "/dba/password" as never, time: world.engine.now().getTime() };
    expect(againOf(await replicateIn(world, [told]))).toEqual({ "/dba/password": "early" });
    await world.put("/dba/password", "dummy-password-2");
    expect(againOf(await replicateIn(world, [told]))).toEqual({});
    expect(await world.value("/app/a/password")).toBe("dummy-password-2");
  });

  test("… for a minute, and not where the event may have been made a little after the change", async () => {
    const world = await inSync();
    await world.put("/dba/password", "dummy-password-2");
    const at = (later: number) => [
      { name: "/dba/password" as never, time: world.engine.now().getTime() + later },
    ];
    expect(againOf(await replicateIn(world, at(4_000)))).toEqual({});
    const told = at(10_000);
    expect(againOf(await replicateIn(world, told))).toEqual({ "/dba/password": "early" });
    world.pass(71_000);
    expect(againOf(await replicateIn(world, told))).toEqual({});
  });

  test("that was made anew since is not waited for", async () => {
    const world = await inSync();
    const time = world.engine.now().getTime();
    await world.remove("/dba/password");
    world.pass(31_000);
    await world.put("/dba/password", "dummy-password-of-the-new-one");
    const late = await replicateIn(world, [{ name: "/dba/password" as never, version: 7, time }]);
    expect(againOf(late)).toEqual({});
    expect(await world.value("/app/a/password")).toBe("dummy-password-of-the-new-one");
  });

  test("waits while an apply holds the lock, and nothing is written", async () => {
    const world = await inSync();
    await world.put("/dba/password", "dummy-password-2");
    world.declare({ supplied: { "/dba/user": "green" } });
    const before = await versions(world);
    const { session } = world;
    const said: unknown[] = [];
    world.session = {
      ...session,
      store: aroundStore(session.store, async ({ method, name }, carryOut) => {
        if (method === "put" && name === "/dba/user") {
          said.push(againOf(await replicateIn(world, ["/dba/password"], session)), await versions(world));
        }
        return carryOut();
      }),
    };
    await world.apply();
    expect(said).toEqual([{ "/dba/password": "locked" }, before]);
  });

  test("leaves a cut apply to be resumed as it was", async () => {
    const world = await inSync();
    world.declare({ supplied: { "/dba/user": "green" } });
    const saved = await world.plan();
    await world.applySaved(saved, { stopAfter: 1 });
    const run = await unfinishedRun(world.session.store, "test");
    expect(run?.fingerprint).toBe(saved.fingerprint);
    await world.put("/dba/password", "dummy-password-2");
    expect(written(await replicateIn(world, ["/dba/password"])).length).toBeGreaterThan(0);
    expect(await unfinishedRun(world.session.store, "test")).toEqual(run);
  });
});

test("an apply that was cut is finished by the same plan, though its replicas were replicated meanwhile", async () => {
  const world = await inSync();
  world.declare({ supplied: { "/dba/password": "dummy-password-2" } });
  const saved = await world.plan({ exclude: ["/app/b/**"] });
  await world.applySaved(saved, { stopAfter: 1 });
  expect(await world.value("/app/a/password")).toBe("dummy-password-1");
  expect(written(await replicateIn(world, ["/dba/password"]))).toHaveLength(3);
  const before = await versions(world);
  expect(outcomes(await world.applySaved(saved))).toEqual({
    "/dba/password": "done",
    "/app/a/password": "done",
    "/app/a/url": "done",
  });
  expect(await versions(world)).toEqual(before);
});

test("… but not where the source has moved on since", async () => {
  const world = await inSync();
  world.declare({ supplied: { "/dba/password": "dummy-password-2" } });
  const saved = await world.plan({ exclude: ["/app/b/**"] });
  await world.applySaved(saved, { stopAfter: 1 });
  await world.put("/dba/password", "dummy-password-3");
  await replicateIn(world, ["/dba/password"]);
  await expect(world.applySaved(saved)).rejects.toMatchObject({ exitCode: 4 });
});

describe("what it never does", () => {
  test("create, adopt, or write over another's: it says so and goes on", async () => {
    const world = await inSync();
    world.declare({
      parameters: {
        ...PARAMETERS,
        "/app/c/new": { copy: "/dba/password" },
        "/app/c/follower": { copy: "/app/c/new" },
        "/app/c/theirs": { copy: "/dba/password" },
      },
      supplied: { "/dba/password": "dummy that no replicator knows of" },
      adopt: [{ name: "/app/c/theirs" }],
    });
    await world.put("/app/c/theirs", "dummy of theirs");
    await world.put("/dba/password", "dummy-password-2");
    const result = await replicateIn(world, ["/dba/password"]);
    expect(Object.fromEntries(result.withheld)).toEqual({
      "/app/c/new": "absent",
      "/app/c/follower": "absent",
      "/app/c/theirs": "not_ours",
    });
    expect(await world.value("/app/c/new")).toBeUndefined();
    expect(await world.value("/app/c/theirs")).toBe("dummy of theirs");
    expect(await world.value("/app/b/password")).toBe("dummy-password-2");
  });

  test("follow an outdated bundle: neither its rule nor its attributes", async () => {
    const world = await inSync();
    const outdated = world.session;
    world.declare({
      parameters: {
        ...PARAMETERS,
        "/app/a/password": { copy: "/dba/user" },
        "/app/a/user": { copy: "/dba/user", description: "of the new config" },
      },
    });
    await world.apply();
    const before = await snapshot(world.client);
    await world.put("/dba/password", "dummy-password-2");
    await world.put("/dba/user", "green");
    const result = await reconcileIn(world, outdated);
    expect(Object.fromEntries(result.withheld)).toEqual({
      "/app/a/password": "other_rule",
      "/app/a/user": "other_attributes",
      "/app/a/url": "blocked",
      "/app/b/password": "blocked",
      "/app/b/hash-copy": "blocked",
    });
    const after = await snapshot(world.client);
    for (const name of ["/app/a/password", "/app/a/user", "/app/a/url", "/app/b/password"])
      expect(after.get(name)).toEqual(before.get(name));
  });

  test("expose a secret, though an update guard does not hold it up", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `/app/many/${index}`);
    const copies = Object.fromEntries(names.map((name) => [name, { copy: "/dba/password" }]));
    const world = await inSync({
      parameters: { "/dba/password": {}, ...copies },
      supplied: { "/dba/password": "dummy-password-1" },
      environment: { guards: { update: { percent: 1 } } },
    });
    await world.put("/dba/password", "dummy-password-2");
    expect(written(await replicateIn(world, ["/dba/password"]))).toHaveLength(12);
    world.declare({
      parameters: { "/dba/password": {}, ...copies },
      environment: { public: ["/app/many/3"], guards: { update: { percent: 1 } } },
      supplied: {},
    });
    await world.put("/dba/password", "dummy-password-3");
    const result = await replicateIn(world, ["/dba/password"]);
    expect(Object.fromEntries(result.withheld)).toEqual({ "/app/many/3": "exposure" });
    expect(written(result)).toHaveLength(11);
    expect(await world.value("/app/many/3")).toBe("dummy-password-2");
  });
});

describe("who would gain a secret by it is left to a reviewed plan", () => {
  const KEYS = {
    scopes: ["/dba/", "/sec/", "/app/"],
    keys: ["/dba", "/sec"].map((path) => ({ path: `${path}/**`, key: `alias${path}` })),
  };
  const chain = (source: string) => ({
    "/dba/user": {},
    "/sec/root": {},
    "/app/a/x": { copy: source },
    "/app/b/y": { copy: "/app/a/x" },
    "/app/c/z": { merge: ["z", "${/app/b/y}"] },
  });
  const OTHERS = { exclude: ["/app/b/**", "/app/c/**"] };

  async function repointed(): Promise<World> {
    const supplied = { "/dba/user": "blue", "/sec/root": "dummy-root-1" };
    const world = await inSync({ parameters: chain("/dba/user"), supplied, environment: KEYS });
    world.declare({ parameters: chain("/sec/root"), supplied: {}, environment: KEYS });
    await world.apply(OTHERS);
    world.pass(60_000);
    return world;
  }

  test("where a copy was pointed at it and what follows from that was left out: at once, and at each change", async () => {
    const world = await repointed();
    const left = { "/app/b/y": "broaden", "/app/c/z": "blocked" };
    const sessions = [world.session, ...Object.values(replicatorsOf(world))];
    for (const session of sessions) {
      const result = await reconcileIn(world, session);
      expect([written(result), Object.fromEntries(result.withheld)]).toEqual([[], left]);
    }
    await world.put("/sec/root", "dummy-root-2", { KeyId: "alias/sec" });
    const result = await replicateIn(world, ["/sec/root"]);
    expect([written(result), Object.fromEntries(result.withheld)]).toEqual([["/app/a/x: applied"], left]);
    expect(await world.value("/app/b/y")).toBe("blue");
    await world.apply();
    await world.put("/sec/root", "dummy-root-3", { KeyId: "alias/sec" });
    expect(written(await replicateIn(world, ["/sec/root"]))).toHaveLength(3);
  });

  test("… also where it was not even declared then", async () => {
    const { "/app/b/y": _, "/app/c/z": __, ...less } = chain("/sec/root");
    const supplied = { "/dba/user": "blue", "/sec/root": "dummy-root-1" };
    const world = await inSync({ parameters: chain("/dba/user"), supplied, environment: KEYS });
    world.declare({ parameters: less, supplied: {}, environment: KEYS });
    await world.apply();
    await world.put("/sec/root", "dummy-root-2", { KeyId: "alias/sec" });
    expect(written(await reconcileIn(world))).toEqual(["/app/a/x: applied"]);
    world.declare({ parameters: chain("/sec/root"), supplied: {}, environment: KEYS });
    expect(written(await reconcileIn(world))).toEqual([]);
    expect(await world.value("/app/b/y")).toBe("blue");
  });

  test("but not what a run that was cut left behind, however often its source was written since", async () => {
    const supplied = { "/dba/user": "blue", "/sec/root": "dummy-root-1" };
    const world = await inSync({ parameters: chain("/dba/user"), supplied, environment: KEYS });
    for (const user of ["green", "red"]) {
      await world.put("/dba/user", user, { KeyId: "alias/dba" });
      const store = aroundStore(world.session.store, (call, carryOut) => {
        if (call.method === "put" && call.names.includes("/app/b/y")) throw new Killed();
        return carryOut();
      });
      await expect(reconcileIn(world, { ...world.session, store })).rejects.toThrow(Killed);
      world.pass(31_000);
    }
    const result = await reconcileIn(world);
    expect([written(result), [...result.withheld]]).toEqual([["/app/b/y: applied", "/app/c/z: applied"], []]);
    expect(await world.value("/app/c/z")).toBe("zred");
  });
});

describe("what apply would not write, and what follows from it, is left", () => {
  const NEWER = { ...PARAMETERS, "/app/a/password": { copy: "/dba/password", description: "new words" } };
  const GROUPED = { files: { "g.json": { groups: [{ members: ["/dba/user", "/dba/password"] }] } } };

  test("a foreign value does not spread into a merge when another input changes", async () => {
    const world = await inSync();
    await world.put("/app/a/password", "dummy of a meddler", { Description: "" });
    await world.put("/dba/user", "green");
    expect(decisions(await world.plan())).toMatchObject({
      "/app/a/url": "blocked input_blocked on /app/a/password",
    });
    const result = await replicateIn(world, ["/dba/user"]);
    expect(written(result)).toEqual(["/app/a/user: applied"]);
    expect(Object.fromEntries(result.withheld)).toEqual({
      "/app/a/password": "not_ours",
      "/app/a/url": "blocked",
    });
    expect(Object.fromEntries((await reconcileIn(world)).withheld)).toMatchObject({
      "/app/a/url": "blocked",
      "/app/b/password": "blocked",
    });
    expect(await world.value("/app/a/url")).toBe("x://blue:dummy-password-1@h");
  });

  test("nor that of a generated source which is not ours any more", async () => {
    const parameters = {
      "/dba/user": {},
      "/dba/made": { generate: { type: "password" } },
      "/app/a/made": { copy: "/dba/made" },
      "/app/a/both": { merge: ["${/dba/user}", "${/dba/made}"] },
    };
    const world = await inSync({ parameters, supplied: { "/dba/user": "blue" } });
    const before = await versions(world);
    await world.put("/dba/made", "dummy of a meddler", { Description: "" });
    await world.put("/dba/user", "green");
    expect(written(await reconcileIn(world))).toEqual([]);
    expect(await versions(world)).toEqual({ ...before, "/dba/user": 2, "/dba/made": 2 });
  });

  test("a literal that apply has yet to write is not replicated as it lies, nor put back", async () => {
    const parameters = { "/dba/host": { value: "one" }, "/app/a/host": { copy: "/dba/host" } };
    const world = await inSync({ parameters, supplied: {} });
    await world.put("/dba/host", "dummy of a meddler");
    const result = await reconcileIn(world);
    expect([written(result), Object.fromEntries(result.withheld)]).toEqual([
      [],
      { "/app/a/host": "blocked" },
    ]);
    expect(await world.value("/dba/host")).toBe("dummy of a meddler");
  });

  test("a source whose attributes alone wait for apply is followed, and settles", async () => {
    const world = await inSync();
    world.declare({
      parameters: { ...PARAMETERS, "/dba/password": { description: "new words" } },
      supplied: {},
    });
    await world.put("/dba/user", "green");
    expect(written(await reconcileIn(world))).toHaveLength(2);
    expect(written(await reconcileIn(world))).toEqual([]);
  });

  test("a merge does not join a new user and an old password, where the password is gone", async () => {
    const world = await inSync();
    await world.remove("/dba/password");
    await world.put("/dba/user", "green");
    expect(written(await replicateIn(world, ["/dba/user"]))).toEqual(["/app/a/user: applied"]);
    expect(await world.value("/app/a/url")).toBe("x://blue:dummy-password-1@h");
  });

  test("… nor where its copy waits for a reviewed plan", async () => {
    const world = await inSync();
    world.declare({ supplied: {}, parameters: NEWER });
    await world.put("/dba/user", "green");
    await world.put("/dba/password", "dummy-password-2");
    const result = await replicateIn(world, ["/dba/user", "/dba/password"]);
    expect(written(result)).toEqual(["/app/a/user: applied"]);
    expect(result.withheld.get("/app/a/password" as never)).toBe("other_attributes");
    expect(await world.value("/app/a/url")).toBe("x://blue:dummy-password-1@h");
  });

  test.each([
    ["gone", {}, "/dba/password", "blocked"],
    ["of another config", { parameters: NEWER }, undefined, "other_attributes"],
  ])("a group is written whole or not at all: a member %s", async (_, newer, gone, why) => {
    const world = await inSync(GROUPED);
    world.declare({ ...GROUPED, ...newer, supplied: {} });
    await world.put("/dba/password", "dummy-password-2");
    if (gone !== undefined) await world.remove(gone);
    await world.put("/dba/user", "green");
    world.pass(31_000);
    const before = await versions(world);
    const result = await reconcileIn(world);
    expect(Object.fromEntries(result.withheld)).toMatchObject({
      "/app/a/user": "group",
      "/app/a/password": why,
    });
    expect([written(result), againOf(result)]).toEqual([[], {}]);
    expect(await versions(world)).toEqual(before);
    world.declare({ ...GROUPED, ...newer, supplied: { "/dba/password": "dummy-password-2" } });
    await world.apply();
    expect(await world.value("/app/a/url")).toBe("x://green:dummy-password-2@h");
  });
});

describe("a replicator of each owner", () => {
  const TWO = {
    parameters: {
      "/dba/user": {},
      "/sec/password": {},
      "/app/a/user": { copy: "/dba/user" },
      "/app/a/password": { copy: "/sec/password" },
      "/app/a/url": { merge: ["x://", "${/app/a/user}", ":", "${/app/a/password}", "@h"] },
    },
    supplied: { "/dba/user": "blue", "/sec/password": "dummy-password-1" },
    environment: {
      scopes: ["/dba/", "/sec/", "/app/"],
      keys: [
        { path: "/dba/**", key: "alias/dba" },
        { path: "/sec/**", key: "alias/sec" },
        { path: "/**", key: "alias/owner" },
      ],
    },
  };
  const GROUPED = {
    ...TWO,
    files: { "g.json": { groups: [{ members: ["/dba/user", "/sec/password"], quietSeconds: 30 }] } },
  };

  test("waits until its group is quiet, also where the other member is another owner's", async () => {
    const world = await inSync(GROUPED);
    const { dba, sec, "dba-and-sec": both } = replicatorsOf(world);
    await world.put("/dba/user", "green", { KeyId: "alias/dba" });
    world.pass(29_000);
    await world.put("/sec/password", "dummy-password-2", { KeyId: "alias/sec" });
    world.pass(2_000);
    const early = await replicateIn(world, ["/dba/user"], dba);
    expect([written(early), againOf(early)]).toEqual([[], { "/dba/user": "restless" }]);
    world.pass(29_000);
    expect(written(await replicateIn(world, ["/dba/user"], dba))).toEqual(["/app/a/user: applied"]);
    expect(written(await replicateIn(world, ["/sec/password"], sec))).toEqual(["/app/a/password: applied"]);
    expect(written(await replicateIn(world, ["/app/a/password"], both))).toEqual(["/app/a/url: applied"]);
  });

  test("does not wait anew for a member of its group that another has just written", async () => {
    const members = ["/dba/user", "/sec/password", "/app/a/user"];
    const world = await inSync({ ...TWO, files: { "g.json": { groups: [{ members, quietSeconds: 30 }] } } });
    const { dba, "dba-and-sec": both } = replicatorsOf(world);
    await world.put("/dba/user", "green", { KeyId: "alias/dba" });
    world.pass(31_000);
    const early = await replicateIn(world, ["/app/a/user"], both);
    expect([written(early), againOf(early)]).toEqual([[], { "/app/a/user": "behind" }]);
    expect(written(await replicateIn(world, ["/dba/user"], dba))).toEqual(["/app/a/user: applied"]);
    expect(written(await replicateIn(world, ["/app/a/user"], both))).toEqual(["/app/a/url: applied"]);
  });

  test("leaves a merge that follows from what another has yet to write, and is told again", async () => {
    const world = await inSync(TWO);
    const { dba, sec, "dba-and-sec": both } = replicatorsOf(world);
    await world.put("/dba/user", "green", { KeyId: "alias/dba" });
    await world.put("/sec/password", "dummy-password-2", { KeyId: "alias/sec" });
    expect(written(await replicateIn(world, ["/dba/user"], dba))).toEqual(["/app/a/user: applied"]);
    const first = await replicateIn(world, ["/app/a/user"], both);
    expect([written(first), againOf(first)]).toEqual([[], { "/app/a/user": "behind" }]);
    expect(first.withheld.size).toBe(0);
    expect(written(await reconcileIn(world, sec))).toEqual(["/app/a/password: applied"]);
    expect(written(await replicateIn(world, ["/app/a/user"], both))).toEqual(["/app/a/url: applied"]);
    expect(await world.value("/app/a/url")).toBe("x://green:dummy-password-2@h");
  });

  test("withholds a merge of what another has yet to write and of what has to be left: nobody waits for it", async () => {
    const world = await inSync(TWO);
    const { "dba-and-sec": both } = replicatorsOf(world);
    await world.put("/dba/user", "green", { KeyId: "alias/dba" });
    await world.put("/app/a/password", "dummy of a meddler", { Description: "" });
    const result = await replicateIn(world, ["/app/a/user"], both);
    expect([againOf(result), Object.fromEntries(result.withheld)]).toEqual([{}, { "/app/a/url": "blocked" }]);
  });

  test("leaves its part of a group while the other's has to be left", async () => {
    const world = await inSync(GROUPED);
    const { dba } = replicatorsOf(world);
    await world.put("/app/a/password", "dummy of a meddler", { Description: "" });
    await world.put("/dba/user", "green", { KeyId: "alias/dba" });
    world.pass(31_000);
    const result = await replicateIn(world, ["/dba/user"], dba);
    expect([written(result), Object.fromEntries(result.withheld)]).toEqual([[], { "/app/a/user": "group" }]);
  });
});

describe("an event is a hint", () => {
  test("nothing but itself waits for a version that the store never shows, and it not for long", async () => {
    const world = await inSync();
    await world.put("/dba/password", "dummy-password-2");
    const forged = { name: "/dba/password" as never, version: 1e9, time: world.engine.now().getTime() };
    const result = await replicateIn(world, [forged]);
    expect([againOf(result), written(result).length]).toEqual([{ "/dba/password": "early" }, 3]);
    world.pass(5 * 60_000);
    expect(againOf(await replicateIn(world, [forged]))).toEqual({});
    for (const time of [undefined, Number.MAX_SAFE_INTEGER]) {
      const { time: _, ...timeless } = forged;
      expect(
        againOf(await replicateIn(world, [time === undefined ? timeless : { ...forged, time }])),
      ).toEqual({});
    }
  });
});

describe("a share that was taken out of the config", () => {
  const LESS = { "/dba/user": {}, "/dba/password": {} };

  test("is still delivered by a bundle that has it, as long as the replica lies there as ours", async () => {
    const world = await inSync();
    const outdated = world.session;
    world.declare({ parameters: LESS, supplied: {} });
    await world.apply();
    await world.put("/dba/password", "dummy-password-2");
    expect(written(await replicateIn(world, ["/dba/password"], outdated))).toContain(
      "/app/a/password: applied",
    );
  });

  test.each([
    ["deleted", {}, { delete: ["**"] }],
    ["given up", { removed: Object.keys(PARAMETERS).filter((name) => name.startsWith("/app/")) }, {}],
  ])("is delivered by none once the replica is %s", async (_, entries, inputs) => {
    const world = await inSync();
    const outdated = world.session;
    const removed =
      "removed" in entries ? { removed: entries.removed.map((name) => ({ name, destroy: false })) } : {};
    world.declare({ parameters: LESS, supplied: {}, files: { "b.json": removed } });
    await world.apply(inputs);
    await world.put("/dba/password", "dummy-password-2");
    expect(written(await reconcileIn(world, outdated))).toEqual([]);
    expect(await world.value("/app/a/password")).not.toBe("dummy-password-2");
  });
});

describe("a reconcile", () => {
  test("brings back what somebody put into a replica, and what a lost event left", async () => {
    const world = await inSync();
    await world.put("/app/b/password", "dummy of a meddler");
    await world.put("/dba/user", "green");
    expect(written(await reconcileIn(world))).toEqual([
      "/app/a/user: applied",
      "/app/a/url: applied",
      "/app/b/password: applied",
    ]);
    expect(await world.value("/app/b/password")).toBe("dummy-password-1");
    expect(written(await reconcileIn(world))).toEqual([]);
  });

  test("what somebody put into a replica does not spread by its own event", async () => {
    const world = await inSync();
    await world.put("/app/a/password", "dummy of a meddler");
    await replicateIn(world, ["/app/a/password"]);
    expect(await world.value("/app/a/password")).toBe("dummy-password-1");
    expect(await world.value("/app/b/password")).toBe("dummy-password-1");
  });
});

describe("a group", () => {
  const grouped = {
    files: {
      "groups.json": { groups: [{ members: ["/dba/user", "/dba/password"], quietSeconds: 30 }] },
    },
  };

  test("is written when it is quiet, its copies back to back and merged URLs once", async () => {
    const world = await inSync(grouped);
    await world.put("/dba/user", "green");
    const first = await replicateIn(world, ["/dba/user"]);
    expect(againOf(first)).toEqual({ "/dba/user": "restless" });
    expect(written(first)).toEqual([]);
    world.pass(20_000);
    await world.put("/dba/password", "dummy-password-2");
    world.pass(20_000);
    expect(againOf(await replicateIn(world, ["/dba/user", "/dba/password"]))).toEqual({
      "/dba/user": "restless",
      "/dba/password": "restless",
    });
    world.pass(12_000);
    expect(written(await replicateIn(world, ["/dba/user"]))).toEqual([
      "/app/a/password: applied",
      "/app/a/user: applied",
      "/app/b/password: applied",
      "/app/a/url: applied",
    ]);
    expect(await versions(world)).toMatchObject({ "/app/a/url": 2, "/app/a/user": 2, "/app/a/password": 2 });
  });

  describe("with a member that follows from the others", () => {
    const withUrl = {
      parameters: {
        "/dba/user": {},
        "/dba/password": {},
        "/dba/host": {},
        "/dba/url": { merge: ["x://", "${/dba/user}", ":", "${/dba/password}", "@", "${/dba/host}"] },
        "/app/a/password": { copy: "/dba/password" },
        "/app/a/url": { copy: "/dba/url" },
        "/app/b/url": { copy: "/app/a/url" },
      },
      supplied: { ...SUPPLIED, "/dba/host": "h1" },
      files: {
        "groups.json": {
          groups: [{ members: ["/dba/user", "/dba/password", "/dba/url"], quietSeconds: 60 }],
        },
      },
    };

    test("is quiet when the others are: it is written with what follows, once", async () => {
      const world = await inSync(withUrl);
      await world.put("/dba/user", "green");
      world.pass(40_000);
      await world.put("/dba/password", "dummy-password-2");
      world.pass(20_000);
      const told = ["/dba/user", "/dba/password", "/dba/url"];
      const early = await replicateIn(world, told);
      expect([written(early), againOf(early)]).toEqual([
        [],
        { "/dba/user": "restless", "/dba/password": "restless", "/dba/url": "restless" },
      ]);
      world.pass(42_000);
      const result = await replicateIn(world, told);
      expect(written(result)).toEqual([
        "/app/a/password: applied",
        "/dba/url: applied",
        "/app/a/url: applied",
        "/app/b/url: applied",
      ]);
      expect([againOf(result), [...result.withheld]]).toEqual([{}, []]);
      expect(await world.value("/app/b/url")).toBe("x://green:dummy-password-2@h1");
      for (const again of [await replicateIn(world, told), await reconcileIn(world)])
        expect([written(again), againOf(again)]).toEqual([[], {}]);
      expect(await versions(world)).toMatchObject({ "/dba/url": 2, "/app/a/url": 2, "/app/b/url": 2 });
      expect(Object.values(decisions(await world.plan()))).toEqual(Array(7).fill("no-op"));
    });

    test("that was cut behind that member is finished at once: its own write is nothing to wait for", async () => {
      const world = await inSync(withUrl);
      await world.put("/dba/user", "green");
      world.pass(61_000);
      const store = aroundStore(world.session.store, (call, carryOut) => {
        if (call.method === "put" && call.names.includes("/app/a/url")) throw new Killed();
        return carryOut();
      });
      await expect(replicateIn(world, ["/dba/user"], { ...world.session, store })).rejects.toThrow(Killed);
      expect(await versions(world)).toMatchObject({ "/dba/url": 2, "/app/a/url": 1 });
      world.pass(31_000);
      expect(written(await replicateIn(world, ["/dba/user"]))).toEqual([
        "/app/a/url: applied",
        "/app/b/url: applied",
      ]);
    });

    test("waits for the others when another source of that member changes, and for that source alone not", async () => {
      const world = await inSync(withUrl);
      await world.put("/dba/user", "green");
      await world.put("/dba/host", "h2");
      expect(written(await replicateIn(world, ["/dba/host"]))).toEqual([]);
      world.pass(61_000);
      await world.put("/dba/host", "h3");
      const result = await replicateIn(world, ["/dba/host"]);
      expect([written(result), againOf(result)]).toEqual([
        ["/dba/url: applied", "/app/a/url: applied", "/app/b/url: applied"],
        {},
      ]);
      expect(await world.value("/app/b/url")).toBe("x://green:dummy-password-1@h3");
    });
  });

  test("that is not quiet is not torn by another source of its merges, nor by a reconcile", async () => {
    const world = await inSync({
      ...grouped,
      parameters: {
        ...PARAMETERS,
        "/dba/host": {},
        "/app/a/host": { copy: "/dba/host" },
        "/app/a/full": { merge: ["${/dba/user}", ":", "${/dba/password}", "@", "${/dba/host}"] },
      },
      supplied: { ...SUPPLIED, "/dba/host": "h1" },
    });
    await world.put("/dba/user", "green");
    await world.put("/dba/host", "h2");
    expect(written(await replicateIn(world, ["/dba/host"]))).toEqual(["/app/a/host: applied"]);
    expect(written(await reconcileIn(world))).toEqual([]);
    expect(await world.value("/app/a/full")).toBe("blue:dummy-password-1@h1");
  });

  describe("that follows from another group", () => {
    const chained = {
      parameters: {
        "/dba/user": {},
        "/dba/password": {},
        "/dba/host": {},
        "/app/a/cred": { merge: ["${/dba/user}", ":", "${/dba/password}"] },
        "/app/a/url": { merge: ["x://", "${/app/a/cred}", "@", "${/dba/host}"] },
        "/app/b/url": { copy: "/app/a/url" },
      },
      supplied: { ...SUPPLIED, "/dba/host": "h1" },
      files: {
        "groups.json": {
          groups: [
            { members: ["/dba/user", "/dba/password"], quietSeconds: 10 },
            { members: ["/app/a/cred", "/dba/host"], quietSeconds: 60 },
          ],
        },
      },
    };

    test("is written as soon as the sources of both have rested, each for as long as it asks", async () => {
      const world = await inSync(chained);
      await world.put("/dba/user", "green");
      world.pass(11_000);
      const first = await replicateIn(world, ["/dba/user"]);
      expect([written(first), againOf(first), [...first.withheld]]).toEqual([
        ["/app/a/cred: applied"],
        { "/dba/user": "restless" },
        [],
      ]);
      world.pass(40_000);
      expect(written(await replicateIn(world, ["/dba/user"]))).toEqual([]);
      world.pass(10_000);
      const last = await replicateIn(world, ["/dba/user"]);
      expect([written(last), againOf(last)]).toEqual([["/app/a/url: applied", "/app/b/url: applied"], {}]);
      expect(await world.value("/app/b/url")).toBe("x://green:dummy-password-1@h1");
    });

    test("is brought up with that one by a single reconcile, once all is quiet", async () => {
      const world = await inSync(chained);
      await world.put("/dba/user", "green");
      await world.put("/dba/host", "h2");
      world.pass(61_000);
      const result = await reconcileIn(world);
      expect([written(result), againOf(result), [...result.withheld]]).toEqual([
        ["/app/a/cred: applied", "/app/a/url: applied", "/app/b/url: applied"],
        {},
        [],
      ]);
    });

    test("withholds nothing while it waits", async () => {
      const world = await inSync(chained);
      await world.put("/dba/user", "green");
      const result = await reconcileIn(world);
      expect([written(result), [...result.withheld]]).toEqual([[], []]);
    });
  });
});
