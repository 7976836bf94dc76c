import { describe, expect, test } from "vitest";
import { unfinishedRun } from "../../src/apply/lock.ts";
import { aroundStore } from "../support/around-store.ts";
import { againOf, reconcileIn, replicateIn, written } from "../support/replicator.ts";
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
    const early = await replicateIn(world, [{ name: "/dba/password" as never, version: 2 }]);
    expect(againOf(early)).toEqual({ "/dba/password": "early" });
    await world.put("/dba/password", "dummy-password-2");
    const [name, version] = ["/dba/password" as never, 2];
    expect(againOf(await replicateIn(world, [{ name, version }]))).toEqual({});
    expect(await world.value("/app/a/password")).toBe("dummy-password-2");
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
});
