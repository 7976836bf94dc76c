import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, describe as group, test } from "vitest";
import type { Call } from "../../src/embedded/engine.ts";
import type { Plan } from "../../src/plan/plan.ts";
import {
  changeOf,
  DELETE_ALL,
  decisions,
  describe,
  makeWorld,
  outcomes,
  type World,
  type WorldOptions,
} from "../support/world.ts";

/**
 * What Figgy's users must find here (reference `figgy.md` §6, A2 to A33), planned and applied on a live store.
 * Where Figgy's own files are beside this checkout they are the configs.
 */
const FIXTURES = path.resolve(import.meta.dirname, "../../../shared/fixtures/figgy");
const withFixtures = existsSync(FIXTURES);
if (!withFixtures) {
  console.warn("the Figgy fixtures are not beside this checkout: their scenarios are skipped");
}

function fixture(name: string): WorldOptions {
  return { parameters: {}, files: { [name]: readFileSync(path.join(FIXTURES, name), "utf8") } };
}

function figgy(file: object): WorldOptions {
  return { parameters: {}, files: { "figgy.json": file } };
}

const DBA = "/dba/secrets/mysql/shared/data-changer";
const DC = "/app/data-changer/replicated/secrets/mysql";
const KEYS = {
  keys: [
    { path: "/dba/**", key: "alias/dba" },
    { path: "/data/**", key: "alias/data" },
    { path: "/**", key: "alias/app" },
  ],
};

/** The seed's file in both languages. */
const DATA_CHANGER: readonly (readonly [string, WorldOptions])[] = [
  [
    "Figgy",
    figgy({ replicate_figs: { [`${DBA}/user`]: `${DC}/user`, [`${DBA}/password`]: `${DC}/password` } }),
  ],
  [
    "native",
    {
      parameters: {
        [`${DBA}/user`]: {},
        [`${DBA}/password`]: {},
        [`${DC}/user`]: { copy: `${DBA}/user` },
        [`${DC}/password`]: { copy: `${DBA}/password` },
      },
    },
  ],
  ...(withFixtures ? [["Figgy's own file", fixture("owner-data-changer.json")] as const] : []),
];

function credentials(user: string, password: string): Record<string, string> {
  return { [`${DBA}/user`]: user, [`${DBA}/password`]: password };
}

async function dataChanger(declared: WorldOptions, user = "u1", password = "p1"): Promise<World> {
  const world = await makeWorld({
    environment: KEYS,
    ...declared,
    supplied: credentials(user, password),
  });
  await world.apply();
  return world;
}

function isEmpty({ summary }: Plan): boolean {
  const { no_op, ...rest } = summary;
  return Object.values(rest).every((count) => (typeof count === "number" ? count : count.delete) === 0);
}

/** The parameters that a run writes, in its order. */
async function writesOf(world: World, run: () => Promise<unknown>): Promise<readonly string[]> {
  const calls: Call[] = [];
  const stop = world.observe((call) => calls.push(call));
  await run();
  stop();
  return calls
    .filter(({ operation }) => operation === "PutParameter" || operation === "DeleteParameter")
    .map(({ input }) => (input as { Name: string }).Name)
    .filter((name) => !name.startsWith("/paraform/"));
}

