import { describe, expect, test } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const SECRET = "dummy-secret-of-the-dba";
const PUBLIC = { public: ["/app/*/public/**"] };

describe("a config that calls a live SecureString a String", () => {
  const claim = (type: string) => ({
    "/dba/password": { type },
    "/app/evil/plain": { copy: "/dba/password" },
    "/app/evil/public/shown": { copy: "/dba/password" },
  });

  test.each(["String", "StringList"])(
    "as a %s: its copies are not plain, and nothing shows it",
    async (type) => {
      const world = await makeWorld({ environment: PUBLIC, parameters: claim(type) });
      await world.put("/dba/password", SECRET);
      const plan = await world.plan();
      expect(JSON.stringify(plan)).not.toContain(SECRET);
      expect(decisions(plan)).toMatchObject({
        "/app/evil/plain": "blocked downgrade on /dba/password",
        "/app/evil/public/shown": "blocked downgrade on /dba/password",
      });
      expect(plan.applyable).toBe(false);
    },
  );

  test("left out by --exclude, it is still what it is", async () => {
    const world = await makeWorld({ environment: PUBLIC, parameters: claim("String") });
    await world.put("/dba/password", SECRET);
    const plan = await world.plan({ exclude: ["/dba/**"] });
    expect(JSON.stringify(plan)).not.toContain(SECRET);
    expect(decisions(plan)["/app/evil/plain"]).toBe("blocked downgrade on /dba/password");
  });

  test("when it is our own and was changed outside", async () => {
    const generated = { "/app/g/key": { generate: { type: "password" } } };
    const world = await makeWorld({ parameters: generated });
    await world.apply();
    world.pass(3_600_000);
    await world.put("/app/g/key", SECRET);
    world.declare({
      parameters: {
        "/app/g/key": { generate: { type: "password" }, type: "String" },
        "/app/h/key": { copy: "/app/g/key" },
      },
    });
    const plan = await world.plan();
    expect(decisions(plan)["/app/h/key"]).toBe("blocked downgrade on /app/g/key");
  });
});

test("what a person put over a public literal is not shown: it may be a secret", async () => {
  const world = await makeWorld({ parameters: { "/app/a/host": { value: "db.internal" } } });
  await world.apply();
  await world.put("/app/a/host", SECRET);
  const plan = await world.plan();
  expect(decisions(plan)).toEqual({ "/app/a/host": "update changed_outside" });
  expect(plan.resource_changes[0]?.change.after?.value).toBe("db.internal");
  expect(JSON.stringify(plan)).not.toContain(SECRET);
});

