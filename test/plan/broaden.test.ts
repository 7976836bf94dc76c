import { describe, expect, test } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { decisions, makeWorld, outcomes, type World, type WorldOptions } from "../support/world.ts";

const LIMIT = { environment: { guards: { broaden: { count: 0 } } } };
const HERE = { file: "configs/test/environment.json", line: 1, column: 1 };
const SECRET = "dummy-secret-of-the-dba";
const APP_A = { "/dba/password": {}, "/app/a/password": { copy: "/dba/password" } };

/** A live secret of the DBA, which service a reads, under a config that lets nobody else gain any. */
async function sharedWithA({ parameters }: WorldOptions = {}): Promise<World> {
  const world = await makeWorld({ parameters: { ...APP_A, ...parameters } });
  await world.put("/dba/password", SECRET);
  await world.put("/dba/other", "another-dummy-secret");
  await world.apply();
  world.declare({ ...LIMIT, parameters: APP_A });
  return world;
}

/** A source has a new value for `name`, which it may have read from another parameter. */
function supply(world: World, name: string, from?: string): void {
  const readFrom =
    from === undefined ? {} : { readFrom: { name: parameterName(from), type: "SecureString" as const } };
  const value = { value: new Secret("a-new-dummy"), from: "parameter", ...readFrom, at: HERE };
  const values = new Map([[parameterName(name), value]]);
  world.session = { ...world.session, supplied: { ...world.session.supplied, values } };
}

function broaden(plan: Plan) {
  const { limit, count, tripped } = plan.guards.find(({ name }) => name === "broaden") ?? {};
  return { limit, count, tripped };
}

function gains(plan: Plan) {
  return Object.fromEntries(
    plan.readers
      .filter((each) => each.gains.length > 0)
      .map((each) => [each.reader, each.gains.map(({ secret, by }) => `${secret} by ${by.join(" ")}`)]),
  );
}