group.each(DATA_CHANGER)("the DBA's pair for data-changer, %s", (_, declared) => {
  test("A2: without values the sources are named as missing and nothing is written", async () => {
    const world = await makeWorld({ environment: KEYS, ...declared });
    const plan = await world.plan();
    expect(plan.applyable).toBe(false);
    expect(decisions(plan)).toEqual({
      [`${DBA}/user`]: "blocked missing",
      [`${DBA}/password`]: "blocked missing",
      [`${DC}/user`]: `blocked input_missing on ${DBA}/user`,
      [`${DC}/password`]: `blocked input_missing on ${DBA}/password`,
    });
    expect(await writesOf(world, () => world.applySaved(plan))).toEqual([]);
  });

  test("A2: with values sources and replicas are made under their keys", async () => {
    const world = await makeWorld({
      environment: KEYS,
      ...declared,
      supplied: credentials("u1", "p1"),
    });
    const plan = await world.plan();
    expect(plan).toMatchObject({ applyable: true, summary: { add: 4 } });
    await world.applySaved(plan);
    for (const [name, value, keyId] of [
      [`${DBA}/user`, "u1", "alias/dba"],
      [`${DBA}/password`, "p1", "alias/dba"],
      [`${DC}/user`, "u1", "alias/replication"],
      [`${DC}/password`, "p1", "alias/replication"],
    ] as const) {
      expect(await world.value(name)).toBe(value);
      expect(await describe(world, name)).toMatchObject({ type: "SecureString", keyId, version: 1 });
    }
    expect(isEmpty(await world.plan())).toBe(true);
  });

  test("A3: the same file in dev, stage and prod knows each environment's own values", async () => {
    const dev = await dataChanger(declared, "u1", "p1");
    const stage = await makeWorld({
      environment: KEYS,
      ...declared,
      supplied: credentials("u2", "p2"),
    });
    const prod = await makeWorld({ environment: KEYS, ...declared });
    expect(isEmpty(await dev.plan())).toBe(true);
    const plan = await stage.plan();
    expect(plan.summary.add).toBe(4);
    expect((await prod.plan()).blocked).toHaveLength(4);
    await stage.applySaved(plan);
    expect([await dev.value(`${DC}/user`), await stage.value(`${DC}/user`)]).toEqual(["u1", "u2"]);
    expect(await prod.value(`${DC}/user`)).toBeUndefined();
    expect(Object.keys(decisions(await stage.plan()))).toEqual(Object.keys(decisions(await dev.plan())));
  });

  test("A12: a replica that was tampered with gets value and key back", async () => {
    const world = await dataChanger(declared);
    await world.put(`${DC}/password`, "hacked", { KeyId: "alias/app" });
    const plan = await world.plan();
    expect(plan.summary).toMatchObject({ change: 1, no_op: 3 });
    expect(changeOf(plan, `${DC}/password`)).toMatchObject({
      action_reason: "changed_outside",
      change: { before: { key_id: "alias/app" }, after: { key_id: "alias/replication" } },
    });
    await world.applySaved(plan);
    expect(await world.value(`${DC}/password`)).toBe("p1");
    expect(await describe(world, `${DC}/password`)).toMatchObject({ keyId: "alias/replication" });
  });

  test("A13: the right value under another key is encrypted again", async () => {
    const world = await dataChanger(declared);
    await world.put(`${DC}/password`, "p1", { KeyId: "alias/app" });
    const plan = await world.plan();
    expect(decisions(plan)[`${DC}/password`]).toBe("update changed_outside");
    await world.applySaved(plan);
    expect(await describe(world, `${DC}/password`)).toMatchObject({ keyId: "alias/replication" });
  });

  test("A14: a replica of a secret that lies there as String becomes a SecureString", async () => {
    const world = await dataChanger(declared);
    await world.put(`${DC}/password`, "p1", { Type: "String" });
    const plan = await world.plan();
    expect(changeOf(plan, `${DC}/password`)?.change).toMatchObject({
      actions: ["update"],
      before: { type: "String" },
      after: { type: "SecureString" },
    });
    await world.applySaved(plan);
    expect(await describe(world, `${DC}/password`)).toMatchObject({ type: "SecureString" });
  });

  test("A15: without its source a replica is blocked and keeps its value", async () => {
    const world = await dataChanger(declared);
    world.declare({ supplied: {} });
    await world.remove(`${DBA}/password`);
    const plan = await world.plan();
    expect(plan).toMatchObject({ applyable: false, summary: { blocked: 2, change: 0 } });
    expect(plan.blocked).toContainEqual({
      address: `${DC}/password`,
      reason: "input_missing",
      on: `${DBA}/password`,
    });
    await world.applySaved(plan);
    expect(await world.value(`${DC}/password`)).toBe("p1");
    expect(await describe(world, `${DC}/password`)).toMatchObject({ version: 1 });
  });

  test("A16: a replica that was deleted is made again", async () => {
    const world = await dataChanger(declared);
    await world.remove(`${DC}/password`);
    world.pass(31_000);
    const plan = await world.plan();
    expect(plan.summary).toMatchObject({ add: 1, no_op: 3 });
    await world.applySaved(plan);
    expect(await world.value(`${DC}/password`)).toBe("p1");
  });

  test("A24: a destination of another owner is a conflict until adopt names that owner", async () => {
    const world = await dataChanger({ ...declared, environment: { ...KEYS, owner: "others" } });
    world.declare({ environment: { ...KEYS, owner: "dba" } });
    const plan = await world.plan();
    expect(plan.applyable).toBe(false);
    expect(plan.conflicts).toContainEqual({ address: `${DC}/password`, owner: "others" });
    expect(await writesOf(world, () => world.applySaved(plan))).toEqual([]);
  });

  test("A29: an apply that was cut leaves exactly the rest to do", async () => {
    const world = await makeWorld({
      environment: KEYS,
      ...declared,
      supplied: credentials("u1", "p1"),
    });
    const plan = await world.plan();
    const cut = await world.applySaved(plan, { stopAfter: 2 });
    const done = Object.entries(outcomes(cut)).filter(([, outcome]) => outcome === "applied");
    expect(done).toHaveLength(2);
    const rest = await world.plan();
    expect(rest.summary).toMatchObject({ add: 2, no_op: 2 });
    const finished = await world.applySaved(plan);
    expect(Object.values(outcomes(finished)).sort()).toEqual(["applied", "applied", "done", "done"]);
    expect(isEmpty(await world.plan())).toBe(true);
    for (const name of Object.keys(decisions(plan))) {
      expect(await describe(world, name)).toMatchObject({ version: 1 });
    }
  });

  test("A30: who may not decrypt the owner's secrets plans all the same, and fails to apply in so many words", async () => {
    const world = await makeWorld({ environment: KEYS, ...declared });
    await world.put(`${DBA}/user`, "u1", { KeyId: "alias/dba" });
    await world.put(`${DBA}/password`, "p1", { KeyId: "alias/dba" });
    world.impose({ deny: ["kms:Decrypt:alias/dba"] });
    const plan = await world.plan();
    expect(plan).toMatchObject({ complete: true, applyable: true, summary: { add: 2 } });
    expect(changeOf(plan, `${DC}/user`)?.change.after_unknown).toEqual({ value: true });
    const result = await world.applySaved(plan);
    for (const { outcome } of result.outcomes) {
      expect(outcome).toMatchObject({
        kind: "failed",
        code: "source_denied",
        message: expect.stringContaining(DBA),
        hint: expect.stringContaining("kms:Decrypt"),
      });
    }
    world.impose({});
    await world.applySaved(plan);
    expect(await world.value(`${DC}/password`)).toBe("p1");
  });

  test("A33: what is missing is named, and nothing is written", async () => {
    const world = await makeWorld({ environment: KEYS, ...declared });
    await world.put(`${DBA}/user`, "u1", { KeyId: "alias/dba" });
    const plan = await world.plan();
    expect(plan.applyable).toBe(false);
    expect(plan.blocked.map(({ address }) => address)).toEqual([`${DC}/password`, `${DBA}/password`]);
  });
});