describe("the key of AWS's own on a replica", () => {
  const replicas = {
    "/dba/password": {},
    "/app/a/copy": { copy: "/dba/password", key: "alias/aws/ssm" },
    "/app/a/merge": { merge: ["x", "${/dba/password}"], key: "alias/aws/ssm" },
  };

  test("trips the exposure guard once for each, also where the replica is new", async () => {
    const world = await makeWorld({ parameters: replicas });
    await world.put("/dba/password", SECRET);
    const guard = (await world.plan()).guards.find(({ name }) => name === "exposure");
    expect(guard).toMatchObject({ count: 2, tripped: true });
    const result = await world.apply({ allow: { exposure: 2 } });
    expect(outcomes(result)).toEqual({ "/app/a/copy": "applied", "/app/a/merge": "applied" });
  });

  test("trips it also where --exclude leaves the source out of the plan", async () => {
    const world = await makeWorld({ parameters: replicas });
    await world.put("/dba/password", SECRET);
    const guards = (await world.plan({ exclude: ["/dba/**"] })).guards;
    expect(guards.find(({ name }) => name === "exposure")).toMatchObject({ count: 2, tripped: true });
  });

  test.each<[string, Record<string, string>]>([
    ["becomes a String", { type: "String" }],
    ["lies under it", { key: "alias/aws/ssm" }],
  ])("is one also of what moves, gets its value from a source and %s", async (_, attributes) => {
    const world = await makeWorld({ parameters: { "/dba/old": {} }, supplied: { "/dba/old": SECRET } });
    await world.apply();
    const moved = [{ from: "/dba/old", to: "/dba/new" }];
    world.declare({
      parameters: {},
      files: { "moved.json": { parameters: { "/dba/new": attributes }, moved } },
      supplied: { "/dba/new": SECRET },
    });
    const plan = await world.plan();
    expect(decisions(plan)["/dba/new"]).toContain("moved");
    expect(plan.guards.find(({ name }) => name === "exposure")).toMatchObject({ count: 1, tripped: true });
  });

  test("trips it where the replica was left behind while what it copies got another source", async () => {
    const chain = (source: string) => ({
      "/dba/password": {},
      "/dba/other": {},
      "/app/a/p": { copy: source },
      "/app/b/p": { copy: "/app/a/p", key: "alias/aws/ssm" },
    });
    const world = await makeWorld({ parameters: chain("/dba/password") });
    await world.put("/dba/password", SECRET);
    await world.put("/dba/other", "another-dummy-secret");
    await world.apply({ allow: { exposure: 1 } });
    world.declare({ parameters: chain("/dba/other") });
    await world.apply({ exclude: ["/app/b/**"] });
    const plan = await world.plan();
    expect(decisions(plan)["/app/b/p"]).toBe("update source_changed");
    expect(plan.guards.find(({ name }) => name === "exposure")).toMatchObject({ count: 1, tripped: true });
    await world.apply({ allow: { exposure: 1 } });
    await world.put("/dba/other", "a-new-dummy-secret");
    expect((await world.plan()).guards.find(({ name }) => name === "exposure")).toMatchObject({ count: 0 });
  });

  test("is no exposure where the source lies under it too", async () => {
    const world = await makeWorld({ parameters: replicas });
    await world.put("/dba/password", SECRET, { KeyId: "alias/aws/ssm" });
    expect((await world.plan()).guards.find(({ name }) => name === "exposure")).toMatchObject({ count: 0 });
  });
});

describe("a live value under a public glob is shown only where it comes from what is shown", () => {
  const USER = "dummy-user-of-the-dba";
  const sources = { "/dba/user": {}, "/dba/password": {} };
  const everything = { environment: { public: ["/app/**", "/dba/user"] } };

  async function applied(parameters: Record<string, unknown>, environment = {}) {
    const world = await makeWorld({ environment, parameters: { ...sources, ...parameters } });
    await world.put("/dba/user", USER);
    await world.put("/dba/password", SECRET);
    await world.apply({ allow: { exposure: 1 } }).catch(() => world.apply());
    return world;
  }

  test("not a merge that loses the secret it held", async () => {
    const merge = ["mysql://", "${/dba/user}", ":", "${/dba/password}", "@db"];
    const world = await applied({ "/app/x/url": { merge } }, everything.environment);
    world.declare({
      ...everything,
      parameters: { ...sources, "/app/x/url": { merge: [merge[0], merge[1], "@db"] } },
    });
    const plan = await world.plan();
    expect(decisions(plan)["/app/x/url"]).toBe("update value_changed");
    expect(JSON.stringify(plan)).not.toContain(SECRET);
    expect(JSON.stringify(plan)).toContain(`mysql://${USER}@db`);
  });

  test.each([
    ["a copy that is pointed elsewhere", { copy: "/dba/user" }],
    ["a copy that becomes a literal", { value: "dummy-literal" }],
    ["a copy that becomes static", {}],
    ["a copy that becomes generated", { generate: { type: "password" } }],
    ["a copy that becomes a reference", { exists: true }],
  ])("not %s", async (_, rule) => {
    const world = await applied({ "/app/x/name": { copy: "/dba/password" } });
    world.declare({ ...everything, parameters: { ...sources, "/app/x/name": rule } });
    for (const deep of [false, true])
      expect(JSON.stringify(await world.plan({}, { deep }))).not.toContain(SECRET);
  });

  test("not one whose source is no longer what it was copied from", async () => {
    const world = await applied({ "/app/a": { copy: "/dba/password" }, "/app/b": { copy: "/app/a" } });
    world.declare({
      ...everything,
      parameters: { ...sources, "/app/a": { value: "dummy-literal" }, "/app/b": { copy: "/app/a" } },
    });
    expect(JSON.stringify(await world.plan())).not.toContain(SECRET);
  });

  test("but one that follows what was shown all along", async () => {
    const world = await applied({ "/app/x/name": { copy: "/dba/user" } }, everything.environment);
    world.declare({
      ...everything,
      parameters: { ...sources, "/app/x/name": { copy: "/dba/user", description: "whom to ask" } },
    });
    expect(JSON.stringify(await world.plan())).toContain(USER);
  });
});

