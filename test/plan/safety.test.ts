import { expect, describe as group, test } from "vitest";
import { findUndeclared } from "../../src/plan/orphans.ts";
import type { Guard, Plan, PlanInputs } from "../../src/plan/plan.ts";
import { renderPlan } from "../../src/render/human-plan.ts";
import {
  changeOf,
  DELETE_ALL,
  decisions,
  describe,
  makeWorld,
  outcomes,
  rekey,
  type World,
  type WorldOptions,
} from "../support/world.ts";

const KEPT = { "/app/kept": { value: "kept" } };

function guardOf(plan: Plan, name: string): Guard | undefined {
  return plan.guards.find((guard) => guard.name === name);
}

function tripped(plan: Plan): readonly string[] {
  return plan.guards.filter((guard) => guard.tripped).map(({ name, count }) => `${name}=${count}`);
}

function literals(count: number, value = "v", folder = "/app/x"): Record<string, { value: string }> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/${index}`, { value }]));
}

/** Makes what `before` declares, and declares `now` in its place. */
async function moved(before: WorldOptions, now: WorldOptions): Promise<World> {
  const world = await makeWorld(before);
  await world.apply();
  world.declare(now);
  return world;
}

group("the sweep", () => {
  test("deletes only within scopes, and only with --delete", async () => {
    const outside = { "/elsewhere/x": { value: "v" } };
    const world = await moved(
      { parameters: { ...KEPT, ...outside, "/app/x": { value: "v" } } },
      { parameters: KEPT },
    );
    const withheld = await world.plan();
    expect(decisions(withheld)).toEqual({ "/app/kept": "no-op", "/app/x": "withheld not_in_config" });
    expect(withheld.summary).toMatchObject({ destroy: 0, withheld: { delete: 1 } });
    const plan = await world.plan(DELETE_ALL);
    expect(decisions(plan)).toEqual({ "/app/kept": "no-op", "/app/x": "delete not_in_config" });
    await world.applySaved(plan);
    expect([await world.value("/app/x"), await world.value("/elsewhere/x")]).toEqual([undefined, "v"]);
  });

  test("takes a scope as a path, not as the beginning of a word", async () => {
    const world = await moved(
      { parameters: { ...KEPT, "/application/x": { value: "v" } } },
      { parameters: KEPT, environment: { scopes: ["/app"] } },
    );
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ "/app/kept": "no-op" });
  });

  test("deletes what --delete=GLOB names and withholds the rest", async () => {
    const world = await moved(
      { parameters: { ...KEPT, "/app/a/x": { value: "v" }, "/app/b/x": { value: "v" } } },
      { parameters: KEPT },
    );
    expect(decisions(await world.plan({ delete: ["/app/a/**"] }))).toEqual({
      "/app/a/x": "delete not_in_config",
      "/app/b/x": "withheld not_in_config",
      "/app/kept": "no-op",
    });
  });

  test("never deletes what is protected", async () => {
    const world = await moved(
      { parameters: { ...KEPT, "/app/x": { value: "v" } } },
      { parameters: KEPT, environment: { protect: ["/app/x"] } },
    );
    const plan = await world.plan(DELETE_ALL);
    expect(decisions(plan)).toEqual({ "/app/kept": "no-op", "/app/x": "withheld protected" });
    await world.applySaved(plan);
    expect(await world.value("/app/x")).toBe("v");
  });

  test("does not look at what is ignored", async () => {
    const world = await moved(
      { parameters: { ...KEPT, "/app/x": { value: "v" } } },
      { parameters: KEPT, environment: { ignore: ["/app/x"], scopes: [{ path: "/app/", exclusive: true }] } },
    );
    await world.put("/app/y", "v");
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({
      "/app/kept": "no-op",
      "/app/y": "delete not_in_config",
    });
  });

  test("in an exclusive scope deletes what nobody stamped, but nothing of another owner", async () => {
    const world = await makeWorld({
      parameters: { "/app/theirs": { value: "v" } },
      environment: { owner: "others" },
    });
    await world.apply();
    await world.put("/app/stray", "v");
    await world.put("/shared/stray", "v");
    world.declare({
      parameters: KEPT,
      environment: { scopes: [{ path: "/app/", exclusive: true }, "/shared/"] },
    });
    const plan = await world.plan(DELETE_ALL);
    expect(decisions(plan)).toEqual({ "/app/kept": "create missing", "/app/stray": "delete not_in_config" });
    await world.applySaved(plan);
    expect(await world.value("/app/stray")).toBeUndefined();
    expect(await world.value("/app/theirs")).toBe("v");
  });

  test("takes nothing for an orphan that is only referred to", async () => {
    const parameters = { "/dba/source": { value: "v" }, "/app/copy": { copy: "/dba/source" } };
    const world = await moved({ parameters }, { parameters: { "/app/copy": { copy: "/dba/source" } } });
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ "/app/copy": "no-op", "/dba/source": "no-op" });
  });

  test("never touches paraform's own parameters", async () => {
    const world = await moved({ parameters: KEPT }, { parameters: KEPT });
    const plan = await world.plan(DELETE_ALL);
    expect(JSON.stringify(plan)).not.toContain("/paraform/");
    await world.applySaved(plan);
    expect(await world.value("/paraform/test/digest-key")).toBeDefined();
  });
});

test("paraform's own parameters would be left alone even by a scope over everything, which configs may not have", async () => {
  const world = await makeWorld();
  const result = await world.result();
  if (!result.complete) throw new Error("the plan is incomplete");
  const prefixes = ["/paraform/"];
  const live = await world.session.store.describe({ prefixes, names: [] });
  expect(live.size).toBe(1);
  const scopes = [{ path: "/", exclusive: true }];
  expect(findUndeclared(result.ring, "platform", world.session.graph, live, scopes, () => false)).toEqual([]);
});

group("protect", () => {
  const generate = { generate: { type: "password" } };

  test("keeps a generated value from being regenerated, and says so", async () => {
    const world = await moved(
      { parameters: { "/app/x": generate, "/app/y": generate } },
      { environment: { protect: ["/app/x"] } },
    );
    const plan = await world.plan({ regenerate: ["/**"] });
    expect(decisions(plan)).toEqual({ "/app/x": "no-op", "/app/y": "update regenerate" });
    expect(plan.diagnostics).toMatchObject([{ severity: "note", code: "protected", address: "/app/x" }]);
  });

  test("keeps no attribute from what is asked to be regenerated", async () => {
    const world = await moved(
      { parameters: { "/app/x": generate } },
      {
        parameters: { "/app/x": { ...generate, description: "of the service" } },
        environment: { protect: ["/app/x"] },
      },
    );
    const value = await world.value("/app/x");
    const plan = await world.plan({ regenerate: ["/**"] });
    expect(decisions(plan)).toEqual({ "/app/x": "update attribute_changed" });
    await world.applySaved(plan);
    expect(await world.value("/app/x")).toBe(value);
  });

  test("blocks a replace", async () => {
    const value = "ami-0123456789abcdef0";
    const world = await moved(
      { parameters: { "/app/x": { value } } },
      {
        parameters: { "/app/x": { value, dataType: "aws:ec2:image" } },
        environment: { protect: ["/app/**"] },
      },
    );
    expect(decisions(await world.plan())).toEqual({ "/app/x": "blocked protected" });
  });

  test("lets updates pass", async () => {
    const world = await moved(
      { parameters: { "/app/x": { value: "one" } }, environment: { protect: ["/app/**"] } },
      { parameters: { "/app/x": { value: "two" } } },
    );
    expect(decisions(await world.plan())).toEqual({ "/app/x": "update value_changed" });
  });
});

group("the guard", () => {
  test.each<[string, number, number, number, boolean]>([
    ["three of four", 4, 3, 3, false],
    ["four of five", 5, 4, 3, true],
    ["one of ten, a tenth", 10, 1, 1, false],
    ["two of ten", 10, 2, 1, true],
    ["three of forty, the count stands below the percentage", 40, 3, 3, false],
    ["four of forty", 40, 4, 3, true],
  ])("delete: %s", async (_, live, removed, limit, trips) => {
    const all = literals(live);
    const left = Object.fromEntries(Object.entries(all).slice(removed));
    const world = await moved({ parameters: all }, { parameters: left });
    const plan = await world.plan(DELETE_ALL);
    expect(guardOf(plan, "delete")).toEqual({ name: "delete", limit, count: removed, tripped: trips });
    expect(plan.applyable).toBe(!trips);
    expect(plan.summary.destroy).toBe(removed);
  });

  test("delete counts replaces, and what an exclusive scope claims", async () => {
    const value = "ami-0123456789abcdef0";
    const world = await moved(
      { parameters: { "/app/image": { value } } },
      {
        parameters: { "/app/image": { value, dataType: "aws:ec2:image" } },
        environment: { scopes: [{ path: "/app/", exclusive: true }] },
      },
    );
    await world.put("/app/stray", "v");
    const plan = await world.plan(DELETE_ALL);
    expect(guardOf(plan, "delete")).toMatchObject({ limit: 3, count: 2, tripped: false });
  });

  test("delete lets the strays of an exclusive scope go, a few at a time", async () => {
    const world = await makeWorld({
      parameters: KEPT,
      environment: { scopes: [{ path: "/app/", exclusive: true }] },
    });
    for (const name of ["/app/a", "/app/b", "/app/c"]) await world.put(name, "v");
    expect(guardOf(await world.plan(DELETE_ALL), "delete")).toMatchObject({ count: 3, tripped: false });
    await world.put("/app/d", "v");
    expect(guardOf(await world.plan(DELETE_ALL), "delete")).toMatchObject({ count: 4, tripped: true });
  });

  test.each([
    [9, 9, false],
    [10, 5, false],
    [10, 6, true],
    [11, 6, true],
  ])("update: of %d parameters %d: %s", async (live, changed, trips) => {
    const now = { ...literals(live), ...literals(changed, "w") };
    const world = await moved({ parameters: literals(live) }, { parameters: now });
    const plan = await world.plan();
    expect(guardOf(plan, "update")).toMatchObject({ count: changed, tripped: trips });
    expect(plan.applyable).toBe(!trips);
  });

  test("update and delete have the limits of environment.json", async () => {
    const world = await moved(
      { parameters: literals(20) },
      {
        parameters: { ...literals(10), ...literals(3, "w") },
        environment: { guards: { delete: { count: 100, percent: 50 }, update: { percent: 10 } } },
      },
    );
    const plan = await world.plan(DELETE_ALL);
    expect(guardOf(plan, "delete")).toMatchObject({ limit: 10, count: 10, tripped: false });
    expect(guardOf(plan, "update")).toMatchObject({ limit: 2, count: 3, tripped: true });
  });

  test("regenerate counts made values, not what follows from them", async () => {
    const made = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`/dba/${index}`, { generate: { type: "password" } }]),
    );
    const copies = Object.fromEntries(Object.keys(made).map((name) => [`/app${name}`, { copy: name }]));
    const world = await makeWorld({
      parameters: { ...made, ...copies },
      environment: { guards: { update: { percent: 100 } } },
    });
    await world.apply();
    expect(tripped(await world.plan({ regenerate: ["/dba/[0-4]"] }))).toEqual([]);
    const plan = await world.plan({ regenerate: ["/**"] });
    expect(tripped(plan)).toEqual(["regenerate=6"]);
    expect(plan.summary.change).toBe(12);
  });

  test("adopt counts values that are taken over as they are", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/static": {},
        "/dba/made": { generate: { type: "password" } },
        "/app/literal": { value: "v" },
        "/app/copy": { copy: "/dba/static" },
        "/app/supplied": {},
      },
      supplied: { "/app/supplied": "v" },
      adopt: ["/dba/static", "/dba/made", "/app/literal", "/app/copy", "/app/supplied"].map((name) => ({
        name,
      })),
    });
    await world.put("/app/literal", "somebody's", { Type: "String" });
    for (const name of ["/dba/static", "/dba/made", "/app/copy", "/app/supplied"]) {
      await world.put(name, "somebody's");
    }
    const plan = await world.plan();
    expect(new Set(Object.values(decisions(plan)))).toEqual(new Set(["update adopted"]));
    expect(plan.summary).toMatchObject({ adopt: 5, change: 5 });
    expect(tripped(plan)).toEqual(["adopt=2"]);
    const allowed = await world.plan({ allow: { adopt: 2 } });
    expect(allowed.applyable).toBe(true);
    await world.applySaved(allowed);
    expect(await world.value("/app/literal")).toBe("v");
    expect(await world.value("/app/copy")).toBe("somebody's");
    expect(await world.value("/dba/made")).toBe("somebody's");
    expect((await world.plan()).summary).toMatchObject({ no_op: 5, adopt: 0 });
  });

  test("empty: nothing is declared any more where something was", async () => {
    const world = await moved({ parameters: literals(2) }, { parameters: {} });
    expect(tripped(await world.plan())).toEqual(["empty=2"]);
    expect(tripped(await world.plan(DELETE_ALL))).toEqual(["empty=2"]);
    expect((await world.plan({ ...DELETE_ALL, allow: { empty: 2 } })).applyable).toBe(true);
  });

  test("empty: also where only an exclusive scope says that it is ours", async () => {
    const world = await makeWorld({ environment: { scopes: [{ path: "/app/", exclusive: true }] } });
    expect(tripped(await world.plan(DELETE_ALL))).toEqual([]);
    await world.put("/app/x", "v");
    expect(tripped(await world.plan(DELETE_ALL))).toEqual(["empty=1"]);
  });

  test("blocked: trips at one, and lets everything else be applied when exactly it is allowed", async () => {
    const world = await makeWorld({
      parameters: { ...KEPT, "/dba/missing": {}, "/app/copy": { copy: "/dba/missing" } },
    });
    const plan = await world.plan();
    expect(tripped(plan)).toEqual(["blocked=2"]);
    expect(plan.blocked).toEqual([
      { address: "/app/copy", reason: "input_missing", on: "/dba/missing" },
      { address: "/dba/missing", reason: "missing", on: null },
    ]);
    expect(tripped(await world.plan({ allow: { blocked: 1 } }))).toEqual(["blocked=2"]);
    const allowed = await world.plan({ allow: { blocked: 2 } });
    expect(allowed.applyable).toBe(true);
    expect(outcomes(await world.applySaved(allowed))).toEqual({ "/app/kept": "applied" });
  });

  test("--allow names exactly how many, and stands above the percentage", async () => {
    const world = await moved({ parameters: literals(10) }, { parameters: literals(4) });
    const plan = async (count: number) => world.plan({ ...DELETE_ALL, allow: { delete: count } });
    expect((await plan(6)).applyable).toBe(true);
    expect((await plan(5)).applyable).toBe(false);
    expect((await plan(7)).applyable).toBe(false);
  });

  test("hides nothing of the plan when it trips", async () => {
    const world = await moved({ parameters: literals(10) }, { parameters: literals(1) });
    const plan = await world.plan(DELETE_ALL);
    expect(tripped(plan)).toEqual(["delete=9"]);
    expect(plan.resource_changes).toHaveLength(10);
    expect(plan.fingerprint).not.toBe("");
  });
});

group("exposure", () => {
  test("from SecureString to String", async () => {
    const world = await moved(
      { parameters: { "/dba/x": {} }, supplied: { "/dba/x": "dummy" } },
      { parameters: { "/dba/x": { type: "String" } } },
    );
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ "/dba/x": "update attribute_changed" });
    expect(tripped(plan)).toEqual(["exposure=1"]);
  });

  test("not from String to SecureString", async () => {
    const world = await moved(
      { parameters: { "/dba/x": { type: "String" } }, supplied: { "/dba/x": "dummy" } },
      { parameters: { "/dba/x": {} } },
    );
    expect(tripped(await world.plan())).toEqual([]);
  });

  test.each(["alias/aws/ssm", "arn:aws:kms:us-east-1:123456789012:alias/aws/ssm"])(
    "from a customer key to the AWS-managed one, as %s",
    async (key) => {
      const world = await moved(
        { parameters: { "/dba/x": {} }, supplied: { "/dba/x": "dummy" } },
        { parameters: { "/dba/x": { key } } },
      );
      const plan = await world.plan();
      expect(decisions(plan)).toEqual({ "/dba/x": "update attribute_changed" });
      expect(tripped(plan)).toEqual(["exposure=1"]);
      await world.apply({ allow: { exposure: 1 } });
      expect(tripped(await world.plan())).toEqual([]);
    },
  );

  test("not from one customer key to another", async () => {
    const world = await moved(
      { parameters: { "/dba/x": {} }, supplied: { "/dba/x": "dummy" } },
      { parameters: { "/dba/x": { key: "alias/other" } } },
    );
    expect(tripped(await world.plan())).toEqual([]);
  });

  const SECRET = "dummy-password-of-dev";
  const followers = {
    "/dba/x": {},
    "/app/copy": { copy: "/dba/x" },
    "/app/again": { copy: "/app/copy" },
    "/app/url": { merge: ["db://", `\${/dba/x}`] },
  };

  test("of a source's SecureString into a public glob, also through a replica that is public itself", async () => {
    const world = await makeWorld({
      parameters: followers,
      supplied: { "/dba/x": SECRET },
      environment: { public: ["/app/**"] },
    });
    const plan = await world.plan();
    expect(tripped(plan)).toEqual(["exposure=3"]);
    expect(JSON.stringify(plan)).not.toContain(SECRET);
    expect(changeOf(plan, "/app/again")?.change.after_sensitive).toEqual({ value: true });
  });

  test("not where the source is public as well, or is a String", async () => {
    const world = await makeWorld({
      parameters: {
        ...followers,
        "/shared/host": { type: "String" },
        "/app/host": { copy: "/shared/host" },
        "/app/dsn": { merge: ["db://", `\${/shared/host}`] },
      },
      supplied: { "/dba/x": SECRET, "/shared/host": "db.example" },
      environment: { public: ["/app/**", "/dba/**"] },
    });
    const plan = await world.plan();
    expect(tripped(plan)).toEqual([]);
    expect(changeOf(plan, "/app/again")?.change.after?.value).toBe(SECRET);
    expect(changeOf(plan, "/app/dsn")?.change.after?.value).toBe("db://db.example");
  });

  test("into a String is blocked where only the live source tells that it is a SecureString", async () => {
    const world = await makeWorld({ parameters: { "/app/copy": { copy: "/dba/x", type: "String" } } });
    await world.put("/dba/x", SECRET);
    expect(decisions(await world.plan())).toEqual({
      "/app/copy": "blocked downgrade on /dba/x",
      "/dba/x": "no-op",
    });
  });
});

group("conflicts", () => {
  test("name the owner, make the plan inapplicable and are never written over, whatever is allowed", async () => {
    const world = await makeWorld({ parameters: literals(1, "theirs"), environment: { owner: "others" } });
    await world.apply();
    world.declare({ parameters: { ...KEPT, ...literals(1, "ours") }, environment: {} });
    const plan = await world.plan({ allow: { blocked: 1, update: 1, adopt: 1 } });
    expect(plan).toMatchObject({
      applyable: false,
      conflicts: [{ address: "/app/x/0", owner: "others" }],
      summary: { conflict: 1, blocked: 0, add: 1 },
    });
    await world.applySaved(plan);
    expect(await world.value("/app/x/0")).toBe("theirs");
  });

  test("block what follows from them", async () => {
    const world = await makeWorld({
      parameters: { "/app/x": { value: "theirs" } },
      environment: { owner: "others" },
    });
    await world.apply();
    world.declare({
      parameters: { "/app/x": { value: "ours" }, "/app/y": { copy: "/app/x" } },
      environment: {},
    });
    expect(decisions(await world.plan())).toEqual({
      "/app/x": "conflict others",
      "/app/y": "blocked input_blocked on /app/x",
    });
  });

  test("end when adopt names the owner, who then finds a conflict", async () => {
    const theirs = { parameters: { "/app/x": { value: "theirs" } }, environment: { owner: "others" } };
    const ours = {
      parameters: { "/app/x": { value: "ours" } },
      adopt: [{ name: "/app/x", owner: "others" }],
    };
    const world = await makeWorld(theirs);
    await world.apply();
    world.declare({ ...ours, adopt: [{ name: "/app/x", owner: "strangers" }], environment: {} });
    expect(decisions(await world.plan())).toEqual({ "/app/x": "conflict others" });
    world.declare({ ...ours, environment: {} });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ "/app/x": "update adopted" });
    await world.applySaved(plan);
    expect(decisions(await world.plan())).toEqual({ "/app/x": "no-op" });
    world.declare(theirs);
    expect(decisions(await world.plan())).toEqual({ "/app/x": "conflict platform" });
  });
});

group("adoption", () => {
  const figgy = (source: string) => ({
    Description: `Replicated from: ${source} by: steve`,
    KeyId: "alias/figgy",
  });

  test("takes over Figgy's replicas of the same sources, rewriting copies and merges", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/user": {},
        "/dba/password": {},
        "/app/a/user": { copy: "/dba/user" },
        "/app/a/password": { copy: "/dba/password" },
        "/app/a/url": { merge: ["db://", `\${/app/a/user}`, ":", `\${/app/a/password:uri}`, "@it's/db"] },
      },
    });
    await world.put("/dba/user", "u1");
    await world.put("/dba/password", "p&1");
    await world.put("/app/a/user", "u1", figgy("/dba/user"));
    await world.put("/app/a/password", "stale", figgy("/dba/password"));
    const list = `['db://', '\${/app/a/user}', ':', '\${/app/a/password:uri}', "@it's/db"]`;
    await world.put("/app/a/url", "stale", figgy(list));
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({
      "/app/a/password": "update adopted",
      "/app/a/url": "update adopted",
      "/app/a/user": "update adopted",
      "/dba/password": "no-op",
      "/dba/user": "no-op",
    });
    expect(tripped(plan)).toEqual([]);
    await world.applySaved(plan);
    expect(await world.value("/app/a/url")).toBe("db://u1:p%261@it's/db");
    expect(await describe(world, "/app/a/password")).toMatchObject({
      keyId: "alias/replication",
      version: 2,
    });
    expect((await world.plan()).summary).toMatchObject({ no_op: 5 });
  });

  test("does not take a Figgy replica of another source, or of another merge", async () => {
    const world = await makeWorld({
      parameters: { "/app/a/x": { copy: "/dba/x" }, "/app/a/url": { merge: ["db://", `\${/dba/x}`] } },
    });
    await world.put("/dba/x", "v");
    await world.put("/app/a/x", "v", figgy("/dba/y"));
    await world.put("/app/a/url", "v", figgy(`['db://', '\${/dba/y}']`));
    expect(decisions(await world.plan())).toEqual({
      "/app/a/url": "blocked unstamped",
      "/app/a/x": "blocked unstamped",
      "/dba/x": "no-op",
    });
  });

  test("does not take a Figgy replica for a literal", async () => {
    const world = await makeWorld({ parameters: { "/app/a/x": { value: "v" } } });
    await world.put("/app/a/x", "v", figgy("/dba/x"));
    expect(decisions(await world.plan())).toEqual({ "/app/a/x": "blocked unstamped" });
  });
});

group("--target and --exclude", () => {
  const parameters = {
    "/dba/x": {},
    "/dba/y": {},
    "/app/a/x": { copy: "/dba/x" },
    "/app/a/url": { merge: ["db://", `\${/app/a/x}`] },
    "/app/b/y": { copy: "/dba/y" },
  };
  const supplied = { "/dba/x": "x", "/dba/y": "y" };

  test("a target pulls in what it follows from, and nothing else", async () => {
    const world = await makeWorld({ parameters, supplied });
    const plan = await world.plan({ target: ["/app/a/url"] });
    expect(decisions(plan)).toEqual({
      "/app/a/url": "create missing",
      "/app/a/x": "create missing",
      "/dba/x": "create missing",
    });
    await world.applySaved(plan);
    expect(await world.value("/app/a/url")).toBe("db://x");
    expect(await world.value("/app/b/y")).toBeUndefined();
  });

  test("what is excluded keeps what is live, also for what follows from it", async () => {
    const world = await makeWorld({ parameters, supplied });
    await world.apply();
    world.declare({ supplied: { "/dba/x": "new", "/dba/y": "new" } });
    const plan = await world.plan({ exclude: ["/dba/x"] });
    expect(decisions(plan)).toEqual({
      "/app/a/url": "no-op",
      "/app/a/x": "no-op",
      "/app/b/y": "update source_changed",
      "/dba/y": "update value_changed",
    });
    await world.applySaved(plan);
    expect([await world.value("/app/a/x"), await world.value("/app/b/y")]).toEqual(["x", "new"]);
  });

  test("what follows from something excluded and absent is blocked", async () => {
    const world = await makeWorld({ parameters, supplied });
    const plan = await world.plan({ exclude: ["/dba/x"] });
    expect(decisions(plan)).toMatchObject({
      "/app/a/x": "blocked input_missing on /dba/x",
      "/app/a/url": "blocked input_blocked on /app/a/x",
    });
  });

  test.each<[string, Partial<PlanInputs>]>([
    ["target", { target: ["/app/a/**"] }],
    ["exclude", { exclude: ["/app/b/**"] }],
  ])("--%s goes for the sweep as well", async (_, inputs) => {
    const world = await moved(
      { parameters: { ...KEPT, "/app/a/x": { value: "v" }, "/app/b/x": { value: "v" } } },
      { parameters: KEPT },
    );
    const plan = await world.plan({ ...DELETE_ALL, ...inputs });
    expect(decisions(plan)["/app/a/x"]).toBe("delete not_in_config");
    expect(decisions(plan)["/app/b/x"]).toBeUndefined();
  });

  test("conflicts and blocked parameters outside of the target do not count", async () => {
    const world = await makeWorld({ parameters, supplied: { "/dba/x": "x" } });
    expect((await world.plan()).applyable).toBe(false);
    expect((await world.plan({ target: ["/app/a/**"] })).applyable).toBe(true);
  });
});

group("a glob that matches nothing", () => {
  test("is named, whichever flag has it, and a folder's is told how it is written", async () => {
    const world = await makeWorld({ parameters: KEPT });
    const plan = await world.plan({ delete: ["/app/gone"], target: ["/app/"], exclude: ["/elsewhere/*"] });
    expect(plan.diagnostics.map(({ summary }) => summary)).toEqual([
      "--delete=/app/gone matches no parameter",
      "--target=/app/ matches no parameter: everything below it is /app/**",
      "--exclude=/elsewhere/* matches no parameter",
    ]);
  });
});

group("a target that matches nothing", () => {
  test("is told as such, not as a store that matches, and a folder without its slash how it is written", async () => {
    const world = await makeWorld({ parameters: KEPT });
    const plan = await world.plan({ target: ["/app"] });
    expect(plan.diagnostics.map(({ summary }) => summary)).toEqual([
      "--target=/app matches no parameter: everything below it is /app/**",
    ]);
    const text = renderPlan(plan, { color: true });
    expect(text).toContain("\u001b[1mNo changes.\u001b[0m");
    expect(text).toContain("Nothing matches --target, and nothing was compared.");
  });
});

group("--regenerate=GLOB", () => {
  test("makes only these anew, and warns where it matches nothing generated", async () => {
    const generate = { generate: { type: "password" } };
    const world = await makeWorld({ parameters: { "/dba/x": generate, "/dba/y": generate, ...KEPT } });
    await world.apply();
    const plan = await world.plan({ regenerate: ["/dba/x", "/app/**"] });
    expect(decisions(plan)).toEqual({
      "/app/kept": "no-op",
      "/dba/x": "update regenerate",
      "/dba/y": "no-op",
    });
    expect(plan.diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "matches_nothing",
        summary: "--regenerate=/app/** matches no generated parameter",
      },
    ]);
  });
});

group("a supplied value beyond Parameter Store's limits", () => {
  test.each([
    ["Standard", 4096, "create missing"],
    ["Standard", 4097, "blocked value_too_large"],
    ["Advanced", 8192, "create missing"],
    [undefined, 8192, "create missing"],
    [undefined, 8193, "blocked value_too_large"],
  ])("in the tier %s, with %d bytes: %s", async (tier, bytes, decided) => {
    const world = await makeWorld({
      parameters: { "/dba/x": tier === undefined ? {} : { tier } },
      supplied: { "/dba/x": "x".repeat(bytes) },
    });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ "/dba/x": decided });
    await world.applySaved(plan);
    expect((await world.value("/dba/x"))?.length).toBe(plan.applyable ? bytes : undefined);
  });

  test("counts bytes, not characters", async () => {
    const world = await makeWorld({
      parameters: { "/dba/x": { tier: "Standard" } },
      supplied: { "/dba/x": "é".repeat(2049) },
    });
    expect(decisions(await world.plan())).toEqual({ "/dba/x": "blocked value_too_large" });
  });
});

group("a copy or merge beyond Parameter Store's limits", () => {
  const NARROW = { copy: "/dba/x", tier: "Standard" };
  const PARAMETERS = {
    "/dba/x": {},
    "/app/narrow": NARROW,
    "/app/wide": { merge: ["${/dba/x}", "${/dba/x}"] },
    "/app/wider": { merge: ["${/app/wide}", "!"] },
    "/app/behind": { copy: "/app/wider" },
  };
  test("is blocked by the plan where its value is known, and so is what follows from it", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { "/dba/x": "x".repeat(4096) } });
    expect(decisions(await world.plan())).toEqual({
      "/dba/x": "create missing",
      "/app/narrow": "create missing",
      "/app/wide": "create missing",
      "/app/wider": "blocked value_too_large",
      "/app/behind": "blocked input_blocked on /app/wider",
    });
    const parameters = { "/dba/x": {}, "/app/narrow": NARROW };
    world.declare({ parameters, supplied: { "/dba/x": "x".repeat(4097) } });
    expect(decisions(await world.plan())).toMatchObject({ "/app/narrow": "blocked value_too_large" });
  });

  test("fits to the last byte where only apply reads its value", async () => {
    const world = await makeWorld({ parameters: { "/app/narrow": NARROW } });
    await world.put("/dba/x", "x".repeat(4096));
    expect(outcomes(await world.apply())).toEqual({ "/app/narrow": "applied" });
  });

  test("is refused by apply where only that reads its value; no plan reads one for its size", async () => {
    const world = await makeWorld({ parameters: { "/app/narrow": NARROW } });
    await world.put("/dba/x", "x".repeat(4097), { Tier: "Advanced" });
    const before = world.session.store.calls;
    const plan = await world.plan();
    expect(world.session.store.calls - before).toBe(2);
    expect(decisions(plan)).toMatchObject({ "/app/narrow": "create missing" });
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toEqual({ "/app/narrow": "failed value_too_large" });
  });
});

group("a value that Parameter Store would refuse", () => {
  const PARAMETERS = {
    "/dba/x": {},
    "/dba/digits": { allowedPattern: "^[0-9]+$" },
    "/app/nested": { merge: ["{{", "${/dba/x}", "}}"] },
    "/app/digits": { copy: "/dba/x", allowedPattern: "^[0-9]+$" },
    "/app/letters": { copy: "/dba/x", allowedPattern: "^[a-z]+$" },
  };

  test("is blocked by the plan where it is at hand", async () => {
    const world = await makeWorld({
      parameters: PARAMETERS,
      supplied: { "/dba/x": "letters", "/dba/digits": "letters" },
    });
    expect(decisions(await world.plan())).toEqual({
      "/dba/x": "create missing",
      "/dba/digits": "blocked value_refused",
      "/app/nested": "blocked value_refused",
      "/app/digits": "blocked value_refused",
      "/app/letters": "create missing",
    });
  });

  test("is refused by apply where only that reads or makes it, before it is sent", async () => {
    const { "/dba/x": _, "/dba/digits": __, ...followers } = PARAMETERS;
    const generated = { generate: { type: "password" }, allowedPattern: "^[0-9]$" };
    const world = await makeWorld({ parameters: { ...followers, "/dba/made": generated } });
    await world.put("/dba/x", "letters");
    const sent: unknown[] = [];
    world.observe(({ operation, input }) => {
      if (operation === "PutParameter") sent.push((input as { Name?: unknown }).Name);
    });
    expect(outcomes(await world.apply())).toEqual({
      "/app/nested": "failed value_refused",
      "/app/digits": "failed value_refused",
      "/app/letters": "applied",
      "/dba/made": "failed value_refused",
    });
    expect(sent.filter((name) => !String(name).startsWith("/paraform/"))).toEqual(["/app/letters"]);
  });
});

group("before anything is planned", () => {
  const elsewhere = (store: object) => ({
    kind: "parameter-store",
    account: "123456789012",
    region: "us-east-1",
    ...store,
  });

  test.each([
    ["account", { account: "210987654321" }],
    ["region", { region: "eu-central-1" }],
  ])("another %s than the config's is refused", async (_, store) => {
    const world = await makeWorld({ parameters: KEPT });
    world.declare({ environment: { store: elsewhere(store) } });
    await expect(world.plan()).rejects.toThrow("these credentials lead to account 123456789012 in us-east-1");
    world.declare({ environment: { store: elsewhere({}) } });
    expect(decisions(await world.plan())).toEqual({ "/app/kept": "create missing" });
  });

  test("another digest key than the config's is refused", async () => {
    const world = await makeWorld({ parameters: KEPT });
    const id = await rekey(world);
    const digestKey = { kmsKey: "alias/paraform" };
    world.declare({ environment: { digestKey: { ...digestKey, id } } });
    expect((await world.plan()).complete).toBe(true);
    world.declare({ environment: { digestKey: { ...digestKey, id: "00000000" } } });
    await expect(world.plan()).rejects.toThrow(
      `the digest key of environment test is ${id}, its config names 00000000`,
    );
  });

  test("a missing digest key is an error that names init", async () => {
    const world = await makeWorld({ parameters: KEPT });
    await world.remove("/paraform/test/digest-key");
    await expect(world.plan()).rejects.toMatchObject({
      message: "environment test has no digest key",
      hint: expect.stringContaining("paraform init"),
    });
  });

  test("a digest key that somebody overwrote is an error that quotes nothing of it", async () => {
    const world = await makeWorld({ parameters: KEPT });
    await world.put("/paraform/test/digest-key", "not a key at all");
    await expect(world.plan()).rejects.toThrow(/^\/paraform\/test\/digest-key holds no digest key$/);
  });
});
