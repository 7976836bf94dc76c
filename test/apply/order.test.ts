import { describe, expect, test } from "vitest";
import { aroundStore, recordingStore } from "../support/around-store.ts";
import { DELETE_ALL, makeWorld, outcomes, type World } from "../support/world.ts";

/** What an apply says to the store once it holds the lock, from its first reading of a source on. */
async function applied(world: World, inputs = {}): Promise<string[]> {
  const plan = await world.plan(inputs);
  const record: string[] = [];
  world.session = { ...world.session, store: recordingStore(world.session.store, record) };
  await world.applySaved(plan);
  return record.slice(1).filter((call) => !call.startsWith("read /app/"));
}

test("sources are written before what follows from them, whatever their names", async () => {
  const world = await makeWorld({
    parameters: {
      "/app/a": { merge: ["x-", "${/app/z}"] },
      "/app/z": { copy: "/dba/s" },
      "/dba/s": {},
      "/app/b": { copy: "/app/a" },
    },
    supplied: { "/dba/s": "dummy" },
  });
  expect(await applied(world)).toEqual(["put /dba/s", "put /app/z", "put /app/a", "put /app/b"]);
});

test("one config's destinations lie back to back, all their sources read before the first is written", async () => {
  const world = await makeWorld({
    files: {
      "first.json": {
        parameters: {
          "/app/a/url": { merge: ["mysql://", "${/dba/user}", ":", "${/dba/password:uri}"] },
          "/app/a/user": { copy: "/dba/user" },
          "/app/z/password": { copy: "/dba/password" },
        },
      },
      "second.json": {
        parameters: { "/app/b/user": { copy: "/dba/user" }, "/app/b/mongo": { copy: "/dba/mongo" } },
      },
    },
  });
  for (const name of ["user", "password", "mongo"]) await world.put(`/dba/${name}`, name);
  expect(await applied(world)).toEqual([
    "read /dba/password /dba/user",
    "put /app/a/url",
    "put /app/a/user",
    "put /app/z/password",
    "read /dba/mongo",
    "put /app/b/user",
    "put /app/b/mongo",
  ]);
});

test("a source is read once at the version that was planned, and a merge of merges is made of it", async () => {
  const world = await makeWorld({
    parameters: {
      "/app/a": { merge: ["<", "${/dba/s}", ">"] },
      "/app/b": { merge: ["${/app/a:base64}", "${/app/a}"] },
      "/app/c": { copy: "/app/b" },
    },
  });
  await world.put("/dba/s", "first");
  await world.put("/dba/s", "second");
  expect(await applied(world)).toEqual(["read /dba/s", "put /app/a", "put /app/b", "put /app/c"]);
  expect(await world.value("/app/c")).toBe(`${Buffer.from("<second>").toString("base64")}<second>`);
});

test("what follows from replicas alone needs no right to decrypt them", async () => {
  const world = await makeWorld({ parameters: { "/app/a": { copy: "/dba/s" } } });
  await world.put("/dba/s", "dummy");
  await world.apply();
  world.declare({
    parameters: { "/app/a": { copy: "/dba/s" }, "/app/b": { merge: ["<", "${/app/a}", ">"] } },
  });
  world.impose({ deny: ["kms:Decrypt:alias/replication"] });
  expect(outcomes(await world.apply())).toEqual({ "/app/b": "applied" });
  world.impose({});
  expect(await world.value("/app/b")).toBe("<dummy>");
});