group.each([
  ["Figgy", figgy({ replicate_figs: { [`${DBA}/user`]: `${DC}/user` } })],
  ["native", { parameters: { [`${DBA}/user`]: {}, [`${DC}/user`]: { copy: `${DBA}/user` } } }],
] as const)("A11: an entry that was dropped from the owner's file, %s", (language, dropped) => {
  const declared = DATA_CHANGER.find(([name]) => name === language)?.[1] ?? {};

  test("leaves an orphan replica, deleted only with --delete; a source outside of the scopes stays", async () => {
    const environment = { ...KEYS, scopes: ["/app/"] };
    const world = await dataChanger({ ...declared, environment });
    world.declare({ ...dropped, environment, supplied: { [`${DBA}/user`]: "u1" } });
    expect(decisions(await world.plan())).toEqual({
      [`${DBA}/user`]: "no-op",
      [`${DC}/user`]: "no-op",
      [`${DC}/password`]: "withheld not_in_config",
    });
    await world.apply(DELETE_ALL);
    expect(await world.value(`${DC}/password`)).toBeUndefined();
    expect(await world.value(`${DBA}/password`)).toBe("p1");
  });

  test("leaves an orphan source as well where it is ours and in scope", async () => {
    const world = await dataChanger(declared);
    world.declare({ ...dropped, supplied: { [`${DBA}/user`]: "u1" } });
    const plan = await world.plan({ delete: ["/app/**"] });
    expect(decisions(plan)).toMatchObject({
      [`${DC}/password`]: "delete not_in_config",
      [`${DBA}/password`]: "withheld not_in_config",
    });
  });
});

