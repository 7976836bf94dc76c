import { compare } from "@node-rs/bcrypt";
import { describe, expect, it } from "vitest";
import { changeOf, decisions, makeWorld, outcomes, rekey, type World } from "../support/world.ts";

const PASSWORD = { generate: { type: "password" } };
const HASH = { generate: { type: "bcrypt-password-hash", source: "/dba/password", rounds: 4 } };
const MTIME = { generate: { type: "mtime", source: "/dba/password" } };
const PARAMETERS = { "/dba/password": PASSWORD, "/dba/hash": HASH, "/dba/mtime": MTIME };

/** Far enough that no write passes for a former one. */
const LATER = 11 * 60_000;

async function applied(options: Parameters<typeof makeWorld>[0] = {}): Promise<World> {
  const world = await makeWorld({ parameters: PARAMETERS, ...options });
  await world.apply();
  world.pass(LATER);
  return world;
}

const matches = async (world: World) =>
  compare((await world.value("/dba/password")) ?? "", (await world.value("/dba/hash")) ?? "");

/** Applies what is planned, and holds that it is then as planned and nothing is left to do. */
async function settles(world: World): Promise<void> {
  const result = await world.apply();
  for (const is of Object.values(outcomes(result))) expect(is).toBe("applied");
  expect(await matches(world)).toBe(true);
  world.pass(LATER);
  const left = Object.values(decisions(await world.plan())).filter((is) => is !== "no-op");
  expect(left).toEqual([]);
}

describe("a derived value, by the columns of the table", () => {
  it("is created where it is absent, and then kept", async () => {
    const world = await makeWorld({ parameters: PARAMETERS });
    expect(decisions(await world.plan())).toEqual({
      "/dba/hash": "create missing",
      "/dba/mtime": "create missing",
      "/dba/password": "create missing",
    });
    await settles(world);
  });

  it("is blocked where it is not ours, until it is adopted: then it is made anew", async () => {
    const world = await makeWorld({ parameters: PARAMETERS });
    await world.put("/dba/password", "dummy-password-of-dev");
    await world.put("/dba/hash", "dummy-hash");
    await world.put("/dba/mtime", "dummy-mtime");
    expect(decisions(await world.plan())["/dba/hash"]).toBe("blocked input_blocked on /dba/password");
    world.declare({ adopt: [{ name: "/dba/password" }] });
    expect(decisions(await world.plan())["/dba/hash"]).toBe("blocked unstamped");
    world.declare({ adopt: Object.keys(PARAMETERS).map((name) => ({ name })) });
    const plan = await world.plan();
    expect(decisions(plan)["/dba/hash"]).toBe("update adopted");
    // The live password is trusted and counted; what is made of it is not.
    expect(plan.guards.find(({ name }) => name === "adopt")?.count).toBe(1);
    await settles(world);
    expect(await world.value("/dba/password")).toBe("dummy-password-of-dev");
  });

  it("is made anew where it was touched outside", async () => {
    const world = await applied();
    await world.put("/dba/hash", "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC");
    expect(decisions(await world.plan())["/dba/hash"]).toBe("update changed_outside");
    await settles(world);
  });

  it("is in conflict where its stamp does not verify", async () => {
    const world = await applied();
    await world.put("/dba/hash", "dummy", { Description: `{paraform:1 ${"x".repeat(20)}}` });
    expect(decisions(await world.plan())["/dba/hash"]).toBe("conflict unverified");
  });

  it("is made anew when its rule changes, though its source stays", async () => {
    const world = await applied();
    world.declare({
      parameters: { ...PARAMETERS, "/dba/hash": { generate: { ...HASH.generate, rounds: 5 } } },
    });
    expect(decisions(await world.plan())).toMatchObject({
      "/dba/hash": "update value_changed",
      "/dba/password": "no-op",
    });
    await settles(world);
    expect(await world.value("/dba/hash")).toMatch(/^\$2b\$05\$/);
  });

  it("keeps its value when only its attributes change", async () => {
    const world = await applied();
    const before = await world.value("/dba/hash");
    world.declare({
      parameters: { ...PARAMETERS, "/dba/hash": { ...HASH, description: "of the password" } },
    });
    expect(decisions(await world.plan())["/dba/hash"]).toBe("update attribute_changed");
    await settles(world);
    expect(await world.value("/dba/hash")).toBe(before);
  });

  it("is replaced where its data type changes: it can be made again", async () => {
    const world = await applied();
    world.declare({
      parameters: { ...PARAMETERS, "/dba/hash": { ...HASH, dataType: "aws:ssm:integration" } },
    });
    expect(decisions(await world.plan())["/dba/hash"]).toBe("replace attribute_changed");
  });

  it("is replaced where it is adopted with another data type", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, adopt: [{ name: "/dba/mtime" }] });
    const image = { Type: "String", DataType: "aws:ec2:image" } as const;
    await world.put("/dba/mtime", "ami-0123456789abcdef0", image);
    world.pass(LATER);
    expect(decisions(await world.plan())["/dba/mtime"]).toBe("replace adopted");
    await settles(world);
  });

  it("is blocked where its source is missing", async () => {
    const world = await makeWorld({
      parameters: { "/dba/hash": { generate: { type: "bcrypt-password-hash", source: "/dba/by-hand" } } },
    });
    expect(decisions(await world.plan())).toEqual({
      "/dba/by-hand": "blocked missing",
      "/dba/hash": "blocked input_missing on /dba/by-hand",
    });
  });
});

