import { describe, expect, it } from "vitest";
import { putValue } from "../../src/apply/put-value.ts";
import { undelete } from "../../src/apply/undelete.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { keptName } from "../../src/plan/kept-name.ts";
import { DELETE_ALL, outcomes } from "../support/world.ts";
import { type Declared, type GuardedWorld, guardedWorld } from "./guarded-world.ts";

const GENERATE = { generate: { type: "password" } };
const DECLARED: Declared = {
  parameters: {
    "/dba/password": {},
    "/dba/unread": {},
    "/dba/key": GENERATE,
    "/app/a/session": GENERATE,
    "/app/a/password": { copy: "/dba/password" },
    "/app/a/url": { merge: ["db://", "${/app/a/password:uri}", "@", "${/app/a/host}"] },
    "/app/a/host": { value: "db.internal" },
    "/app/a/image": { value: "ami-0000000000000000a" },
    "/app/a/hash": { generate: { type: "bcrypt-password-hash", rounds: 4, source: "/app/a/session" } },
    "/dba/supplied": {},
  },
  environment: {
    sources: [{ kind: "parameter", map: [{ names: "/dba/supplied", parameter: "/ops/supplier" }] }],
    guards: { delete: { count: 50, percent: 100 }, update: { percent: 100 }, regenerate: { count: 50 } },
  },
};

/** A world in which all of it lives, and nothing was refused on the way. */
async function settled(): Promise<GuardedWorld> {
  const world = await guardedWorld(DECLARED);
  world.put("owner-dba", "/dba/password", "dummy-password", "alias/dba");
  world.put("owner-ops", "/ops/supplier", "dummy-supplied", "alias/ops");
  await byHand(world, "/dba/unread", "dummy-unread");
  await applied(world);
  return world;
}

/** `paraform put`, which stamps. */
async function byHand(world: GuardedWorld, name: string, value: string): Promise<void> {
  const { store, config, graph } = await world.session("applier");
  const parameter = graph.parameters.get(parameterName(name));
  const { environment } = config;
  const hand = { store, ring: await world.ring("applier"), environment, parameter };
  await putValue(hand, parameterName(name), new Secret(value));
}

/** What the applier's apply did, without being refused anything. */
async function applied(world: GuardedWorld, inputs: Partial<typeof DELETE_ALL> = {}) {
  const done = outcomes(await world.apply("applier", inputs));
  expect(world.denied()).toEqual([]);
  expect(Object.values(done).filter((outcome) => outcome !== "applied")).toEqual([]);
  return Object.keys(done).sort();
}

function adding(parameters: Record<string, unknown>, more: Partial<Declared> = {}): Declared {
  return { ...DECLARED, ...more, parameters: { ...DECLARED.parameters, ...parameters } };
}

function without(names: readonly string[], more: Partial<Declared> = {}): Declared {
  const kept = Object.entries(DECLARED.parameters).filter(([name]) => !names.includes(name));
  return { ...DECLARED, ...more, parameters: Object.fromEntries(kept) };
}