describe("a secret that a parameter source reads", () => {
  const readFrom = { name: parameterName("/dba/password"), type: "SecureString" } as const;
  const at = { file: "environment.json", line: 1, column: 1 };
  const value = { value: new Secret(SECRET), from: "parameter /dba/password", at, readFrom };
  const supplied = new Map([[parameterName("/app/evil/pw"), value]]);

  test("is not written as a String", async () => {
    const world = await makeWorld({ parameters: { "/app/evil/pw": { type: "String" } } });
    world.session = { ...world.session, supplied: { ...world.session.supplied, values: supplied } };
    expect(decisions(await world.plan())["/app/evil/pw"]).toBe("blocked downgrade on /dba/password");
  });

  test("is not shown under a public glob, and the guard counts it", async () => {
    const world = await makeWorld({
      environment: { public: ["/app/**"] },
      parameters: { "/app/evil/pw": {} },
    });
    world.session = { ...world.session, supplied: { ...world.session.supplied, values: supplied } };
    const plan = await world.plan();
    expect(JSON.stringify(plan)).not.toContain(SECRET);
    expect(plan.guards.find(({ name }) => name === "exposure")).toMatchObject({ count: 1, tripped: true });
  });
});

describe("a bare key id, which may be that of AWS's own key", () => {
  const ID = "11111111-2222-3333-4444-555555555555";
  const exposed = (plan: Plan) => plan.guards.find(({ name }) => name === "exposure")?.count;

  test("counts where a replication file names it", async () => {
    const world = await makeWorld({
      parameters: { "/dba/password": {}, "/app/a": { copy: "/dba/password" } },
    });
    await world.put("/dba/password", SECRET);
    await world.apply();
    world.declare({ parameters: { "/dba/password": {}, "/app/a": { copy: "/dba/password", key: ID } } });
    expect(exposed(await world.plan())).toBe(1);
  });

  test("does not where environment.json names it, which its owners review", async () => {
    const world = await makeWorld({
      environment: { replicationKey: ID },
      parameters: { "/dba/password": {}, "/app/a": { copy: "/dba/password" } },
    });
    await world.put("/dba/password", SECRET);
    expect(exposed(await world.plan())).toBe(0);
  });
});

test("a secret that a parameter source reads counts under AWS's own key as a copy does", async () => {
  const at = { file: "environment.json", line: 1, column: 1 };
  const readFrom = { name: parameterName("/dba/password"), type: "SecureString" } as const;
  const world = await makeWorld({ parameters: { "/app/evil/pw": { key: "alias/aws/ssm" } } });
  const value = { value: new Secret(SECRET), from: "parameter /dba/password", at, readFrom };
  const values = new Map([[parameterName("/app/evil/pw"), value]]);
  world.session = { ...world.session, supplied: { ...world.session.supplied, values } };
  expect((await world.plan()).guards.find(({ name }) => name === "exposure")).toMatchObject({ count: 1 });
});