describe("a source changed in any way makes what is derived from it anew", () => {
  const STATIC = { ...PARAMETERS, "/dba/password": {} };
  const supplied = { "/dba/password": "dummy-password-of-dev" };

  it("put by hand", async () => {
    const world = await makeWorld({ parameters: { ...PARAMETERS, "/dba/password": { exists: true } } });
    await world.put("/dba/password", "dummy-password-of-dev");
    await settles(world);
    await world.put("/dba/password", "dummy-password-of-test");
    expect(decisions(await world.plan())).toMatchObject({
      "/dba/hash": "update source_changed",
      "/dba/mtime": "update source_changed",
    });
    await settles(world);
  });

  it("put by hand, but not where the supplied value comes back that it was made from", async () => {
    const world = await applied({ parameters: STATIC, supplied });
    await world.put("/dba/password", "dummy-password-of-test");
    expect(decisions(await world.plan())).toEqual({
      "/dba/hash": "no-op",
      "/dba/mtime": "no-op",
      "/dba/password": "update changed_outside",
    });
    await settles(world);
  });

  it("touched, and kept as it is", async () => {
    const world = await applied();
    await world.put("/dba/password", "dummy-password-of-test");
    expect(decisions(await world.plan())).toEqual({
      "/dba/hash": "update source_changed",
      "/dba/mtime": "update source_changed",
      "/dba/password": "no-op",
    });
    await settles(world);
  });

  it("supplied otherwise", async () => {
    const world = await applied({ parameters: STATIC, supplied });
    world.declare({ supplied: { "/dba/password": "dummy-password-of-test" } });
    expect(decisions(await world.plan())).toEqual({
      "/dba/hash": "update source_changed",
      "/dba/mtime": "update source_changed",
      "/dba/password": "update value_changed",
    });
    await settles(world);
  });

  it("deleted, and made anew at the same version", async () => {
    const world = await applied();
    await world.remove("/dba/password");
    world.pass(LATER);
    expect(decisions(await world.plan())).toEqual({
      "/dba/hash": "update source_changed",
      "/dba/mtime": "update source_changed",
      "/dba/password": "create missing",
    });
    await settles(world);
  });

  it("restored to a former version, stamp and all", async () => {
    const world = await applied({ parameters: STATIC, supplied });
    const first = await world.result();
    world.declare({ supplied: { "/dba/password": "dummy-password-of-test" } });
    await settles(world);
    const { live } = first.complete ? first.planned : { live: new Map() };
    const then = (live as Map<string, { description: string }>).get("/dba/password");
    await world.put("/dba/password", "dummy-password-of-dev", { Description: then?.description });
    world.declare({ supplied: {} });
    expect(decisions(await world.plan())["/dba/hash"]).toBe("update source_changed");
    await settles(world);
  });

  it("through copies and merges of it", async () => {
    const chain = {
      "/dba/password": {},
      "/app/copy": { copy: "/dba/password" },
      "/app/merge": { merge: ["<", `\${/app/copy}`, ">"] },
      "/app/hash": { generate: { type: "bcrypt-password-hash", source: "/app/merge", rounds: 4 } },
      "/app/hash-copy": { copy: "/app/hash" },
      "/app/hash-time": { generate: { type: "mtime", source: "/app/hash" } },
    };
    const world = await applied({ parameters: chain, supplied });
    world.declare({ supplied: { "/dba/password": "dummy-password-of-test" } });
    const plan = await world.plan();
    for (const name of Object.keys(chain).slice(1))
      expect(changeOf(plan, name)?.action_reason).toBe("source_changed");
    await world.apply();
    const hash = (await world.value("/app/hash")) ?? "";
    expect(await compare("<dummy-password-of-test>", hash)).toBe(true);
    expect(await world.value("/app/hash-copy")).toBe(hash);
    world.pass(LATER);
    expect(new Set(Object.values(decisions(await world.plan())))).toEqual(new Set(["no-op"]));
  });
});