describe("the applier's role, as the config makes it, is refused nothing that an apply does", () => {
  it("when it creates, and when sources change", async () => {
    const world = await settled();
    expect(world.value("service-a", "/app/a/url")).toBe("db://dummy-password@db.internal");
    expect(world.value("owner-dba", "/dba/supplied")).toBe("dummy-supplied");
    world.put("owner-dba", "/dba/password", "dummy-rotated", "alias/dba");
    expect(await applied(world)).toEqual(["/app/a/password", "/app/a/url"]);
  });

  it("when it writes other attributes, and regenerates", async () => {
    const world = await settled();
    await world.declare(
      adding({
        "/dba/unread": { description: "with a text" },
        "/dba/key": { ...GENERATE, description: "with a text" },
        "/app/a/host": { value: "db.internal", tags: { team: "a" } },
        "/app/a/password": { copy: "/dba/password", tier: "Advanced" },
      }),
    );
    expect(await applied(world)).toContain("/dba/unread");
    expect(world.value("owner-dba", "/dba/unread")).toBe("dummy-unread");
    expect(await applied(world, { regenerate: ["/**"] })).toEqual([
      "/app/a/hash",
      "/app/a/session",
      "/dba/key",
    ]);
  });

  it("when it brings an earlier version back", async () => {
    const world = await settled();
    await byHand(world, "/dba/unread", "dummy-second");
    expect(await applied(world, { rollback: { "/dba/unread": 1 } })).toContain("/dba/unread");
    expect(world.value("owner-dba", "/dba/unread")).toBe("dummy-unread");
  });

  it("when it deletes, keeping copies that nobody else opens, and brings one back", async () => {
    const world = await settled();
    await world.declare(without(["/dba/unread", "/app/a/url", "/app/a/password"]));
    expect(await applied(world, DELETE_ALL)).toEqual(["/app/a/password", "/app/a/url", "/dba/unread"]);
    const ring = await world.ring("applier");
    const copies = ["/dba/unread", "/app/a/url"].map((name) => keptName(ring, parameterName(name)));
    for (const copy of copies) {
      const readers = world.principals.filter((who) => world.value(who, copy) !== undefined);
      expect(readers).toEqual(["applier"]);
    }
    world.denied();

    const { store } = await world.session("applier");
    for (const name of ["/dba/unread", "/app/a/url"]) {
      const { kept } = await world.plan("applier");
      const sleep = async (milliseconds: number) => world.pass(milliseconds);
      await undelete({ store, ring, kept, sleep, waiting: () => {} }, parameterName(name));
    }
    expect(world.denied()).toEqual([]);
    expect(world.value("owner-dba", "/dba/unread")).toBe("dummy-unread");
    expect(world.value("applier", "/app/a/url")).toBe("db://dummy-password@db.internal");
  });

  it("when it moves, gives up, destroys and replaces", async () => {
    const world = await settled();
    const session = world.value("service-a", "/app/a/session");
    await world.declare({
      ...without(["/dba/unread", "/app/a/session", "/dba/key", "/app/a/url"]),
      parameters: {
        ...without(["/dba/unread", "/app/a/session", "/dba/key", "/app/a/url"]).parameters,
        "/dba/renamed": {},
        "/app/a/cookie": GENERATE,
        "/app/a/hash": { generate: { type: "bcrypt-password-hash", rounds: 4, source: "/app/a/cookie" } },
        "/app/a/image": { value: "ami-0000000000000000a", dataType: "aws:ec2:image" },
      },
      moved: [
        { from: "/dba/unread", to: "/dba/renamed" },
        { from: "/app/a/session", to: "/app/a/cookie" },
      ],
      removed: [
        { name: "/app/a/url", destroy: false },
        { name: "/dba/key", destroy: true },
      ],
    });
    expect(await applied(world, DELETE_ALL)).toEqual(
      expect.arrayContaining(["/app/a/cookie", "/app/a/image", "/app/a/url", "/dba/key", "/dba/renamed"]),
    );
    expect(world.value("owner-dba", "/dba/renamed")).toBe("dummy-unread");
    expect(world.value("service-a", "/app/a/cookie")).toBe(session);
    expect(world.value("service-a", "/app/a/url")).toBe("db://dummy-password@db.internal");
    expect(await applied(world, DELETE_ALL)).toEqual([]);
  });
});

