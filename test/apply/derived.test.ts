import { compare } from "@node-rs/bcrypt";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/model/error.ts";
import { changeOf, decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const PASSWORD = { generate: { type: "password" } };
const HASH = { generate: { type: "bcrypt-password-hash", source: "/dba/password", rounds: 4 } };
const PARAMETERS = {
  "/app/hash": { copy: "/dba/hash" },
  "/app/password": { copy: "/dba/password" },
  "/dba/hash": HASH,
  "/dba/mtime": { generate: { type: "mtime", source: "/dba/password" } },
  "/dba/password": PASSWORD,
};
const REGENERATE = { regenerate: ["/dba/password"] };
const LATER = 11 * 60_000;

async function applied(options: Parameters<typeof makeWorld>[0] = {}): Promise<World> {
  const world = await makeWorld({ parameters: PARAMETERS, ...options });
  await world.apply();
  world.pass(LATER);
  return world;
}

async function valuesOf(world: World) {
  const names = ["/dba/password", "/app/password", "/dba/hash", "/app/hash", "/dba/mtime"];
  const values = await Promise.all(names.map(async (name) => (await world.value(name)) ?? ""));
  const [password = "", passwordCopy = "", hash = "", hashCopy = "", mtime = ""] = values;
  return { password, passwordCopy, hash, hashCopy, mtime };
}

/** Everything follows the password that is live, and nothing is left to do. */
async function expectConsistent(world: World): Promise<void> {
  const { password, passwordCopy, hash, hashCopy } = await valuesOf(world);
  expect([passwordCopy, hashCopy]).toEqual([password, hash]);
  expect(await compare(password, hash)).toBe(true);
  world.pass(LATER);
  expect(new Set(Object.values(decisions(await world.plan())))).toEqual(new Set(["no-op"]));
}

describe("in one apply", () => {
  it("a regenerated source, what is derived from it and all copies change together", async () => {
    const world = await applied();
    const before = await valuesOf(world);
    const written = Math.floor(world.session.store.now() / 1000) * 1000;
    const result = await world.apply(REGENERATE);
    const order = result.outcomes.map(({ address }) => address);
    expect(order.indexOf("/dba/password")).toBe(0);
    expect(order.indexOf("/app/hash")).toBeGreaterThan(order.indexOf("/dba/hash"));
    const after = await valuesOf(world);
    for (const key of ["password", "hash", "mtime"] as const) expect(after[key]).not.toBe(before[key]);
    expect(Date.parse(after.mtime) - written).toBeLessThan(LATER + 5000);
    expect(after.mtime).toBe(`${world.engine.now().toISOString().slice(0, 19)}Z`);
    await expectConsistent(world);
  });

  it("the hash of a value that nobody of this run writes is made of the planned version", async () => {
    const world = await makeWorld({
      parameters: { "/dba/password": { exists: true }, "/dba/hash": HASH },
    });
    await world.put("/dba/password", "dummy-password-of-dev");
    const plan = await world.plan();
    await world.put("/dba/password", "dummy-password-of-test");
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
    expect(await world.value("/dba/hash")).toBeUndefined();
    await world.apply();
    expect(await compare("dummy-password-of-test", (await world.value("/dba/hash")) ?? "")).toBe(true);
  });

  it("a pair and its public half come into being, and stay together when the private half is made anew", async () => {
    const world = await makeWorld({
      parameters: { "/dba/ssh": { generate: { type: "ssh-key-pair", public: "/dba/ssh.pub" } } },
    });
    await world.apply();
    const first = await world.value("/dba/ssh.pub");
    expect(first).toMatch(/^ssh-ed25519 /);
    await world.apply({ regenerate: ["/dba/ssh"] });
    expect(await world.value("/dba/ssh.pub")).toMatch(/^ssh-ed25519 /);
    expect(await world.value("/dba/ssh.pub")).not.toBe(first);
  });

  it("a certificate that says otherwise is made anew of the same key", async () => {
    const tls = (commonName: string) => ({
      "/dba/key": { generate: { type: "tls-self-signed", certificate: "/dba/crt", commonName } },
    });
    const world = await makeWorld({ parameters: tls("db.example.org") });
    await world.apply();
    const [key, certificate] = [await world.value("/dba/key"), await world.value("/dba/crt")];
    world.declare({ parameters: tls("db2.example.org") });
    expect(decisions(await world.plan())).toEqual({
      "/dba/crt": "update value_changed",
      "/dba/key": "no-op",
    });
    await world.apply();
    expect(await world.value("/dba/key")).toBe(key);
    expect(await world.value("/dba/crt")).not.toBe(certificate);
  });

  it("an mtime needs no right to read its source", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/secret": { exists: true },
        "/app/mtime": { generate: { type: "mtime", source: "/dba/secret" } },
      },
    });
    await world.put("/dba/secret", "dummy");
    world.impose({ deny: ["ssm:GetParameters:/dba/secret"] });
    expect(outcomes(await world.apply())).toEqual({ "/app/mtime": "applied" });
  });
});

