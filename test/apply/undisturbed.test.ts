import { describe, expect, test } from "vitest";
import { aroundStore, Killed } from "../support/around-store.ts";
import { applyFileless, type FilelessOptions } from "../support/fileless.ts";
import { replicateIn, written } from "../support/replicator.ts";
import {
  decisions,
  makeWorld,
  NO_INPUTS,
  outcomes,
  rekey,
  type World,
  type WorldOptions,
} from "../support/world.ts";

const generated = { generate: { type: "password" } };

/** `before` applied; an hour later the first `stopAfter` changes to `after`, of which the plan is given. */
async function stopped(before: WorldOptions, after: WorldOptions, stopAfter = 1, inputs = {}) {
  const world = await makeWorld(before);
  await world.apply();
  world.pass(3_600_000);
  world.declare(after);
  const plan = await world.plan(inputs);
  await applyFileless(world, inputs, { expect: plan.fingerprint, stopAfter });
  world.pass(60_000);
  return { world, plan, again: () => apply(world, inputs, { expect: plan.fingerprint }) };
}

async function apply(world: World, inputs: object, options: FilelessOptions = {}) {
  const result = await applyFileless(world, { ...NO_INPUTS, ...inputs }, { pid: 2, ...options });
  return result === "unexpected" ? result : outcomes(result);
}

describe("a run that was stopped does not meet its fingerprint any more once somebody deleted", () => {
  const rest = (value: string) => ({ "/app/x": { value }, "/app/y": { value } });

  test("a source of what was to stay: it would be made anew, and all that follows from it", async () => {
    const shared = { "/dba/pw": generated, "/app/one/pw": { copy: "/dba/pw" } };
    const { world, again } = await stopped(
      { parameters: { ...shared, ...rest("1") } },
      { parameters: { ...shared, ...rest("2") } },
    );
    const copied = await world.value("/app/one/pw");
    await world.remove("/dba/pw");
    expect(await again()).toBe("unexpected");
    expect([await world.value("/dba/pw"), await world.value("/app/one/pw")]).toEqual([undefined, copied]);
  });

  test("what it updated: the name that it had long ago would move there, and be deleted", async () => {
    const { world, again } = await stopped(
      { parameters: { "/app/a": generated, "/app/b": generated, ...rest("1") } },
      {
        parameters: { "/app/b": { value: "literal", type: "SecureString" }, ...rest("2") },
        files: { "moved.json": { moved: [{ from: "/app/a", to: "/app/b" }] } },
      },
    );
    await world.remove("/app/b");
    expect(await again()).toBe("unexpected");
    expect(await world.value("/app/a")).toBeDefined();
  });

  const moves = () =>
    stopped(
      { parameters: { "/app/a": generated, ...rest("1") } },
      {
        parameters: { "/app/b": generated, ...rest("2") },
        files: { "moved.json": { moved: [{ from: "/app/a", to: "/app/b" }] } },
      },
      2,
    );

  test("what it has to move: it would be made anew under the new name", async () => {
    const { world, again } = await moves();
    await world.remove("/app/b");
    await world.remove("/app/a");
    expect(await again()).toBe("unexpected");
    expect(await world.value("/app/b")).toBeUndefined();
  });

  test("and put something else where it was to make something", async () => {
    const { world, again } = await stopped(
      { parameters: rest("1") },
      { parameters: { ...rest("2"), "/app/new": generated, "/app/newer": generated } },
    );
    await world.remove("/app/new");
    world.pass(60_000);
    await world.put("/app/new", "by hand");
    expect(await again()).toBe("unexpected");
    expect(await world.value("/app/newer")).toBeUndefined();
  });

  test("but it does where that is what it has made itself, or is to make or to delete", async () => {
    const { world, again } = await stopped(
      { parameters: { ...rest("1"), "/app/old": { value: "old" } } },
      { parameters: { ...rest("2"), "/app/new": generated, "/app/newer": generated } },
      1,
      { delete: ["/**"] },
    );
    await world.remove("/app/new");
    await world.remove("/app/old");
    world.pass(60_000);
    expect(await again()).toEqual({
      "/app/new": "applied",
      "/app/newer": "applied",
      "/app/x": "applied",
      "/app/y": "applied",
    });
  });
});

