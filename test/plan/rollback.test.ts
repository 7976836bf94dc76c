import { describe, expect, test } from "vitest";
import { blockedConcern } from "../../src/render/concern.ts";
import { changeOf, decisions, describe as describeLive, makeWorld, outcomes } from "../support/world.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/dba/key": { generate: { type: "password" } },
  "/dba/hash": { generate: { type: "bcrypt-password-hash", source: "/dba/key", rounds: 4 } },
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/url": { merge: ["x://", "${/app/a/password:uri}"] },
  "/app/a/host": { value: "mysql.internal" },
};

/** Version 1 by a source, version 2 by a person; the source no longer says anything. */
async function rotated() {
  const world = await makeWorld({ parameters: PARAMETERS, supplied: { "/dba/password": "first-dummy" } });
  await world.apply();
  world.declare({ supplied: { "/dba/password": "second-dummy" } });
  await world.apply();
  world.declare({ supplied: {} });
  return world;
}

const BACK = { rollback: { "/dba/password": 1 } };

describe("a rollback", () => {
  test("is a plan of its own: the value of that version, bound by the digest of its stamp, and what follows", async () => {
    const world = await rotated();
    const plan = await world.plan(BACK);
    expect(decisions(plan)).toMatchObject({
      "/dba/password": "update rollback",
      "/app/a/password": "update source_changed",
      "/app/a/url": "update source_changed",
      "/dba/key": "no-op",
    });
    const change = changeOf(plan, "/dba/password");
    expect(change?.origin?.supplied_by).toBe("version 1");
    expect(change?.change.after?.value).toMatchObject({ $digest: expect.any(String) });
    expect(plan.fingerprint).not.toBe((await world.plan()).fingerprint);
    expect(Object.values(outcomes(await world.applySaved(plan)))).toEqual(["applied", "applied", "applied"]);
    expect(await world.value("/dba/password")).toBe("first-dummy");
    expect(await world.value("/app/a/url")).toBe("x://first-dummy");
    expect((await world.plan()).summary).toMatchObject({ add: 0, change: 0, blocked: 0 });
  });

  test("brings a generated value back, and keeps one that is already there", async () => {
    const world = await rotated();
    const first = await world.value("/dba/key");
    await world.apply({ regenerate: ["/dba/key"] });
    expect(await world.value("/dba/key")).not.toBe(first);
    await world.apply({ rollback: { "/dba/key": 1 } });
    expect(await world.value("/dba/key")).toBe(first);
    expect(decisions(await world.plan({ rollback: { "/dba/key": 1 } }))["/dba/key"]).toBe("no-op");
  });

  test("brings back what bears no stamp of ours: known after apply, and bound to that very version", async () => {
    const world = await rotated();
    await world.put("/dba/password", "by-hand-dummy");
    await world.put("/dba/password", "by-mistake-dummy");
    const plan = await world.plan({ rollback: { "/dba/password": 3 } });
    expect(changeOf(plan, "/dba/password")?.change.after_unknown).toEqual({ value: true });
    await world.applySaved(plan);
    expect(await world.value("/dba/password")).toBe("by-hand-dummy");
    expect(await world.value("/app/a/password")).toBe("by-hand-dummy");
  });

  test("is bound to which version comes back, and to which parameter that was when it was made anew", async () => {
    const world = await rotated();
    const decided = async (version: number) => {
      const plan = await world.plan({ rollback: { "/dba/password": version } });
      return changeOf(plan, "/dba/password")?.decision ?? expect.unreachable("nothing comes back");
    };
    const putTwice = async () => {
      for (const value of ["by-hand-dummy", "by-mistake-dummy"]) await world.put("/dba/password", value);
    };
    await putTwice();
    await putTwice();
    const [third, fourth] = [await decided(3), await decided(4)];
    await world.remove("/dba/password");
    world.pass(31_000);
    world.declare({ supplied: { "/dba/password": "first-dummy" } });
    await world.apply();
    world.declare({ supplied: {} });
    await putTwice();
    await putTwice();
    expect(new Set([third, fourth, await decided(3)]).size).toBe(3);
  });

  test("leaves alone what else its followers are made of: changes that are due there wait", async () => {
    const parameters = {
      "/dba/password": {},
      "/dba/user": {},
      "/app/user": { copy: "/dba/user" },
      "/app/url": { merge: ["${/app/user}", ":", "${/dba/password}"] },
    };
    const supplied = { "/dba/password": "first-dummy", "/dba/user": "user-dummy" };
    const world = await makeWorld({ parameters, supplied });
    await world.apply();
    world.declare({ parameters, supplied: { "/dba/password": "second-dummy" } });
    await world.apply();
    world.declare({ parameters, supplied: { "/dba/user": "other-dummy" } });
    const plan = await world.plan({ ...BACK, target: ["/app/url", "/dba/password"] });
    expect(decisions(plan)).toEqual({
      "/app/url": "update source_changed",
      "/dba/password": "update rollback",
    });
    await world.applySaved(plan);
    expect(await world.value("/app/url")).toBe("user-dummy:first-dummy");
    await world.apply();
    expect(await world.value("/app/url")).toBe("other-dummy:first-dummy");
  });

  test("that was cut goes on where it stopped, and writes nothing twice", async () => {
    const world = await rotated();
    const plan = await world.plan(BACK);
    const cut = await world.applySaved(plan, { stopAfter: 1 });
    expect(outcomes(cut)["/dba/password"]).toBe("applied");
    const rest = await world.applySaved(plan);
    expect(outcomes(rest)).toEqual({
      "/dba/password": "done",
      "/app/a/password": "applied",
      "/app/a/url": "applied",
    });
  });

  test("to a value that a person put, cut after it, puts that value once", async () => {
    const world = await rotated();
    await world.put("/dba/password", "by-hand-dummy");
    await world.put("/dba/password", "by-mistake-dummy");
    const plan = await world.plan({ rollback: { "/dba/password": 3 } });
    await world.applySaved(plan, { stopAfter: 1 });
    expect(outcomes(await world.applySaved(plan))).toMatchObject({
      "/dba/password": "done",
      "/app/a/password": "applied",
    });
    expect(await describeLive(world, "/dba/password")).toMatchObject({ version: 5 });
  });

  test("puts a value again that our last stamp tells of, but that somebody has overwritten", async () => {
    const world = await rotated();
    await world.put("/dba/password", "by-mistake-dummy");
    const plan = await world.plan({ rollback: { "/dba/password": 2 } });
    expect(decisions(plan)["/dba/password"]).toBe("update rollback");
    await world.applySaved(plan);
    expect(await world.value("/dba/password")).toBe("second-dummy");
  });

  test("makes no secret a String, and says of which version it would", async () => {
    const world = await rotated();
    world.declare({ parameters: { "/dba/password": { type: "String" } }, supplied: {} });
    const plan = await world.plan(BACK);
    expect(decisions(plan)["/dba/password"]).toBe("blocked downgrade");
    expect(blockedConcern(plan, String).groups).toMatchObject([
      {
        rows: [
          {
            subject: "/dba/password",
            text: "the version to come back is a SecureString, and it is none any more",
          },
        ],
        hints: ["make it a SecureString"],
      },
    ]);
  });

  test("is an exposure where a public parameter was the copy of a secret then", async () => {
    const environment = { public: ["/app/open"] };
    const copy = { "/dba/password": {}, "/app/open": { copy: "/dba/password" } };
    const supplied = { "/dba/password": "secret-dummy" };
    const world = await makeWorld({ parameters: copy, supplied });
    await world.apply();
    const parameters = { "/dba/password": {}, "/app/open": {} };
    world.declare({ environment, parameters, supplied: { ...supplied, "/app/open": "open-dummy" } });
    await world.apply();
    world.declare({ environment, parameters, supplied });
    const plan = await world.plan({ rollback: { "/app/open": 1 } });
    expect(decisions(plan)["/app/open"]).toBe("update rollback");
    expect(plan.guards).toContainEqual(
      expect.objectContaining({ name: "exposure", count: 1, tripped: true }),
    );
    expect(JSON.stringify(plan)).not.toContain("secret-dummy");
  });

  test("is stale as soon as somebody writes the parameter", async () => {
    const world = await rotated();
    const plan = await world.plan(BACK);
    await world.put("/dba/password", "meanwhile-dummy");
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: 4 });
  });

  test.each([
    ["/app/a/password", /its rule is copy/, "roll back its source: /dba/password"],
    ["/app/a/url", /its rule is merge/, "roll back its source: /dba/password"],
    ["/dba/hash", /it is derived from \/dba\/key/, "roll back its source: /dba/key"],
    ["/app/a/host", /its rule is value/, "change its literal in the config"],
    ["/app/unknown", /no rule of this environment/, "its owner can roll it back"],
  ])("is refused for %s, with the remedy", async (name, message, hint) => {
    const world = await rotated();
    await expect(world.plan({ rollback: { [name]: 1 } })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint,
    });
  });

  test("is refused for a copy of a hash with what the hash is made of, which alone can be rolled back", async () => {
    const world = await rotated();
    world.declare({
      parameters: {
        "/dba/key": { generate: { type: "password" } },
        "/dba/hash": { generate: { type: "bcrypt-password-hash", source: "/dba/key", rounds: 4 } },
        "/app/a/hash": { copy: "/dba/hash" },
      },
    });
    await expect(world.plan({ rollback: { "/app/a/hash": 1 } })).rejects.toMatchObject({
      hint: "roll back its source: /dba/key",
    });
  });

  test("is refused for what a source supplies, and for a version that is not kept", async () => {
    const world = await rotated();
    await expect(world.plan({ rollback: { "/dba/password": 9 } })).rejects.toThrow(/has no version 9/);
    world.declare({ supplied: { "/dba/password": "third-dummy" } });
    await expect(world.plan(BACK)).rejects.toThrow(/its value comes from file values\.json/);
  });
});