describe("a replica that is declared as one no more, and keeps its source's value", () => {
  const REPLICA = "/app/a/replicated/password";
  const MOVED = "/app/a/password";
  const environment = {
    keys: [
      { path: "/dba/**", key: "alias/dba" },
      { path: "/app/**", key: "alias/app" },
    ],
    replicationKey: "alias/replication",
  };
  const world = async () => {
    const made = await makeWorld({
      parameters: { "/dba/password": {}, [REPLICA]: { copy: "/dba/password" } },
      supplied: { "/dba/password": "dummy-password" },
      environment,
    });
    await made.apply();
    return made;
  };
  const exposure = async (made: World) =>
    (await made.plan()).guards.find(({ name }) => name === "exposure")?.count;

  test("is exposed where it comes under the key of its path", async () => {
    const made = await world();
    const parameters = { "/dba/password": {}, [REPLICA]: {} };
    made.declare({ parameters, supplied: {}, environment });
    expect(await exposure(made)).toBe(1);
    made.declare({ parameters: { ...parameters, [REPLICA]: { key: "alias/replication" } }, environment });
    expect(await exposure(made)).toBe(0);
  });

  test("is exposed once it leaves the replication key, though it stays a replica until the next step", async () => {
    const made = await world();
    const parameters = { "/dba/password": {}, [REPLICA]: { copy: "/dba/password", key: "alias/app" } };
    made.declare({ parameters, supplied: {}, environment });
    expect(await exposure(made)).toBe(1);
    const renamed = {
      ...environment,
      replicationKey: "alias/another",
      formerReplicationKey: "alias/replication",
    };
    made.declare({ parameters, supplied: {}, environment: renamed });
    expect(await exposure(made)).toBe(1);
    made.declare({
      parameters: { "/dba/password": {}, [REPLICA]: { copy: "/dba/password" } },
      supplied: {},
      environment: renamed,
    });
    expect(await exposure(made)).toBe(0);
  });

  test("is exposed in two steps as in one", async () => {
    const made = await world();
    const kept = { [REPLICA]: { key: "alias/replication" } };
    made.declare({ parameters: { "/dba/password": {}, ...kept }, supplied: {}, environment });
    await made.apply();
    made.declare({ parameters: { "/dba/password": {}, [REPLICA]: {} }, supplied: {}, environment });
    expect(await exposure(made)).toBe(1);
  });

  test("is exposed under a new name too", async () => {
    const made = await world();
    const moved = [{ from: REPLICA, to: MOVED }];
    made.declare({
      parameters: { "/dba/password": {}, [MOVED]: {} },
      files: { "moved.json": { parameters: {}, moved } },
      supplied: {},
      environment,
    });
    expect(await exposure(made)).toBe(1);
  });
});