describe("a reader gains a secret", () => {
  const ways: Record<string, WorldOptions["parameters"]> = {
    "by a copy": { "/app/b/password": { copy: "/dba/password" } },
    "by a merge": { "/app/b/url": { merge: ["mysql://", "${/dba/password:uri}"] } },
    "by a copy of the copy of another service": { "/app/b/password": { copy: "/app/a/password" } },
    "by a hash, at which who reads it can guess": {
      "/app/b/hash": { generate: { type: "bcrypt-password-hash", source: "/dba/password", rounds: 4 } },
    },
  };

  test.each(Object.entries(ways))("%s", async (_, parameters) => {
    const world = await sharedWithA();
    world.declare({ ...LIMIT, parameters: { ...APP_A, ...parameters } });
    const plan = await world.plan();
    const [name] = Object.keys(parameters ?? {});
    expect(gains(plan)).toEqual({ "/app/b": [`/dba/password by ${name}`] });
    expect(broaden(plan)).toEqual({ limit: 0, count: 1, tripped: true });
    expect(plan.applyable).toBe(false);
    expect((await world.plan({ allow: { broaden: 1 } })).applyable).toBe(true);
    expect((await world.plan({ allow: { broaden: 2 } })).applyable).toBe(false);
  });

  test("by a chain that ends with it: every reader on the way counts", async () => {
    const world = await sharedWithA();
    const chain = { "/shared/password": { copy: "/dba/password" }, "/app/b/p": { copy: "/shared/password" } };
    world.declare({ ...LIMIT, parameters: { ...APP_A, ...chain } });
    const plan = await world.plan();
    expect(broaden(plan).count).toBe(2);
    expect(Object.keys(gains(plan))).toEqual(["/app/b", "/shared"]);
  });

  test("by a copy that gets another source, and by what follows from it", async () => {
    const parameters = { ...APP_A, "/app/b/p": { copy: "/app/a/password" } };
    const world = await sharedWithA({ parameters });
    world.declare({ ...LIMIT, parameters: { ...parameters, "/app/a/password": { copy: "/dba/other" } } });
    const plan = await world.plan();
    expect(gains(plan)).toEqual({
      "/app/a": ["/dba/other by /app/a/password"],
      "/app/b": ["/dba/other by /app/b/p"],
    });
    const target = await world.plan({ target: ["/app/b/p"] });
    expect(broaden(target)).toEqual({ limit: 0, count: 2, tripped: true });
  });

  test("by a copy that was left behind while what it copies got another source", async () => {
    const parameters = { ...APP_A, "/app/b/p": { copy: "/app/a/password" } };
    const world = await sharedWithA({ parameters });
    world.declare({ ...LIMIT, parameters: { ...parameters, "/app/a/password": { copy: "/dba/other" } } });
    await world.apply({ exclude: ["/app/b/**"], allow: { broaden: 1 } });
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject({
      "/app/a/password": "no-op",
      "/app/b/p": "update source_changed",
    });
    expect(gains(plan)).toEqual({ "/app/b": ["/dba/other by /app/b/p"] });
  });

  test.each<[string, Record<string, unknown>]>([
    ["is only referred to", { exists: true }],
    ["is static, and keeps its value", { key: "alias/replication" }],
  ])("by a copy that was left behind while its source became a copy, which then %s", async (_, rule) => {
    const world = await makeWorld({
      ...LIMIT,
      parameters: { "/dba/root": {}, "/dba/s": {}, "/app/b/p": { copy: "/dba/s" } },
      supplied: { "/dba/root": SECRET, "/dba/s": "harmless-dummy" },
    });
    await world.apply();
    world.declare({
      ...LIMIT,
      parameters: { "/dba/root": {}, "/dba/s": { copy: "/dba/root" } },
      supplied: {},
    });
    await world.apply();
    const parameters = { "/dba/root": {}, "/dba/s": rule, "/app/b/p": { copy: "/dba/s" } };
    world.declare({ ...LIMIT, parameters, supplied: {} });
    const plan = await world.plan();
    expect(decisions(plan)["/app/b/p"]).toBe("update source_changed");
    expect(gains(plan)).toEqual({ "/app/b": ["/dba/s by /app/b/p"] });
  });

  test("by a copy that was left behind while its source became a copy, and static under its own key, in two plans", async () => {
    const world = await makeWorld({
      ...LIMIT,
      parameters: { "/dba/root": {}, "/dba/s": {}, "/app/b/p": { copy: "/dba/s" } },
      supplied: { "/dba/root": SECRET, "/dba/s": "harmless-dummy" },
    });
    await world.apply();
    for (const rule of [{ copy: "/dba/root", key: "alias/owner" }, { key: "alias/owner" }]) {
      world.declare({ ...LIMIT, parameters: { "/dba/root": {}, "/dba/s": rule }, supplied: {} });
      world.pass(1000);
      await world.apply();
    }
    const parameters = { "/dba/root": {}, "/dba/s": { key: "alias/owner" }, "/app/b/p": { copy: "/dba/s" } };
    world.declare({ ...LIMIT, parameters, supplied: {} });
    expect(gains(await world.plan())).toEqual({ "/app/b": ["/dba/s by /app/b/p"] });
  });

  test("by a copy that was left behind in clear while its source became a secret", async () => {
    const clear = { "/dba/s": { type: "String" }, "/app/b/p": { copy: "/dba/s" } };
    const world = await makeWorld({ ...LIMIT, parameters: clear, supplied: { "/dba/s": "harmless-dummy" } });
    await world.apply();
    world.declare({ ...LIMIT, parameters: { "/dba/s": {} }, supplied: { "/dba/s": SECRET } });
    await world.apply({ allow: { broaden: 1 } });
    world.declare({ ...LIMIT, parameters: { "/dba/s": {}, "/app/b/p": { copy: "/dba/s" } }, supplied: {} });
    expect(gains(await world.plan())).toEqual({ "/app/b": ["/dba/s by /app/b/p"] });
  });

  test("by a copy that was left behind while another value moved to its source's name", async () => {
    const key = { generate: { type: "password" } };
    const world = await makeWorld({
      parameters: { "/dba/root": key, "/dba/s": key, "/app/b/p": { copy: "/dba/s" } },
    });
    await world.apply();
    await world.remove("/dba/s");
    const moved = (parameters: Record<string, unknown>) => ({
      ...LIMIT,
      files: { "moved.json": { parameters, moved: [{ from: "/dba/root", to: "/dba/s" }] } },
      parameters: {},
    });
    world.declare(moved({ "/dba/s": key }));
    await world.apply();
    world.declare(moved({ "/dba/s": key, "/app/b/p": { copy: "/dba/s" } }));
    expect(gains(await world.plan())).toEqual({ "/app/b": ["/dba/s by /app/b/p"] });
  });

  test("by a move to the name of a source that is gone and has left its copy", async () => {
    const key = { generate: { type: "password" } };
    const copy = { "/app/b/p": { copy: "/dba/key" } };
    const world = await makeWorld({ parameters: { "/dba/key": key, "/dba/root": key, ...copy } });
    await world.apply();
    await world.remove("/dba/key");
    world.declare({
      ...LIMIT,
      files: {
        "moved.json": { parameters: { "/dba/key": key }, moved: [{ from: "/dba/root", to: "/dba/key" }] },
      },
      parameters: copy,
    });
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject({ "/app/b/p": "update source_changed" });
    expect(gains(plan)).toEqual({ "/app/b": ["/dba/root by /app/b/p"] });
  });

  test("by a move into its folder", async () => {
    const key = { generate: { type: "password" } };
    const world = await makeWorld({ parameters: { "/dba/key": key } });
    await world.apply();
    world.declare({
      ...LIMIT,
      files: {
        "moved.json": { parameters: { "/app/b/key": key }, moved: [{ from: "/dba/key", to: "/app/b/key" }] },
      },
      parameters: {},
    });
    const plan = await world.plan();
    expect(decisions(plan)["/app/b/key"]).toContain("moved");
    expect(gains(plan)).toEqual({ "/app/b": ["/dba/key by /app/b/key"] });
    expect(plan.readers.map(({ reader, changes }) => [reader, changes])).toEqual([
      ["/app/b", ["/app/b/key"]],
      ["/dba", ["/dba/key"]],
    ]);
  });

  test("from what --exclude leaves as it lies, whatever the config says that it is made of", async () => {
    const world = await sharedWithA();
    const parameters = {
      "/app/a/password": { copy: "/dba/other" },
      "/app/b/p": { copy: "/app/a/password" },
    };
    world.declare({ ...LIMIT, parameters });
    const plan = await world.plan({ exclude: ["/app/a/**"] });
    expect(gains(plan)).toEqual({ "/app/b": ["/app/a/password by /app/b/p"] });
  });

  test("by a source of static values that reads another parameter", async () => {
    const world = await sharedWithA();
    world.declare({ ...LIMIT, parameters: { ...APP_A, "/app/b/p": {} } });
    supply(world, "/app/b/p", "/app/a/password");
    expect(gains(await world.plan())).toEqual({ "/app/b": ["/dba/password by /app/b/p"] });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["a copy", { copy: "/dba/password" }, "/dba/password"],
    ["a copy of a copy", { copy: "/app/a/password" }, "/dba/password"],
    ["a merge, whose sources nothing tells", { merge: ["x", "${/dba/password}"] }, "/app/b/p:1"],
  ])("by a rollback to a version that was %s", async (_, rule, secret) => {
    const world = await sharedWithA({ parameters: { "/app/b/p": rule } });
    const parameters = { ...APP_A, "/app/b/p": {} };
    world.declare({ parameters, supplied: { "/app/b/p": "dummy-own" } });
    await world.apply();
    world.declare({ ...LIMIT, parameters, supplied: {} });
    const plan = await world.plan({ target: ["/app/b/p"], rollback: { "/app/b/p": 1 } });
    expect(gains(plan)).toEqual({ "/app/b": [`${secret} by /app/b/p`] });
    expect(broaden(plan).tripped).toBe(true);
  });

  test("by a source of static values that reads what lies in no scope of ours", async () => {
    const world = await sharedWithA();
    world.declare({ ...LIMIT, parameters: { ...APP_A, "/app/b/p": {} } });
    supply(world, "/app/b/p", "/elsewhere/token");
    expect(gains(await world.plan())).toEqual({ "/app/b": ["/elsewhere/token by /app/b/p"] });
  });

  test("that somebody put over a copy of another: it may be any", async () => {
    const world = await sharedWithA();
    world.pass(3_600_000);
    await world.put("/app/a/password", "a-dummy-put-by-hand");
    world.declare({ ...LIMIT, parameters: { ...APP_A, "/app/b/p": { copy: "/app/a/password" } } });
    expect(gains(await world.plan({ exclude: ["/app/a/**"] }))).toEqual({
      "/app/b": ["/app/a/password by /app/b/p", "/dba/password by /app/b/p"],
    });
  });

  test("that moves and gets a new value from a source as it does: it is the one that was there", async () => {
    const world = await makeWorld({ parameters: { "/dba/key": {} }, supplied: { "/dba/key": SECRET } });
    await world.apply();
    const parameters = { "/dba/password": {}, "/app/b/p": { copy: "/dba/password" } };
    const moved = [{ from: "/dba/key", to: "/dba/password" }];
    world.declare({ ...LIMIT, parameters: {}, files: { "moved.json": { parameters, moved } } });
    supply(world, "/dba/password");
    const plan = await world.plan();
    expect(decisions(plan)["/dba/password"]).toContain("moved");
    expect(gains(plan)).toEqual({ "/app/b": ["/dba/key by /app/b/p"] });
  });

  test("that a cut run regenerated: finishing it still counts who gains it", async () => {
    const key = { "/dba/key": { generate: { type: "password" } } };
    const world = await makeWorld({ parameters: key });
    await world.apply();
    world.declare({ ...LIMIT, parameters: { ...key, "/app/b/key": { copy: "/dba/key" } } });
    const inputs = { regenerate: ["/dba/key"], allow: { broaden: 1 } };
    const { fingerprint, ...plan } = await world.plan(inputs);
    await world.applySaved({ ...plan, fingerprint }, { stopAfter: 1 });
    const rest = await world.result(inputs, { resume: { fingerprint } });
    expect(rest.complete && decisions(rest.planned.plan)).toMatchObject({ "/dba/key": "no-op" });
    expect(rest.complete && gains(rest.planned.plan)).toEqual({ "/app/b": ["/dba/key by /app/b/key"] });
  });

  test("by a copy that only claims to have been made by Figgy", async () => {
    const world = await sharedWithA();
    await world.put("/app/b/p", "x", { Description: "Replicated from: /dba/password by: somebody" });
    world.declare({ ...LIMIT, parameters: { ...APP_A, "/app/b/p": { copy: "/dba/password" } } });
    expect(broaden(await world.plan()).count).toBe(1);
  });
});