describe("a source that keeps its value leaves what is derived from it alone", () => {
  const derivedStay = { "/dba/hash": "no-op", "/dba/mtime": "no-op" };

  it("described otherwise", async () => {
    const world = await applied();
    world.declare({ parameters: { ...PARAMETERS, "/dba/password": { ...PASSWORD, description: "new" } } });
    expect(decisions(await world.plan())).toEqual({
      ...derivedStay,
      "/dba/password": "update attribute_changed",
    });
    await settles(world);
  });

  it("a copy whose stamp is renewed", async () => {
    const parameters = {
      "/dba/password": {},
      "/app/copy": { copy: "/dba/password" },
      "/app/hash": { generate: { type: "bcrypt-password-hash", source: "/app/copy", rounds: 4 } },
    };
    const supplied = { "/dba/password": "dummy-password-of-dev" };
    const world = await applied({ parameters, supplied });
    world.declare({ parameters: { ...parameters, "/dba/password": { description: "new" } } });
    const expected = {
      "/dba/password": "update attribute_changed",
      "/app/copy": "update stamp_renewed",
      "/app/hash": "no-op",
    };
    expect(decisions(await world.plan())).toEqual(expected);
    const before = await world.value("/app/hash");
    await world.apply();
    world.pass(LATER);
    expect(new Set(Object.values(decisions(await world.plan())))).toEqual(new Set(["no-op"]));
    expect(await world.value("/app/hash")).toBe(before);
  });

  it("under another digest key, as long as nothing is written", async () => {
    const world = await applied();
    await rekey(world);
    expect(decisions(await world.plan())).toEqual({ ...derivedStay, "/dba/password": "no-op" });
  });

  it("but where it is written again under another digest key, nothing proves that it stayed", async () => {
    const world = await applied();
    await rekey(world);
    world.declare({ parameters: { ...PARAMETERS, "/dba/password": { ...PASSWORD, description: "new" } } });
    expect(decisions(await world.plan())).toEqual({
      "/dba/hash": "update source_changed",
      "/dba/mtime": "update source_changed",
      "/dba/password": "update attribute_changed",
    });
    await settles(world);
  });
});

describe("--regenerate", () => {
  const copies = {
    ...PARAMETERS,
    "/app/password": { copy: "/dba/password" },
    "/app/hash": { copy: "/dba/hash" },
  };
  const count = (plan: Awaited<ReturnType<World["plan"]>>) =>
    plan.guards.find(({ name }) => name === "regenerate")?.count;

  it("of a source changes all that follows from it", async () => {
    const world = await applied({ parameters: copies });
    const plan = await world.plan({ regenerate: ["/dba/password"] });
    expect(decisions(plan)).toEqual({
      "/app/hash": "update source_changed",
      "/app/password": "update source_changed",
      "/dba/hash": "update source_changed",
      "/dba/mtime": "update source_changed",
      "/dba/password": "update regenerate",
    });
    expect(count(plan)).toBe(1);
  });

  it("of a derived value makes it anew alone, with its copies", async () => {
    const world = await applied({ parameters: copies });
    const [password, hash] = [await world.value("/dba/password"), await world.value("/dba/hash")];
    const plan = await world.plan({ regenerate: ["/dba/hash"] });
    expect(decisions(plan)).toEqual({
      "/app/hash": "update source_changed",
      "/app/password": "no-op",
      "/dba/hash": "update regenerate",
      "/dba/mtime": "no-op",
      "/dba/password": "no-op",
    });
    expect(count(plan)).toBe(1);
    await world.applySaved(plan);
    expect(await world.value("/dba/password")).toBe(password);
    expect(await world.value("/dba/hash")).not.toBe(hash);
    expect(await world.value("/app/hash")).toBe(await world.value("/dba/hash"));
    expect(await matches(world)).toBe(true);
  });

  it("of everything counts everything that is generated anew", async () => {
    const world = await applied({ parameters: copies });
    expect(count(await world.plan({ regenerate: ["/**"] }))).toBe(3);
  });

  it("spares a protected one and says so", async () => {
    const world = await applied({ environment: { protect: ["/dba/hash"] } });
    const plan = await world.plan({ regenerate: ["/dba/hash"] });
    expect(decisions(plan)["/dba/hash"]).toBe("no-op");
    expect(plan.diagnostics).toContainEqual(
      expect.objectContaining({ code: "protected", address: "/dba/hash" }),
    );
  });

  it("lets a protected one follow its source all the same", async () => {
    const world = await applied({ environment: { protect: ["/dba/hash"] } });
    const plan = await world.plan({ regenerate: ["/**"] });
    expect(decisions(plan)["/dba/hash"]).toBe("update source_changed");
    expect(plan.diagnostics).toEqual([]);
  });
});