describe("under AWS's own key, what counts is where the new value comes from, whatever lies there", () => {
  const environment = {
    keys: [
      { path: "/dba/**", key: "alias/owner" },
      { path: "/**", key: "alias/aws/ssm" },
    ],
    replicationKey: "alias/aws/ssm",
  };
  const sources = { "/dba/password": {}, "/app/low": {} };
  const exposed = (plan: Plan) =>
    plan.resource_changes.flatMap((each) => (each.exposes ? [each.address] : []));

  async function applied(parameters: Record<string, unknown>, supplied: Record<string, string> = {}) {
    const world = await makeWorld({
      environment,
      parameters: { ...sources, ...parameters },
      supplied: { "/dba/password": SECRET, "/app/low": "dummy-low", ...supplied },
    });
    const count = exposed(await world.plan()).length;
    await world.apply({ allow: { exposure: count } });
    return world;
  }

  test("a copy that is pointed at a secret of an owner's key", async () => {
    const world = await applied({ "/app/c": { copy: "/app/low" } });
    world.declare({ parameters: { ...sources, "/app/c": { copy: "/dba/password" } }, supplied: {} });
    expect(exposed(await world.plan())).toEqual(["/app/c"]);
  });

  test("a copy of a copy that is pointed at one, whose own key stays", async () => {
    const owned = { "/dba/mid": { copy: "/app/low", key: "alias/owner" }, "/app/c": { copy: "/dba/mid" } };
    const world = await applied(owned);
    world.declare({
      parameters: { ...sources, ...owned, "/dba/mid": { copy: "/dba/password", key: "alias/owner" } },
      supplied: {},
    });
    expect(exposed(await world.plan())).toEqual(["/app/c"]);
  });

  test("not a copy whose source was rotated: it could be read there all along", async () => {
    const copies = { "/app/c": { copy: "/dba/password" }, "/app/d": { copy: "/app/c" } };
    const world = await applied(copies);
    world.declare({
      parameters: { ...sources, ...copies },
      supplied: { "/dba/password": "dummy-rotated" },
    });
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject({
      "/app/c": "update source_changed",
      "/app/d": "update source_changed",
    });
    expect(exposed(plan)).toEqual([]);
  });

  test("a secret that a parameter source reads into a live parameter", async () => {
    const world = await applied({ "/app/pw": {} }, { "/app/pw": "dummy-low" });
    const at = { file: "environment.json", line: 1, column: 1 };
    const read = (name: string, value: string) => {
      const readFrom = { name: parameterName(name), type: "SecureString" } as const;
      const found = { value: new Secret(value), from: `parameter ${name}`, at, readFrom };
      const values = new Map([[parameterName("/app/pw"), found]]);
      world.session = { ...world.session, supplied: { ...world.session.supplied, values } };
    };
    read("/dba/password", SECRET);
    expect(exposed(await world.plan())).toEqual(["/app/pw"]);
    read("/app/low", "dummy-other");
    expect(exposed(await world.plan())).toEqual([]);
  });

  test("a rollback to a version that lay under an owner's key", async () => {
    const declared = (key: string, value?: string) => ({
      parameters: { "/app/x": { key } },
      supplied: value === undefined ? {} : { "/app/x": value },
    });
    const world = await makeWorld(declared("alias/owner", SECRET));
    await world.apply();
    world.declare(declared("alias/owner", "dummy-harmless"));
    await world.apply();
    world.declare(declared("alias/aws/ssm"));
    await world.apply({ allow: { exposure: 1 } });
    expect(exposed(await world.plan({ target: ["/app/x"], rollback: { "/app/x": 1 } }))).toEqual(["/app/x"]);
  });
});

describe("a key of another account, which is read there", () => {
  const exposed = (plan: Plan) => plan.guards.find(({ name }) => name === "exposure")?.count;

  async function withKey(key: (account: string, region: string) => string, live = "alias/owner") {
    const world = await makeWorld({ parameters: { "/dba/password": {} } });
    await world.put("/dba/password", SECRET, { KeyId: live });
    const { account, region } = world.engine;
    const adopt = [{ name: "/dba/password" }];
    world.declare({ adopt, parameters: { "/dba/password": { key: key(account, region) } } });
    return exposed(await world.plan());
  }

  test.each<[string, string, (account: string, region: string) => string]>([
    [
      "an alias of another account",
      "alias/owner",
      (_, region) => `arn:aws:kms:${region}:999999999999:alias/evil`,
    ],
    ["one of another region", "alias/owner", (account) => `arn:aws:kms:ap-south-2:${account}:alias/other`],
    [
      "the same, where AWS's own was before",
      "alias/aws/ssm",
      (_, region) => `arn:aws:kms:${region}:999999999999:alias/evil`,
    ],
    [
      "AWS's own by its ARN",
      "alias/owner",
      (account, region) => `arn:aws:kms:${region}:${account}:alias/aws/ssm`,
    ],
  ])("counts: %s", async (_, live, key) => {
    expect(await withKey(key, live)).toBe(1);
  });

  test("does not count: an alias of this account and region by its ARN", async () => {
    expect(await withKey((account, region) => `arn:aws:kms:${region}:${account}:alias/other`)).toBe(0);
  });
});