group.each([
  [
    "Figgy",
    {
      "mongo.json": {
        replicate_figs: {
          "/dba/passpack/services/message-processor/mongo/user":
            "/app/message-processor/replicated/mongo/user",
          "/dba/passpack/services/message-processor/mongo/password":
            "/app/message-processor/replicated/mongo/password",
        },
      },
      "service.json": {
        twig: "/app/message-processor/",
        merged_figs: {
          "/app/message-processor/replicated/mongo/uri": [
            "mongodb://",
            `\${/app/message-processor/replicated/mongo/user:uri}`,
            ":",
            `\${/app/message-processor/replicated/mongo/password:uri}`,
            "@h/db",
          ],
        },
      },
    },
  ],
  [
    "native",
    {
      "mongo.json": {
        parameters: {
          "/dba/passpack/services/message-processor/mongo/user": {},
          "/dba/passpack/services/message-processor/mongo/password": {},
          "/app/message-processor/replicated/mongo/user": {
            copy: "/dba/passpack/services/message-processor/mongo/user",
          },
          "/app/message-processor/replicated/mongo/password": {
            copy: "/dba/passpack/services/message-processor/mongo/password",
          },
          "/app/message-processor/replicated/mongo/uri": {
            merge: [
              "mongodb://",
              `\${/app/message-processor/replicated/mongo/user:uri}`,
              ":",
              `\${/app/message-processor/replicated/mongo/password:uri}`,
              "@h/db",
            ],
          },
        },
      },
    },
  ],
] as const)("A4: the blue and green pair of message-processor, %s", (_, files) => {
  const SOURCES = "/dba/passpack/services/message-processor/mongo";
  const MONGO = "/app/message-processor/replicated/mongo";
  const pair = (user: string, password: string) => ({
    [`${SOURCES}/user`]: user,
    [`${SOURCES}/password`]: password,
  });
  const blue = pair("message-processor-blue", "p@ssW0rd!1");
  const green = pair("message-processor-green", "N3wp@ssW0rd1!");

  test("changes in one apply: sources first, then every destination back to back, the URI once", async () => {
    const world = await makeWorld({ files, supplied: blue });
    await world.apply();
    expect(await world.value(`${MONGO}/uri`)).toBe("mongodb://message-processor-blue:p%40ssW0rd%211@h/db");

    world.declare({ supplied: green });
    const plan = await world.plan();
    expect(plan.summary).toMatchObject({ change: 5 });
    expect(await writesOf(world, () => world.applySaved(plan))).toEqual([
      `${SOURCES}/password`,
      `${SOURCES}/user`,
      `${MONGO}/password`,
      `${MONGO}/user`,
      `${MONGO}/uri`,
    ]);
    expect(await world.value(`${MONGO}/user`)).toBe("message-processor-green");
    expect(await world.value(`${MONGO}/password`)).toBe("N3wp@ssW0rd1!");
    expect(await world.value(`${MONGO}/uri`)).toBe(
      "mongodb://message-processor-green:N3wp%40ssW0rd1%21@h/db",
    );
    expect(await describe(world, `${MONGO}/uri`)).toMatchObject({ version: 2 });
    expect(isEmpty(await world.plan())).toBe(true);
  });

  test("reads no torn pair: both sources are read before the first destination is written", async () => {
    const world = await makeWorld({ files });
    for (const [name, value] of Object.entries(blue)) await world.put(name, value);
    await world.apply();
    for (const [name, value] of Object.entries(green)) await world.put(name, value);
    const plan = await world.plan();
    const calls: Call[] = [];
    const stop = world.observe((call) => calls.push(call));
    await world.applySaved(plan);
    stop();
    const isWrite = ({ operation, input }: Call) =>
      operation === "PutParameter" && (input as { Name: string }).Name.startsWith(MONGO);
    const between = calls.slice(calls.findIndex(isWrite), calls.findLastIndex(isWrite) + 1);
    expect(between.map(({ operation }) => operation)).toEqual(Array(3).fill("PutParameter"));
    expect(await world.value(`${MONGO}/uri`)).toBe(
      "mongodb://message-processor-green:N3wp%40ssW0rd1%21@h/db",
    );
  });
});