describe("deletes", () => {
  async function withOrphans() {
    const world = await makeWorld({
      parameters: { "/app/a": { value: "a" }, "/app/old1": { value: "1" }, "/app/old2": { value: "2" } },
    });
    await world.apply();
    world.declare({ parameters: { "/app/a": { value: "b" }, "/app/new": { value: "n" } } });
    return world;
  }

  test("come last, each described again immediately before", async () => {
    expect(await applied(await withOrphans(), DELETE_ALL)).toEqual([
      "put /app/a",
      "put /app/new",
      "describe /app/old1",
      "delete /app/old1",
      "describe /app/old2",
      "delete /app/old2",
    ]);
  });

  test("spare what somebody wrote in the meantime", async () => {
    const world = await withOrphans();
    const plan = await world.plan(DELETE_ALL);
    const { store } = world.session;
    world.session = {
      ...world.session,
      store: {
        ...store,
        calls: 0,
        delete: async (name) => {
          if (name === "/app/old1") await world.put("/app/old2", "foreign");
          return store.delete(name);
        },
      },
    };
    expect(outcomes(await world.applySaved(plan))).toMatchObject({
      "/app/old1": "applied",
      "/app/old2": "failed conflict",
    });
    expect(await world.value("/app/old2")).toBe("foreign");
  });

  test("spare what somebody deleted and made anew at the same version", async () => {
    const world = await withOrphans();
    const plan = await world.plan(DELETE_ALL);
    const { store } = world.session;
    const hooked = aroundStore(store, async (call, carryOut) => {
      if (call.method === "delete" && call.name === "/app/old1") {
        await world.remove("/app/old2");
        world.pass(31_000);
        await world.put("/app/old2", "foreign");
      }
      return carryOut();
    });
    world.session = { ...world.session, store: hooked };
    expect(outcomes(await world.applySaved(plan))).toMatchObject({ "/app/old2": "failed conflict" });
    expect(await world.value("/app/old2")).toBe("foreign");
  });

  test("and tags start only with leave, as writes do", async () => {
    const world = await withOrphans();
    world.declare({ parameters: { "/app/a": { value: "b", tags: { team: "a" } } } });
    const plan = await world.plan(DELETE_ALL);
    const { store } = world.session;
    const leaves: string[] = [];
    world.session = {
      ...world.session,
      store: {
        ...aroundStore(store, (_, carryOut) => carryOut()),
        delete: (name, mayStart) => {
          leaves.push(`delete ${mayStart?.()}`);
          return store.delete(name, mayStart);
        },
        tag: (name, tags, mayStart) => {
          leaves.push(`tag ${mayStart?.()}`);
          return store.tag(name, tags, mayStart);
        },
      },
    };
    await world.applySaved(plan);
    expect(leaves).toEqual(["tag true", "delete true", "delete true"]);
  });

  test("find done what is gone already, and the same apply says so", async () => {
    const world = await withOrphans();
    const plan = await world.plan(DELETE_ALL);
    await world.remove("/app/old1");
    expect(outcomes(await world.applySaved(plan))).toMatchObject({
      "/app/old1": "done",
      "/app/old2": "applied",
    });
  });

  test.each([
    [
      "was declared again",
      (world: World) =>
        world.declare({
          parameters: { "/app/a": { value: "b" }, "/app/new": { value: "n" }, "/app/old1": { value: "1" } },
        }),
    ],
    [
      "was protected",
      (world: World) =>
        world.declare({
          parameters: { "/app/a": { value: "b" }, "/app/new": { value: "n" } },
          environment: { protect: ["/app/old1"] },
        }),
    ],
    [
      "was ignored",
      (world: World) =>
        world.declare({
          parameters: { "/app/a": { value: "b" }, "/app/new": { value: "n" } },
          environment: { ignore: ["/app/old1"] },
        }),
    ],
    [
      "fell out of scope",
      (world: World) =>
        world.declare({
          parameters: { "/app/a": { value: "b" }, "/app/new": { value: "n" } },
          environment: { scopes: ["/dba/"] },
        }),
    ],
  ])("are stale, not done, when what they meant %s", async (_, redeclare) => {
    const world = await withOrphans();
    const plan = await world.plan(DELETE_ALL);
    redeclare(world);
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: 4 });
    expect(await world.value("/app/old1")).toBe("1");
    expect(await world.value("/app/a")).toBe("a");
  });
});

test("an apply that is asked to stop starts no further write and reads no further source", async () => {
  const world = await makeWorld({
    files: {
      "one.json": { parameters: { "/app/a": { copy: "/dba/s" }, "/app/b": { copy: "/dba/s" } } },
      "two.json": { parameters: { "/app/c": { copy: "/dba/t" } } },
    },
  });
  await world.put("/dba/s", "s");
  await world.put("/dba/t", "t");
  const plan = await world.plan();
  const record: string[] = [];
  world.session = { ...world.session, store: recordingStore(world.session.store, record) };
  const result = await world.applySaved(plan, { stopAfter: 1 });
  expect(result.stopped).toBe("interrupted");
  expect(outcomes(result)).toEqual({ "/app/a": "applied", "/app/b": "skipped", "/app/c": "skipped" });
  expect(record.slice(1)).toEqual(["read /dba/s", "put /app/a"]);
  expect(outcomes(await world.applySaved(plan))).toEqual({
    "/app/a": "done",
    "/app/b": "applied",
    "/app/c": "applied",
  });
});