describe("what may be read of a derived value", () => {
  const exposure = (plan: Awaited<ReturnType<World["plan"]>>) =>
    plan.guards.find(({ name }) => name === "exposure")?.count;
  const KEYS = {
    "/dba/ssh": { generate: { type: "ssh-key-pair", public: "/dba/ssh.pub" } },
    "/dba/tls": { generate: { type: "tls-self-signed", certificate: "/dba/crt", commonName: "db" } },
  };

  it("is everything of a public half, which is a String: that exposes nothing", async () => {
    const world = await makeWorld({ parameters: KEYS, environment: { public: ["/dba/ssh.pub"] } });
    const plan = await world.plan();
    expect(exposure(plan)).toBe(0);
    expect(changeOf(plan, "/dba/ssh.pub")?.change).toMatchObject({
      after: { type: "String" },
      after_unknown: { value: true },
      after_sensitive: {},
    });
    expect(changeOf(plan, "/dba/ssh")?.change.after).toMatchObject({ type: "SecureString" });
    await world.apply();
    world.declare({ environment: { public: ["/dba/ssh.pub"], tags: { team: "dba" } } });
    const shown = changeOf(await world.plan(), "/dba/ssh.pub")?.change;
    expect(shown?.before?.value).toMatch(/^ssh-ed25519 /);
    expect(shown?.after?.value).toBe(shown?.before?.value);
  });

  it("is nothing of a hash, which a public glob or a String would expose", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, environment: { public: ["/dba/hash"] } });
    expect(exposure(await world.plan())).toBe(1);
    world.declare({
      parameters: { ...PARAMETERS, "/dba/hash": { ...HASH, type: "String" } },
      environment: { public: [] },
    });
    expect(exposure(await world.plan())).toBe(1);
    world.declare({
      parameters: { ...PARAMETERS, "/dba/mtime": { ...MTIME, type: "String" } },
      environment: { public: ["/dba/mtime"] },
    });
    expect(exposure(await world.plan())).toBe(0);
  });
});

describe("what is derived from a copy that this plan writes", () => {
  const BEFORE = {
    "/dba/s": {},
    "/app/copy": { copy: "/dba/s" },
    "/app/second": { copy: "/app/copy" },
    "/app/time": { generate: { type: "mtime", source: "/app/second" } },
  };

  async function decidedAfter(deed: (world: World) => unknown): Promise<(string | undefined)[]> {
    const world = await makeWorld({ parameters: BEFORE, supplied: { "/dba/s": "dummy" } });
    await world.apply();
    world.pass(LATER);
    world.declare({ parameters: BEFORE, supplied: {} });
    await deed(world);
    const reading = decisions(await world.plan())["/app/time"];
    world.impose({ deny: ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"] });
    return [reading, decisions(await world.plan())["/app/time"]];
  }
  const declared = (world: World, more: object) =>
    world.declare({ parameters: { ...BEFORE, ...more }, supplied: {} });

  it("is kept where only attributes of the copies change, whoever plans", async () => {
    const described = { "/app/copy": { copy: "/dba/s", description: "of s" } };
    expect(await decidedAfter((world) => declared(world, described))).toEqual(["no-op", "no-op"]);
  });

  it("is made anew where the copy has another rule, whoever plans", async () => {
    const merged = { "/app/second": { merge: ["<", `\${/app/copy}`, ">"] } };
    const expected = ["update source_changed", "update source_changed"];
    expect(await decidedAfter((world) => declared(world, merged))).toEqual(expected);
  });

  it("is made anew where their source was put again, though with the same value: not everybody may know", async () => {
    const expected = ["update source_changed", "update source_changed"];
    expect(await decidedAfter((world) => world.put("/dba/s", "dummy"))).toEqual(expected);
    expect(await decidedAfter((world) => world.put("/app/copy", "dummy"))).toEqual(expected);
  });
});