describe("the applier's role, beside names of another key in one folder,", () => {
  const KEYS = [
    { path: "/dba/**", key: "alias/dba" },
    { path: "/app/**", key: "alias/app" },
  ];
  const SPECIAL = { ...GENERATE, key: "alias/ops" };
  const MIXED: Declared = {
    parameters: {
      "/dba/password": {},
      "/app/x/one": GENERATE,
      "/app/x/two": GENERATE,
      "/app/x/special": SPECIAL,
      "/dba/special": SPECIAL,
      "/app/x/copy": { copy: "/dba/password" },
      "/app/y/copy": { copy: "/dba/password" },
    },
    environment: { keys: KEYS, guards: { delete: { count: 50, percent: 100 } } },
  };
  const LEFT = Object.fromEntries(
    Object.entries(MIXED.parameters).filter(([name]) => name !== "/app/x/special" && name !== "/app/x/copy"),
  );

  async function mixed(): Promise<GuardedWorld> {
    const world = await guardedWorld(MIXED);
    world.put("owner-dba", "/dba/password", "dummy-password", "alias/dba");
    await applied(world);
    return world;
  }

  it("deletes and brings back what lay under a key that nothing else in the folder has", async () => {
    const world = await mixed();
    const special = world.value("applier", "/app/x/special");
    await world.declare({ ...MIXED, parameters: LEFT });
    expect(await applied(world, DELETE_ALL)).toEqual(["/app/x/copy", "/app/x/special"]);
    const { store } = await world.session("applier");
    const ring = await world.ring("applier");
    const sleep = async (milliseconds: number) => world.pass(milliseconds);
    for (const name of ["/app/x/copy", "/app/x/special"]) {
      const { kept } = await world.plan("applier");
      await undelete({ store, ring, kept, sleep, waiting: () => {} }, parameterName(name));
    }
    expect(world.denied()).toEqual([]);
    expect(world.value("applier", "/app/x/copy")).toBe("dummy-password");
    expect(world.value("applier", "/app/x/special")).toBe(special);
  });

  it("forgets it, and leaves its value", async () => {
    const world = await mixed();
    const special = world.value("applier", "/app/x/special");
    const removed = ["/app/x/special", "/app/x/copy"].map((name) => ({ name, destroy: false }));
    await world.declare({ ...MIXED, parameters: LEFT, removed });
    expect(await applied(world)).toEqual(["/app/x/copy", "/app/x/special"]);
    expect(world.value("applier", "/app/x/special")).toBe(special);
    expect(world.value("applier", "/app/x/copy")).toBe("dummy-password");
  });

  it("puts each that is declared under its own key alone", async () => {
    const world = await mixed();
    expect(world.put("applier", "/app/x/one", "dummy", "alias/replication")).toBe(false);
    expect(world.put("applier", "/app/x/copy", "dummy", "alias/app")).toBe(false);
    expect(world.put("applier", "/app/x/special", "dummy", "alias/app")).toBe(false);
    expect(world.put("applier", "/app/x/special", "dummy", "alias/ops")).toBe(true);
  });
});

describe("an owner's role", () => {
  it("keeps the folder of its own that replicas are in, and what is deeper, but not the replicas", async () => {
    const { parameters } = DECLARED;
    const replicas = ["/app/x/password", "/app/x/key", "/app/x/deep/key"];
    const copies = Object.fromEntries(replicas.map((name) => [name, { copy: "/dba/password" }]));
    const world = await guardedWorld({ ...DECLARED, parameters: { ...parameters, ...copies } });
    for (const own of ["/app/x/own", "/app/x/deep/own", "/app/x/password/own"]) {
      expect([own, world.put("owner-app", own, "dummy-own", "alias/app")]).toEqual([own, true]);
      expect(world.value("owner-app", own)).toBe("dummy-own");
    }
    for (const replica of replicas) {
      expect([replica, world.put("owner-app", replica, "dummy", "alias/app")]).toEqual([replica, false]);
    }
  });
});

describe("the applier's role", () => {
  const OPENERS = /^(Read|Open)Deletable/;

  it("deletes without a copy, and opens nothing of it, where the statements that open it are dropped", async () => {
    const world = await settled();
    const less = without(["/app/a/url"]);
    await world.declare(less, OPENERS);
    const refused = await world.apply("applier", DELETE_ALL);
    expect(outcomes(refused)).toEqual({ "/app/a/url": "failed copy_denied" });
    expect(world.value("applier", "/app/a/url")).toBeUndefined();
    expect(outcomes(await world.apply("applier", DELETE_ALL, true))).toEqual({ "/app/a/url": "applied" });
  });

  it("neither opens nor deletes in a scope that is protected, and has nothing for copies where there is no other", async () => {
    const world = await settled();
    const environment = { ...DECLARED.environment, scopes: ["/dba/"], protect: ["/dba/**"] };
    world.put("owner-dba", "/dba/foreign", "dummy-foreign", "alias/dba");
    expect(world.value("applier", "/dba/foreign")).toBe("dummy-foreign");
    await world.declare({ ...DECLARED, environment });
    expect(world.value("applier", "/dba/foreign")).toBeUndefined();
    expect(world.put("applier", "/paraform/test/deleted/any", "dummy", "alias/paraform")).toBe(false);
  });

  it("puts what is declared under no key but its own, though it brings back what is not under any", async () => {
    const world = await settled();
    expect(world.put("applier", "/app/a/url", "dummy", "alias/app")).toBe(false);
    expect(world.put("applier", "/app/a/session", "dummy", "alias/replication")).toBe(false);
    expect(world.put("applier", "/app/a/gone", "dummy", "alias/replication")).toBe(true);
    expect(world.put("applier", "/app/a/gone", "dummy", "alias/ops")).toBe(false);
  });
});