group.skipIf(!withFixtures)("the owner's file with four sources", () => {
  const names = [
    ["/data/test/jordan/1", "/app/ci-test-2/replicated/jordan/test/1"],
    ["/shared/test/jordan/2", "/app/ci-test-2/replicated/jordan/test/2"],
    ["/data/test/jordan/3", "/app/ci-test-2/replicated/jordan/test/3"],
    ["/data/mongo/replicasets/default", "/app/ci-test-2/replicated/jordan/test/4"],
  ] as const;

  test("A6: sources under the owner's key, replicas under the replication key, a plan without rights to either", async () => {
    const supplied = Object.fromEntries(names.map(([source]) => [source, `value of ${source}`]));
    const world = await makeWorld({
      ...fixture("owner-data.json"),
      environment: KEYS,
      supplied,
    });
    await world.apply();
    for (const [source, copy] of names) {
      expect(await world.value(copy)).toBe(`value of ${source}`);
      const keyId = source.startsWith("/data/") ? "alias/data" : "alias/app";
      expect(await describe(world, source)).toMatchObject({ keyId });
      expect(await describe(world, copy)).toMatchObject({ keyId: "alias/replication" });
    }
    world.impose({ deny: ["kms:Decrypt:alias/replication", "kms:Decrypt:alias/data"] });
    const plan = await world.plan();
    expect(plan.complete && isEmpty(plan)).toBe(true);
  });
});

const CI = "/app/ci-test";
const SQL = `${CI}/replicated/sql`;
const SHARED = {
  "/shared/jordan/testrepl": "val1",
  "/shared/jordan/testrepl2": "val2",
  "/shared/jordan/testrepl3": "val3&/x",
  "/shared/jordan/testrepl4": "val4",
};
const MERGED = "mysql://val2:val3%26%2Fx//val4";

const SUCCESS: readonly (readonly [string, WorldOptions])[] = [
  [
    "native",
    {
      parameters: {
        ...Object.fromEntries(
          ["config9", "config11", "config12"].map((name) => [`${CI}/v1/${name}`, { type: "String" }]),
        ),
        [`${CI}/repl_repl`]: { copy: "/shared/jordan/testrepl" },
        [`${SQL}/db/user`]: { copy: "/shared/jordan/testrepl2" },
        [`${SQL}/db/password`]: { copy: "/shared/jordan/testrepl3" },
        [`${SQL}/db/db_name`]: { copy: "/shared/jordan/testrepl4" },
        [`${SQL}/sql-conn-string`]: {
          merge: [
            "mysql://",
            `\${${SQL}/db/user:uri}`,
            ":",
            `\${${SQL}/db/password:uri}`,
            "//",
            `\${${SQL}/db/db_name:uri}`,
          ],
        },
      },
    },
  ],
  ...(withFixtures ? [["Figgy's own file", fixture("app-success.json")] as const] : []),
];

async function ciTest(declared: WorldOptions): Promise<World> {
  const world = await makeWorld({ ...declared, supplied: { [`${CI}/v1/config12`]: "c12" } });
  for (const [name, value] of Object.entries(SHARED)) await world.put(name, value, { Type: "String" });
  for (const name of ["config9", "config11"]) await world.put(`${CI}/v1/${name}`, name, { Type: "String" });
  return world;
}

