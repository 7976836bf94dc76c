import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, describe as group, test } from "vitest";
import { z } from "zod";
import { decisionHash, planMac } from "../../src/plan/fingerprint.ts";
import { type Plan, planSchema } from "../../src/plan/plan.ts";
import { changeOf, DELETE_ALL, makeWorld, type World, type WorldOptions } from "../support/world.ts";
import { CANARIES, SITUATIONS } from "./situations.ts";

const isPlan = new Ajv2020().compile(z.toJSONSchema(planSchema));

group.each(SITUATIONS)("the plan of $name", ({ arrange, inputs = {}, deep = false }) => {
  test("fits its JSON Schema, and comes back from JSON as it was", async () => {
    const plan = await (await arrange()).plan(inputs, { deep });
    expect(isPlan(JSON.parse(JSON.stringify(plan))), JSON.stringify(isPlan.errors)).toBe(true);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test("shows no secret, however spelled", async () => {
    const world = await arrange();
    const generated = await world.value("/dba/made");
    const plan = await world.plan(inputs, { deep });
    const text = JSON.stringify(plan);
    const secrets = [...Object.values(CANARIES), ...(generated === undefined ? [] : [generated])];
    expect(secrets.flatMap(spellings).filter((spelling) => text.includes(spelling))).toEqual([]);
  });

  test("counts what it lists", async () => {
    const { summary, ...plan } = await (await arrange()).plan(inputs, { deep });
    const count = (action: string) =>
      plan.resource_changes.filter(({ change }) => (change.actions as string[]).includes(action)).length;
    expect(summary).toMatchObject({
      add: count("create"),
      change: count("update"),
      destroy: count("delete"),
      no_op: count("no-op"),
      blocked: plan.blocked.length,
      conflict: plan.conflicts.length,
      withheld: { delete: plan.withheld.length },
    });
    const refused = plan.conflicts.length > 0 || plan.guards.some(({ tripped }) => tripped);
    expect(plan.applyable).toBe(plan.complete && !refused);
  });
});

/** A canary as raw, JSON, base64 at each of its three alignments, hexadecimal, and the three ways of URLs. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const aligned = [0, 1, 2].map((shift) => bytes.subarray(shift, shift + 15).toString("base64"));
  return [
    secret,
    ...secret.split(/[^\w-]+/).filter((word) => word.length >= 12),
    JSON.stringify(secret).slice(1, -1),
    ...aligned,
    ...aligned.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    bytes.toString("hex"),
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll("%20", "+"),
  ];
}

group("the fields", () => {
  test("are SPEC §4's and `readers`, in Terraform's names", async () => {
    const world = await makeWorld({ parameters: { "/app/x": { value: "v" } } });
    const plan = await world.plan();
    expect(plan).toEqual({
      format_version: "1.0",
      environment: { name: "test", account: "123456789012", region: "us-east-1", owner: "platform" },
      config: { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      inputs: { delete: [], regenerate: [], target: [], exclude: [], allow: {} },
      applyable: true,
      complete: true,
      summary: {
        add: 1,
        change: 0,
        destroy: 0,
        replace: 0,
        adopt: 0,
        move: 0,
        forget: 0,
        no_op: 0,
        blocked: 0,
        conflict: 0,
        withheld: { delete: 0 },
      },
      resource_changes: [
        {
          address: "/app/x",
          type: "aws_ssm_parameter",
          change: {
            actions: ["create"],
            before: null,
            after: {
              name: "/app/x",
              type: "String",
              value: "v",
              tier: "Standard",
              data_type: "text",
              version: 1,
            },
            after_unknown: {},
            before_sensitive: {},
            after_sensitive: {},
          },
          action_reason: "missing",
          origin: { rule: "value", sources: [], file: "configs/test/main.json", line: 3 },
          precondition: null,
          decision: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      ],
      readers: [{ reader: "/app", kind: "owner", changes: ["/app/x"], gains: [] }],
      withheld: [],
      blocked: [],
      conflicts: [],
      guards: ["delete", "update", "regenerate", "adopt", "exposure", "broaden", "empty", "blocked"].map(
        (name) => expect.objectContaining({ name, count: 0, tripped: false }),
      ),
      diagnostics: [],
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      mac: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test("say the endpoint where one was given", async () => {
    const world = await makeWorld();
    world.session = { ...world.session, endpoint: "http://127.0.0.1:4566" };
    expect((await world.plan()).environment.endpoint).toBe("http://127.0.0.1:4566");
  });

  test("of an update say what is live, what will be, and which version it starts from", async () => {
    const world = await makeWorld({
      parameters: { "/dba/x": {}, "/app/x": { copy: "/dba/x" } },
      supplied: { "/dba/x": "one" },
    });
    await world.apply();
    world.declare({
      parameters: { "/dba/x": { description: "new", tags: { team: "x" } }, "/app/x": { copy: "/dba/x" } },
      supplied: { "/dba/x": "two" },
    });
    const plan = await world.plan();
    const digest = { $digest: expect.stringMatching(/^[0-9a-f]{8}\.[\w-]{22}$/) };
    const source = changeOf(plan, "/dba/x");
    expect(source).toMatchObject({
      change: {
        actions: ["update"],
        before: { type: "SecureString", value: digest, key_id: "alias/owner", tier: "Standard", version: 1 },
        after: { value: digest, description: "new", tags: { team: "x" }, version: 2 },
        after_unknown: {},
        before_sensitive: { value: true },
        after_sensitive: { value: true },
      },
      action_reason: "value_changed",
      origin: { rule: "static", supplied_by: "file values.json" },
      precondition: { version: 1, last_modified: "2026-01-01T00:00:00.000Z" },
    });
    expect(source?.change.before?.value).not.toEqual(source?.change.after?.value);
    expect(source?.change.before).not.toHaveProperty("description");
    expect(changeOf(plan, "/app/x")).toMatchObject({
      change: { after: { key_id: "alias/replication", version: 2 } },
      action_reason: "source_changed",
      origin: { rule: "copy", sources: [{ address: "/dba/x", version: "planned" }] },
    });
  });

  test("show the tier that a value needs before apply pays for it", async () => {
    const world = await makeWorld({ parameters: { "/app/x": {} }, supplied: { "/app/x": "v" } });
    await world.apply();
    world.declare({ parameters: { "/app/x": {} }, supplied: { "/app/x": "v".repeat(5000) } });
    const plan = await world.plan();
    expect(changeOf(plan, "/app/x")?.change.after?.tier).toBe("Advanced");
    await world.applySaved(plan);
    const live = await world.session.store.describe({ prefixes: ["/app/"], names: [] });
    expect([...live.values()].map(({ tier }) => tier)).toEqual(["Advanced"]);
  });

  test("never show a tier that apply would not write", async () => {
    const world = await makeWorld({ parameters: { "/app/x": { value: "v", tier: "Advanced" } } });
    await world.apply();
    world.declare({ parameters: { "/app/x": { value: "w", tier: "Standard" } } });
    const plan = await world.plan();
    expect(changeOf(plan, "/app/x")?.change.after?.tier).toBe("Advanced");
    await world.applySaved(plan);
    expect(changeOf(await world.plan(), "/app/x")?.change.after?.tier).toBe("Advanced");
  });

  test("of an orphan say what is lost", async () => {
    const world = await makeWorld({ parameters: { "/app/x": { value: "v" } } });
    await world.apply();
    world.declare({ parameters: {} });
    expect(changeOf(await world.plan(DELETE_ALL), "/app/x")).toMatchObject({
      change: {
        actions: ["delete"],
        before: { type: "String", value: { $digest: expect.any(String) }, version: 1 },
        after: null,
        before_sensitive: { value: true },
      },
      action_reason: "not_in_config",
      origin: null,
      precondition: { version: 1 },
    });
  });

  test("are sorted by address", async () => {
    const names = ["/app/b", "/app/a", "/dba/z", "/app/c"];
    const world = await makeWorld({
      parameters: Object.fromEntries(names.map((name) => [name, { value: "v" }])),
    });
    expect((await world.plan()).resource_changes.map(({ address }) => address)).toEqual([...names].sort());
  });
});

group("values", () => {
  async function valuesOf(before: WorldOptions, after: WorldOptions, name: string) {
    const world = await makeWorld(before);
    await world.apply();
    world.declare(after);
    const { change } = changeOf(await world.plan(), name) ?? {};
    return {
      before: change?.before?.value,
      after: change?.after?.value,
      unknown: change?.after_unknown,
      sensitive: [change?.before_sensitive, change?.after_sensitive],
    };
  }
  const digest = { $digest: expect.any(String) };
  const hidden = [{ value: true }, { value: true }];

  test("of literals appear in clear, before and after", async () => {
    const values = await valuesOf(
      { parameters: { "/app/x": { value: "one\ntwo" } } },
      { parameters: { "/app/x": { value: "one\nthree" } } },
      "/app/x",
    );
    expect(values).toEqual({ before: "one\ntwo", after: "one\nthree", unknown: {}, sensitive: [{}, {}] });
  });

  test("of public parameters appear in clear, before and after", async () => {
    const environment = { public: ["/app/**"] };
    const values = await valuesOf(
      { parameters: { "/app/x": {} }, supplied: { "/app/x": "one" }, environment },
      { supplied: { "/app/x": "two" } },
      "/app/x",
    );
    expect(values).toEqual({ before: "one", after: "two", unknown: {}, sensitive: [{}, {}] });
  });

  test("of a public parameter that somebody wrote over appear in clear", async () => {
    const world = await makeWorld({
      parameters: { "/app/x": {} },
      supplied: { "/app/x": "one" },
      environment: { public: ["/app/**"] },
    });
    await world.apply();
    await world.put("/app/x", "hacked");
    const plan = await world.plan();
    expect(changeOf(plan, "/app/x")?.change).toMatchObject({
      before: { value: "hacked" },
      after: { value: "one" },
    });
  });

  test("of a String are digests too, where nothing makes them public", async () => {
    const values = await valuesOf(
      { parameters: { "/app/x": { type: "String" } }, supplied: { "/app/x": "one" } },
      { supplied: { "/app/x": "two" } },
      "/app/x",
    );
    expect(values).toEqual({ before: digest, after: digest, unknown: {}, sensitive: hidden });
  });

  test("that were secret stay so where a literal takes their place", async () => {
    const values = await valuesOf(
      { parameters: { "/app/x": {} }, supplied: { "/app/x": "one" } },
      { parameters: { "/app/x": { value: "two", type: "SecureString" } }, supplied: {} },
      "/app/x",
    );
    expect(values).toEqual({ before: digest, after: "two", unknown: {}, sensitive: [{ value: true }, {}] });
  });

  test("that a former literal had are not shown once it is a secret", async () => {
    const values = await valuesOf(
      { parameters: { "/app/x": { value: "one" } } },
      { parameters: { "/app/x": {} }, supplied: { "/app/x": "two" } },
      "/app/x",
    );
    expect(values).toEqual({ before: digest, after: digest, unknown: {}, sensitive: hidden });
  });

  test("that are made or asked for at apply are unknown", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/made": { generate: { type: "password" } },
        "/dba/asked": {},
        "/app/x": { merge: [`\${/dba/made}`, `\${/dba/asked}`] },
      },
      prompts: true,
    });
    const plan = await world.plan();
    for (const name of ["/dba/made", "/dba/asked", "/app/x"]) {
      const { after, after_unknown } = changeOf(plan, name)?.change ?? {};
      expect(after).not.toHaveProperty("value");
      expect(after_unknown).toEqual({ value: true });
    }
    expect(changeOf(plan, "/dba/asked")?.origin?.supplied_by).toBe("prompt");
  });

  test("have other digests under other names", async () => {
    const world = await makeWorld({
      parameters: { "/app/x": {}, "/app/y": {} },
      supplied: { "/app/x": "same", "/app/y": "same" },
    });
    const plan = await world.plan();
    const [x, y] = ["/app/x", "/app/y"].map((name) => changeOf(plan, name)?.change.after?.value);
    expect(x).not.toEqual(y);
  });
});

test("a reader of what is deleted is among the readers of a plan", async () => {
  const world = await makeWorld({ parameters: { "/app/x": { value: "x" }, "/app/y": { value: "y" } } });
  await world.apply();
  world.declare({ parameters: { "/app/y": { value: "y" } } });
  expect((await world.plan(DELETE_ALL)).readers).toEqual([
    { reader: "/app", kind: "owner", changes: ["/app/x"], gains: [] },
  ]);
  expect((await world.plan()).readers).toEqual([]);
});

group("the fingerprint", () => {
  const PARAMETERS = { "/dba/x": {}, "/app/x": { copy: "/dba/x" }, "/app/y": { value: "y" } };
  const SUPPLIED = { "/dba/x": "x" };

  async function fingerprintOf(world: World, declared: WorldOptions = {}): Promise<string> {
    world.declare({ parameters: PARAMETERS, supplied: SUPPLIED, ...declared });
    return (await world.plan()).fingerprint;
  }

  test.each<[string, WorldOptions]>([
    ["the order of keys", { parameters: Object.fromEntries(Object.entries(PARAMETERS).reverse()) }],
    [
      "which file says what",
      {
        parameters: { "/app/y": { value: "y" } },
        files: {
          "a.json": { parameters: { "/app/x": { copy: "/dba/x" } } },
          "z.json": { parameters: { "/dba/x": {} } },
        },
      },
    ],
    [
      "comments and places",
      {
        parameters: {},
        files: { "a.json": `// a comment\n\n\n${JSON.stringify({ parameters: PARAMETERS })}\n/* another */` },
      },
    ],
    [
      "the language",
      {
        parameters: { "/dba/x": {}, "/app/y": { value: "y" } },
        files: { "figgy.json": { replicate_figs: { "/dba/x": "/app/x" } } },
      },
    ],
    ["what may be shown", { environment: { public: ["/dba/**"] } }],
  ])("does not depend on %s", async (_, declared) => {
    const world = await makeWorld();
    expect(await fingerprintOf(world, declared)).toBe(await fingerprintOf(world));
  });

  test("does not depend on the time", async () => {
    const world = await makeWorld();
    const before = await fingerprintOf(world);
    world.pass(86_400_000);
    expect(await fingerprintOf(world)).toBe(before);
  });

  test.each<[string, WorldOptions]>([
    ["a literal", { parameters: { ...PARAMETERS, "/app/y": { value: "z" } } }],
    ["a supplied value", { supplied: { "/dba/x": "other" } }],
    ["a description", { parameters: { ...PARAMETERS, "/dba/x": { description: "d" } } }],
    ["a key", { parameters: { ...PARAMETERS, "/dba/x": { key: "alias/other" } } }],
    ["the replication key", { environment: { replicationKey: "alias/other" } }],
    ["a tag", { parameters: { ...PARAMETERS, "/dba/x": { tags: { team: "x" } } } }],
    ["the owner", { environment: { owner: "others" } }],
    ["one parameter more", { parameters: { ...PARAMETERS, "/app/z": { value: "z" } } }],
    ["the source of a copy", { parameters: { ...PARAMETERS, "/app/x": { copy: "/app/y" } } }],
  ])("depends on %s", async (_, declared) => {
    const world = await makeWorld();
    expect(await fingerprintOf(world, declared)).not.toBe(await fingerprintOf(world));
  });

  test("depends on the version of a source, and on which parameter it was when it was made anew", async () => {
    const world = await makeWorld({ parameters: { "/app/x": { copy: "/dba/x" } } });
    await world.put("/dba/x", "x");
    const first = (await world.plan()).fingerprint;
    await world.put("/dba/x", "x");
    const second = (await world.plan()).fingerprint;
    await world.remove("/dba/x");
    world.pass(31_000);
    await world.put("/dba/x", "x");
    const third = (await world.plan()).fingerprint;
    expect(new Set([first, second, third]).size).toBe(3);
  });

  test("depends on the live version that will be changed", async () => {
    const world = await makeWorld({ parameters: { "/app/y": { value: "y" } } });
    await world.apply();
    await world.put("/app/y", "hacked", { Type: "String" });
    const first = (await world.plan()).fingerprint;
    await world.put("/app/y", "hacked", { Type: "String" });
    expect((await world.plan()).fingerprint).not.toBe(first);
  });

  test.each([
    ["--delete", DELETE_ALL],
    ["--regenerate", { regenerate: ["/**"] }],
    ["--target", { target: ["/**"] }],
    ["--exclude", { exclude: ["/nothing"] }],
  ])("depends on %s", async (_, inputs) => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: SUPPLIED });
    expect((await world.plan(inputs)).fingerprint).not.toBe((await world.plan()).fingerprint);
  });

  test("does not depend on --allow, which says only whether it may be done: it can be given after the approval", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: SUPPLIED });
    const { fingerprint } = await world.plan();
    expect((await world.plan({ allow: { delete: 1, blocked: 2 } })).fingerprint).toBe(fingerprint);
  });

  test("is the same after a plan was made and nothing happened", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: SUPPLIED });
    const [one, other] = [await world.plan(), await world.plan()];
    expect(one).toEqual(other);
  });

  test("binds rule and attributes in full, and not by the short hashes of a stamp", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: SUPPLIED });
    const result = await world.result();
    if (!result.complete) throw result.failure;
    const { ring, planned } = result;
    const keys = [...ring.keys].map(([id, each]) => [id, { ...each, stamp: Buffer.alloc(32) }] as const);
    for (const decision of planned.decisions.values()) {
      const withoutStamps = decisionHash({ ...ring, keys: new Map(keys) }, decision);
      expect(withoutStamps).toBe(changeOf(planned.plan, decision.parameter.name)?.decision);
    }
  });
});

group("the MAC", () => {
  test("changes with every edit of every field", async () => {
    const world = await makeWorld({
      parameters: { "/dba/x": {}, "/app/x": { copy: "/dba/x" }, "/app/y": { value: "y", tags: { a: "b" } } },
      supplied: { "/dba/x": "x" },
    });
    await world.apply();
    world.declare({ supplied: { "/dba/x": "two" } });
    await world.put("/app/y", "hacked", { Type: "String" });
    const result = await world.result({ ...DELETE_ALL, allow: { update: 3 } });
    if (!result.complete) throw new Error("the plan is incomplete");
    const { ring, planned } = result;
    expect(planMac(ring, planned.plan)).toBe(planned.plan.mac);
    const edits = [...editsOf(planned.plan)].filter(([path]) => path !== "mac");
    expect(edits.length).toBeGreaterThan(80);
    const unnoticed = edits.filter(([, edited]) => planMac(ring, edited as Plan) === planned.plan.mac);
    expect(unnoticed.map(([path]) => path)).toEqual([]);
  });

  test("does not depend on the order of fields, which JSON does not keep", async () => {
    const world = await makeWorld({ parameters: { "/app/x": { value: "v" } } });
    const result = await world.result();
    if (!result.complete) throw new Error("the plan is incomplete");
    const { plan } = result.planned;
    const reversed = Object.fromEntries(Object.entries(plan).reverse()) as Plan;
    expect(planMac(result.ring, reversed)).toBe(plan.mac);
  });
});

/** `document` with one leaf changed, or one member removed, at a time. */
function* editsOf(document: unknown, path = ""): Generator<[path: string, edited: unknown]> {
  if (typeof document !== "object" || document === null) {
    yield [path, typeof document === "number" ? document + 1 : `${document} edited`];
    return;
  }
  for (const [key, part] of Object.entries(document)) {
    const at = path === "" ? key : `${path}.${key}`;
    for (const [place, edited] of editsOf(part, at)) yield [place, replaced(document, key, edited)];
    yield [at, Array.isArray(document) ? document.toSpliced(Number(key), 1) : omitted(document, key)];
  }
}

function replaced(whole: object, key: string, part: unknown): unknown {
  return Array.isArray(whole) ? whole.with(Number(key), part) : { ...whole, [key]: part };
}

function omitted(whole: object, key: string): unknown {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key));
}