test("guards that a run passed count anew once somebody deleted what it had not to make", async () => {
  const gone = Object.fromEntries([1, 2, 3, 4, 5, 6].map((each) => [`/app/gone${each}`, { value: "1" }]));
  const inputs = { delete: ["/app/gone*"] };
  const { world } = await stopped(
    { parameters: { ...gone, "/app/a": generated, "/app/b": generated } },
    {
      parameters: { "/app/b": { value: "literal", type: "SecureString" } },
      files: { "moved.json": { moved: [{ from: "/app/a", to: "/app/b" }] } },
    },
    0,
  );
  await apply(world, { ...inputs, allow: { delete: 6, update: 1 } }, { stopAfter: 3 });
  await world.remove("/app/b");
  await expect(apply(world, inputs)).rejects.toMatchObject({ exitCode: 3 });
  expect(await world.value("/app/a")).toBeDefined();
});

describe("a rotation that was cut", () => {
  const all = { regenerate: ["/**"] };

  async function cut() {
    const world = await makeWorld({ parameters: { "/app/a": generated, "/app/b": generated } });
    await world.apply();
    world.pass(3_600_000);
    await apply(world, all, { stopAfter: 1 });
    return { world, rotated: await world.value("/app/a") };
  }

  test("is resumed after init --rekey", async () => {
    const { world, rotated } = await cut();
    await rekey(world);
    expect(await apply(world, all)).toEqual({ "/app/b": "applied" });
    expect(await world.value("/app/a")).toBe(rotated);
    expect(await apply(world, all)).toEqual({ "/app/a": "applied", "/app/b": "applied" });
  });

  test("is begun anew where the plan that rotates all again was reviewed, and is expected", async () => {
    const { world, rotated } = await cut();
    const plan = await world.plan(all);
    expect(decisions(plan)).toEqual({ "/app/a": "update regenerate", "/app/b": "update regenerate" });
    expect(await apply(world, all, { expect: plan.fingerprint })).toEqual({
      "/app/a": "applied",
      "/app/b": "applied",
    });
    expect(await world.value("/app/a")).not.toBe(rotated);
  });

  test("is resumed after an apply of something else that died before its first write", async () => {
    const { world, rotated } = await cut();
    const { session } = world;
    let taken = false;
    const store = aroundStore(session.store, async ({ method }, carryOut) => {
      if (taken && method === "put") throw new Killed();
      taken ||= method === "put";
      return carryOut();
    });
    world.session = { ...session, store };
    await expect(apply(world, { regenerate: ["/app/b"] })).rejects.toThrow(Killed);
    world.session = session;
    expect(await apply(world, all, { pid: 3 })).toEqual({ "/app/b": "applied" });
    expect(await world.value("/app/a")).toBe(rotated);
  });
});

describe("a run that was stopped is finished although a replicator brought up what it wrote of", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      "a hash of the replica",
      { generate: { type: "bcrypt-password-hash", source: "/app/x/copy", rounds: 4 } },
      { generate: { type: "bcrypt-password-hash", source: "/app/x/copy", rounds: 4 } },
    ],
    [
      "a merge of it by another rule",
      { merge: ["old:", "${/app/x/copy}"] },
      { merge: ["new:", "${/app/x/copy}"] },
    ],
  ])("%s, by its fingerprint and by its file", async (_, before, after) => {
    const shared = { "/dba/a": {}, "/app/x/copy": { copy: "/dba/a" } };
    for (const how of ["fingerprint", "file"]) {
      const { world, plan, again } = await stopped(
        { parameters: { ...shared, "/app/x/last": before }, supplied: { "/dba/a": "dummy-1" } },
        { parameters: { ...shared, "/app/x/last": after }, supplied: { "/dba/a": "dummy-2" } },
      );
      expect(written(await replicateIn(world, ["/dba/a"]))).toEqual(["/app/x/copy: applied"]);
      world.pass(60_000);
      const result = how === "file" ? outcomes(await world.applySaved(plan)) : await again();
      expect(result).toMatchObject({ "/app/x/last": "applied" });
      expect(Object.values(decisions(await world.plan()))).toEqual(["no-op", "no-op", "no-op"]);
    }
  });
});

test("a run that was stopped is finished within its guards, whatever less is told of what it has made", async () => {
  const before = {
    parameters: { "/dba/root": {}, "/dba/s": { copy: "/dba/root" }, "/app/b/p": { copy: "/dba/s" } },
    environment: { guards: { broaden: { count: 0 } } },
    supplied: { "/dba/root": "dummy" },
  };
  const still = { key: "alias/replication", description: "by itself now" };
  const { again } = await stopped(before, {
    ...before,
    parameters: { ...before.parameters, "/dba/s": still },
  });
  expect(await again()).toMatchObject({ "/app/b/p": "applied" });
});