describe("nobody gains anything", () => {
  test("by a new value beside one that has another name since, or that tells nothing", async () => {
    const key = { generate: { type: "password" } };
    const merged = (user: string) => ({
      [user]: key,
      "/dba/password": {},
      "/dba/time": { generate: { type: "mtime", source: "/dba/password" } },
      "/app/b/url": { merge: [`\${${user}}`, ":", "${/dba/password}", "@", "${/dba/time}"] },
    });
    const world = await makeWorld({
      parameters: merged("/dba/olduser"),
      supplied: { "/dba/password": SECRET },
    });
    await world.apply();
    const moved = [{ from: "/dba/olduser", to: "/dba/user" }];
    const renamed = { ...LIMIT, parameters: merged("/dba/user"), files: { "moved.json": { moved } } };
    world.declare({ ...renamed, supplied: {} });
    await world.apply();
    await world.put("/dba/password", "second-dummy-secret");
    const plan = await world.plan();
    expect(decisions(plan)["/app/b/url"]).toBe("update source_changed");
    expect(gains(plan)).toEqual({});
    await world.apply({ exclude: ["/app/b/**"] });
    expect(gains(await world.plan())).toEqual({});
  });

  test("by a new value of what another owner copied", async () => {
    const platform = {
      parameters: { "/dba/password": {}, "/shared/p": { copy: "/dba/password" } },
      environment: { owner: "platform" },
    };
    const team = {
      parameters: { "/shared/p": { exists: true }, "/app/b/p": { copy: "/shared/p" } },
      environment: { owner: "team", guards: { broaden: { count: 0 } } },
      supplied: {},
    };
    const world = await makeWorld({ ...platform, supplied: { "/dba/password": SECRET } });
    await world.apply();
    world.declare(team);
    await world.apply({ allow: { broaden: 1 } });
    world.declare({ ...platform, supplied: { "/dba/password": "second-dummy-secret" } });
    await world.apply();
    world.declare(team);
    const plan = await world.plan();
    expect(decisions(plan)["/app/b/p"]).toBe("update source_changed");
    expect(gains(plan)).toEqual({});
  });

  test("by a rollback to a version that was static, or generated", async () => {
    const made = { "/app/b/p": {}, "/app/b/q": { generate: { type: "password" } } };
    const world = await makeWorld({ ...LIMIT, parameters: made, supplied: { "/app/b/p": "dummy-own" } });
    await world.apply();
    world.declare({ ...LIMIT, parameters: made, supplied: { "/app/b/p": "dummy-other" } });
    await world.apply({ regenerate: ["/app/b/q"] });
    world.declare({ ...LIMIT, parameters: made, supplied: {} });
    for (const name of Object.keys(made)) {
      expect(gains(await world.plan({ target: [name], rollback: { [name]: 1 } }))).toEqual({});
    }
  });

  test.each<[string, WorldOptions]>([
    ["in sync", { parameters: APP_A }],
    [
      "by another attribute",
      { parameters: { ...APP_A, "/app/a/password": { copy: "/dba/password", description: "x" } } },
    ],
    [
      "by a second name in its own folder",
      { parameters: { ...APP_A, "/app/a/p": { copy: "/dba/password" } } },
    ],
    [
      "by what is public",
      { parameters: { ...APP_A, "/dba/host": { value: "h" }, "/app/b/h": { copy: "/dba/host" } } },
    ],
    [
      "by what tells nothing of its source",
      { parameters: { ...APP_A, "/app/b/time": { generate: { type: "mtime", source: "/dba/password" } } } },
    ],
    [
      "by a secret that this plan makes",
      {
        parameters: {
          ...APP_A,
          "/dba/new": { generate: { type: "password" } },
          "/app/b/new": { copy: "/dba/new" },
        },
      },
    ],
  ])("%s", async (_, options) => {
    const world = await sharedWithA();
    world.declare({ ...LIMIT, ...options });
    const plan = await world.plan();
    expect(gains(plan)).toEqual({});
    expect(broaden(plan)).toEqual({ limit: 0, count: 0, tripped: false });
  });

  test("by a new value of what it reads already", async () => {
    const world = await sharedWithA();
    await world.put("/dba/password", "second-dummy-secret");
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject({ "/app/a/password": "update source_changed" });
    expect(broaden(plan).count).toBe(0);
    expect(plan.readers).toEqual([
      { reader: "/app/a", kind: "service", changes: ["/app/a/password"], gains: [] },
    ]);
  });

  test("by what is left of a new value on its way down a chain", async () => {
    const parameters = { ...APP_A, "/app/b/p": { copy: "/app/a/password" } };
    const world = await sharedWithA({ parameters });
    world.declare({ ...LIMIT, parameters });
    await world.put("/dba/password", "second-dummy-secret");
    const plan = await world.plan();
    await world.applySaved(plan, { stopAfter: 1 });
    const rest = await world.result({}, { resume: { fingerprint: plan.fingerprint } });
    expect(rest.complete && decisions(rest.planned.plan)).toMatchObject({
      "/app/b/p": "update source_changed",
    });
    expect(rest.complete && broaden(rest.planned.plan).count).toBe(0);
  });

  describe("by what is left of a chain whose middle was brought up by itself", () => {
    const parameters = {
      ...APP_A,
      "/app/b/p": { copy: "/app/a/password" },
      "/app/c/url": { merge: ["x://", "${/app/b/p}"] },
    };

    async function leftBehind(): Promise<World> {
      const world = await sharedWithA({ parameters });
      world.declare({ ...LIMIT, parameters });
      await world.put("/dba/password", "second-dummy-secret");
      await world.apply({ exclude: ["/app/b/**", "/app/c/**"] });
      return world;
    }

    test("made of the same secret all along", async () => {
      const world = await leftBehind();
      const plan = await world.plan();
      expect(decisions(plan)).toMatchObject({
        "/app/a/password": "no-op",
        "/app/b/p": "update source_changed",
        "/app/c/url": "update source_changed",
      });
      expect(gains(plan)).toEqual({});
    });

    test("also where somebody has put something there since", async () => {
      const world = await leftBehind();
      await world.put("/app/a/password", "dummy of a meddler");
      await world.put("/app/b/p", "dummy of a meddler");
      expect(gains(await world.plan())).toEqual({});
    });

    test("also where its source has got another name since", async () => {
      const left = { exclude: ["/app/b/**"] };
      const chain = (source: string) => ({
        [source]: {},
        "/app/a/password": { copy: source },
        "/app/b/p": { copy: "/app/a/password" },
      });
      const world = await makeWorld({
        parameters: chain("/dba/password"),
        supplied: { "/dba/password": SECRET },
      });
      await world.apply();
      const moved = [{ from: "/dba/password", to: "/dba/secret" }];
      const renamed = { ...LIMIT, parameters: chain("/dba/secret"), files: { "moved.json": { moved } } };
      world.declare({ ...renamed, supplied: { "/dba/secret": "second-dummy-secret" } });
      await world.apply();
      expect(await world.value("/app/b/p")).toBe("second-dummy-secret");
      world.declare({ ...renamed, supplied: { "/dba/secret": "third-dummy-secret" } });
      await world.apply(left);
      const plan = await world.plan();
      expect(decisions(plan)).toMatchObject({ "/app/b/p": "update source_changed" });
      expect(gains(plan)).toEqual({});
    });

    test("but not what is made of another secret by then", async () => {
      const world = await leftBehind();
      const other = { ...parameters, "/app/a/password": { copy: "/dba/other" } };
      world.declare({ ...LIMIT, parameters: other });
      await world.apply({ exclude: ["/app/b/**", "/app/c/**"], allow: { broaden: 1 } });
      await world.put("/dba/other", "second-dummy-of-another");
      await world.apply({ exclude: ["/app/b/**", "/app/c/**"] });
      expect(gains(await world.plan())).toEqual({
        "/app/b": ["/dba/other by /app/b/p"],
        "/app/c": ["/dba/other by /app/c/url"],
      });
    });
  });

  test("by a source and a copy that get other names, each where it was", async () => {
    const key = { generate: { type: "password" } };
    const world = await makeWorld({
      parameters: { "/dba/key": key, "/app/a/key": { copy: "/dba/key" }, "/app/b/key": { copy: "/dba/key" } },
    });
    await world.apply();
    const moved = [
      { from: "/dba/key", to: "/dba/password" },
      { from: "/app/a/key", to: "/app/a/password" },
    ];
    const parameters = {
      "/dba/password": key,
      "/app/a/password": { copy: "/dba/password" },
      "/app/b/key": { copy: "/dba/password" },
    };
    world.declare({ ...LIMIT, parameters: {}, files: { "moved.json": { parameters, moved } } });
    const plan = await world.plan();
    expect(plan.summary.move).toBe(2);
    expect(gains(plan)).toEqual({});
  });
});