describe("a run that is cut between source and derived value", () => {
  it.each([1, 2, 3, 4])(
    "after %i writes is finished by the same apply, which rotates nothing twice",
    async (stopAfter) => {
      const world = await applied();
      const plan = await world.plan(REGENERATE);
      await world.applySaved(plan, { stopAfter });
      const cut = await valuesOf(world);
      const result = await world.applySaved(plan);
      expect(Object.values(outcomes(result)).filter((is) => is === "done")).toHaveLength(stopAfter);
      expect((await valuesOf(world)).password).toBe(cut.password);
      await expectConsistent(world);
    },
  );

  it("is finished by a plain apply too: nothing stays stale unnoticed", async () => {
    const world = await applied();
    await world.apply(REGENERATE, { stopAfter: 1 });
    const { password } = await valuesOf(world);
    expect(decisions(await world.plan())).toMatchObject({ "/dba/hash": "update source_changed" });
    await world.apply();
    expect((await valuesOf(world)).password).toBe(password);
    await expectConsistent(world);
  });
});

describe("what cannot be made", () => {
  it("fails by itself: a source of more than 72 bytes has no bcrypt hash", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/password": { generate: { type: "password", length: 73 } },
        "/dba/hash": HASH,
        "/app/hash": { copy: "/dba/hash" },
        "/dba/mtime": PARAMETERS["/dba/mtime"],
      },
    });
    const result = await world.apply();
    expect(outcomes(result)).toEqual({
      "/app/hash": "skipped",
      "/dba/hash": "failed source_unfit",
      "/dba/mtime": "applied",
      "/dba/password": "applied",
    });
    const failed = result.outcomes.find(({ address }) => address === "/dba/hash")?.outcome;
    expect(failed).toMatchObject({
      message: "/dba/password has more than the 72 bytes that bcrypt reads",
      hint: expect.any(String),
    });
  });

  it("fails before anything is sent: a value that its tier does not hold", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/bytes": {
          generate: { type: "random-bytes", bytes: 1024, encoding: "hex" },
        },
        "/dba/long": { merge: [`\${/dba/bytes}`, `\${/dba/bytes}`, "x"], tier: "Standard" },
      },
    });
    const sent: unknown[] = [];
    world.observe(({ operation, input }) => {
      if (operation === "PutParameter") sent.push((input as { Name?: unknown }).Name);
    });
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ "/dba/bytes": "applied", "/dba/long": "failed value_too_large" });
    expect(sent).not.toContain("/dba/long");
  });

  it("fits the standard tier: an RSA key of 4096 bits", async () => {
    const world = await makeWorld({
      parameters: { "/dba/rsa": { generate: { type: "rsa-private-key", bits: 4096 }, tier: "Standard" } },
    });
    expect(outcomes(await world.apply())).toEqual({ "/dba/rsa": "applied" });
  });
});

describe("a saved plan by a planner who may read nothing is stale once the config is edited", () => {
  const BLIND = { deny: ["kms:Decrypt:alias/replication", "kms:Decrypt:alias/owner"] };

  it.each<[string, object, object]>([
    [
      "a merge's literal text",
      { merge: ["user=", `\${/dba/password}`] },
      { merge: ["name=", `\${/dba/password}`] },
    ],
    ["a recipe's length", PASSWORD, { generate: { type: "password", length: 32 } }],
    ["a derived value's rounds", HASH, { generate: { ...HASH.generate, rounds: 5 } }],
  ])("%s", async (_, entry, other) => {
    const world = await makeWorld({
      parameters: { "/dba/password": { exists: true }, "/app/x": entry },
    });
    await world.put("/dba/password", "dummy-password-of-dev");
    world.impose(BLIND);
    const plan = await world.plan();
    expect(changeOf(plan, "/app/x")?.change.after_unknown).toEqual({ value: true });
    world.impose({});
    world.declare({ parameters: { "/dba/password": { exists: true }, "/app/x": other } });
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
    expect(await world.value("/app/x")).toBeUndefined();
    world.declare({ parameters: { "/dba/password": { exists: true }, "/app/x": entry } });
    expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/x": "applied" });
  });
});