group.each(SUCCESS)("a service's file with a merge, %s", (_, declared) => {
  test("A7: Strings stay Strings, the merge is a SecureString, byte for byte as Figgy's", async () => {
    const world = await ciTest(declared);
    const plan = await world.plan();
    expect(plan).toMatchObject({ applyable: true, summary: { add: 6 } });
    await world.applySaved(plan);
    for (const [name, value] of [
      [`${CI}/repl_repl`, "val1"],
      [`${SQL}/db/user`, "val2"],
      [`${SQL}/db/password`, "val3&/x"],
      [`${SQL}/db/db_name`, "val4"],
    ] as const) {
      expect(await world.value(name)).toBe(value);
      expect(await describe(world, name)).toMatchObject({ type: "String" });
    }
    expect(await world.value(`${SQL}/sql-conn-string`)).toBe(MERGED);
    expect(await describe(world, `${SQL}/sql-conn-string`)).toMatchObject({
      type: "SecureString",
      keyId: "alias/replication",
    });
    expect(await world.value(`${CI}/v1/config12`)).toBe("c12");
    expect(isEmpty(await world.plan())).toBe(true);
  });

  test("A17: a missing input blocks the merge and leaves its live value alone", async () => {
    const world = await ciTest(declared);
    await world.apply();
    await world.remove("/shared/jordan/testrepl3");
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject({
      "/shared/jordan/testrepl3": "blocked missing",
      [`${SQL}/db/password`]: "blocked input_missing on /shared/jordan/testrepl3",
      [`${SQL}/sql-conn-string`]: `blocked input_blocked on ${SQL}/db/password`,
    });
    await world.applySaved(plan);
    expect(await world.value(`${SQL}/sql-conn-string`)).toBe(MERGED);
    expect(await describe(world, `${SQL}/sql-conn-string`)).toMatchObject({ version: 1 });
  });

  test("A18: in a fresh environment the merge comes after its inputs, right at its first version", async () => {
    const world = await ciTest(declared);
    const writes = await writesOf(world, () => world.apply());
    expect(writes.at(-1)).toBe(`${SQL}/sql-conn-string`);
    expect(writes).toHaveLength(6);
    expect(await world.value(`${SQL}/sql-conn-string`)).toBe(MERGED);
    expect(await describe(world, `${SQL}/sql-conn-string`)).toMatchObject({ version: 1 });
  });
});

group.skipIf(!withFixtures)(
  "A9: a service's file that lost entries and gained shares that nobody made",
  () => {
    const CONFIGS = { [`${CI}/v1/config9`]: "c9", [`${CI}/v1/config11`]: "c11" };

    async function strays(): Promise<World> {
      const world = await makeWorld({
        ...fixture("app-success.json"),
        supplied: { ...CONFIGS, [`${CI}/v1/config12`]: "c12" },
      });
      for (const [name, value] of Object.entries(SHARED)) await world.put(name, value, { Type: "String" });
      await world.apply();
      await world.remove(`${CI}/v1/config12`);
      world.declare({ ...fixture("app-error.json"), supplied: CONFIGS });
      return world;
    }

    test("reports the stray parameter, the missing shares, and the merge input without a provider", async () => {
      const plan = await (await strays()).plan();
      expect(plan.applyable).toBe(false);
      expect(plan.withheld).toEqual([{ address: `${CI}/v1/config11`, action_reason: "not_in_config" }]);
      expect(plan.blocked.map(({ address, reason }) => [address, reason])).toEqual(
        ["1", "2", "3"].map((name) => [`${CI}/replicated/jordan/test/${name}`, "missing"]),
      );
      expect(plan.diagnostics).toMatchObject([
        { severity: "warning", code: "no_provider", address: `${SQL}/db/user` },
      ]);
      expect(decisions(plan)[`${SQL}/sql-conn-string`]).toBe("no-op");
    });

    test("--delete removes the stray parameter and never the merge's input", async () => {
      const world = await strays();
      const plan = await world.plan({ ...DELETE_ALL, allow: { blocked: 3 } });
      expect(plan.summary).toMatchObject({ destroy: 1 });
      expect(await writesOf(world, () => world.applySaved(plan))).toEqual([`${CI}/v1/config11`]);
      expect(await world.value(`${SQL}/db/user`)).toBe("val2");
      expect(await world.value(`${SQL}/sql-conn-string`)).toBe(MERGED);
    });
  },
);