describe("the guard", () => {
  const wider = { ...APP_A, "/app/b/p": { copy: "/dba/password" }, "/app/c/p": { copy: "/dba/password" } };

  test("only counts where environment.json sets no limit", async () => {
    const world = await sharedWithA();
    world.declare({ parameters: wider });
    const plan = await world.plan();
    expect(broaden(plan)).toEqual({ limit: 4, count: 2, tripped: false });
    expect((await world.plan({ allow: { broaden: 1 } })).applyable).toBe(false);
  });

  test("lets a run that was cut finish, and nothing more", async () => {
    const world = await sharedWithA();
    world.declare({ ...LIMIT, parameters: wider });
    const plan = await world.plan({ allow: { broaden: 2 } });
    const cut = await world.applySaved(plan, { stopAfter: 1 });
    expect(Object.values(outcomes(cut))).toContain("skipped");
    const rest = await world.result({ allow: { broaden: 2 } }, { resume: { fingerprint: plan.fingerprint } });
    expect(rest.complete && broaden(rest.planned.plan).count).toBe(1);
    await world.applySaved(plan);
    expect((await world.plan()).readers).toEqual([]);
  });

  test("does not enter the fingerprint", async () => {
    const world = await sharedWithA();
    world.declare({ parameters: wider });
    const { fingerprint } = await world.plan();
    world.declare({ ...LIMIT, parameters: wider });
    expect((await world.plan()).fingerprint).toBe(fingerprint);
  });
});