test("A10: a service's --delete spares what another owner shares with it, and says so", async () => {
  const owners = {
    ...figgy({ replicate_figs: { "/dba/x": "/app/svc/replicated/x", "/dba/y": "/app/svc/replicated/y" } }),
    environment: { owner: "dba", scopes: ["/dba/"] },
  };
  const world = await makeWorld({ ...owners, supplied: { "/dba/x": "x", "/dba/y": "y" } });
  await world.apply();
  world.declare({
    ...figgy({ twig: "/app/svc/", app_figs: ["own"], shared_figs: ["replicated/y"] }),
    environment: { owner: "svc", scopes: [{ path: "/app/svc/", exclusive: true }] },
    supplied: { "/app/svc/own": "o" },
  });
  const plan = await world.plan(DELETE_ALL);
  expect(decisions(plan)).toEqual({ "/app/svc/own": "create missing", "/app/svc/replicated/y": "no-op" });
  expect(plan.diagnostics).toMatchObject([
    { severity: "note", code: "unlisted_share", address: "/app/svc/replicated/x" },
  ]);
  expect(plan.diagnostics[0]?.summary).toContain("shared by dba");
  await world.applySaved(plan);
  expect(await world.value("/app/svc/replicated/x")).toBe("x");
});

group.each([
  ["Figgy", figgy({ replicate_figs: { "/dba/s1": "/app/a/s", "/dba/s2": "/app/b/s" } })],
  ["native", { parameters: { "/app/a/s": { copy: "/dba/s1" }, "/app/b/s": { copy: "/dba/s2" } } }],
])("A22: two services in one owner's file, %s", (_, declared) => {
  test("both get their secret", async () => {
    const world = await makeWorld(declared);
    await world.put("/dba/s1", "one");
    await world.put("/dba/s2", "two");
    await world.apply();
    expect([await world.value("/app/a/s"), await world.value("/app/b/s")]).toEqual(["one", "two"]);
  });
});

group.each([
  ["Figgy", (pairs: Record<string, string>) => figgy({ replicate_figs: pairs })],
  [
    "native",
    (pairs: Record<string, string>): WorldOptions => ({
      parameters: Object.fromEntries(Object.entries(pairs).map(([source, name]) => [name, { copy: source }])),
    }),
  ],
] as const)("A27: twenty pairs in sync, %s", (_, declare) => {
  test("change nothing and cost two calls", async () => {
    const pairs = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`/dba/s${index}`, `/app/x/s${index}`]),
    );
    const supplied = Object.fromEntries(Object.keys(pairs).map((name) => [name, `value of ${name}`]));
    const world = await makeWorld({ ...declare(pairs), supplied });
    await world.apply();
    const before = world.session.store.calls;
    const plan = await world.plan();
    expect(isEmpty(plan)).toBe(true);
    expect(plan.summary.no_op).toBe(40);
    expect(world.session.store.calls - before).toBe(2);
  });
});

group.each([
  ["Figgy", figgy({ replicate_figs: { "/dba/list": "/app/x/list", "/dba/long": "/app/x/long" } })],
  [
    "native",
    {
      parameters: {
        "/app/x/list": { copy: "/dba/list", description: "d".repeat(1024) },
        "/app/x/long": { copy: "/dba/long" },
      },
    },
  ],
])("A28: what is not plain, %s", (language, declared) => {
  test("is replicated faithfully", async () => {
    const world = await makeWorld(declared);
    const long = "é".repeat(2500);
    await world.put("/dba/list", "a,b,c", { Type: "StringList", Description: "d".repeat(1024) });
    await world.put("/dba/long", long, { Tier: "Advanced" });
    await world.apply();
    expect(await world.value("/app/x/list")).toBe("a,b,c");
    expect(await world.value("/app/x/long")).toBe(long);
    const list = await describe(world, "/app/x/list");
    expect(list).toMatchObject({ type: "StringList" });
    expect(await describe(world, "/app/x/long")).toMatchObject({ type: "SecureString", tier: "Advanced" });
    if (language === "native") expect(list?.description).toMatch(/^d{500,} \{paraform:1 .*\}$/);
    expect(isEmpty(await world.plan())).toBe(true);
  });
});
