import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { makeWorld } from "../support/world.ts";

const summaries = (plan: Plan, code: string) =>
  plan.diagnostics.flatMap((each) => (each.code === code ? [each.summary] : []));

describe("a source that is not there", () => {
  test("is asked about where a declared or live name is a letter away", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/mysql/password": {},
        "/app/a/pw": { copy: "/dba/mysql/pasword" },
        "/app/a/user": { copy: "/dba/mongo/user" },
        "/app/a/root": { copy: "/DBA/mysql/Password" },
      },
    });
    await world.put("/dba/mongos/user", "dummy");
    expect(summaries(await world.plan(), "did_you_mean").sort()).toEqual([
      "/DBA/mysql/Password does not exist: did you mean /dba/mysql/password?",
      "/dba/mongo/user does not exist: did you mean /dba/mongos/user?",
      "/dba/mysql/pasword does not exist: did you mean /dba/mysql/password?",
    ]);
  });

  test("is not asked about for a number, for short words, or for what is declared and only lacks its value", async () => {
    const world = await makeWorld({
      parameters: {
        "/dba/db-1/password": { value: "x" },
        "/dba/key": { value: "x" },
        "/dba/mysql/passwort": {},
        "/dba/mysql/password": { value: "x" },
        "/app/a/one": { copy: "/dba/db-2/password" },
        "/app/a/two": { copy: "/dba/kex" },
      },
    });
    const plan = await world.plan();
    expect(plan.summary.blocked).toBe(5);
    expect(summaries(plan, "did_you_mean")).toEqual([]);
  });
});

describe("a value that is no literal and is created in clear", () => {
  const parameters = {
    "/app/a/host": { type: "String" },
    "/app/a/port": { type: "String" },
    "/app/a/token": { type: "String", generate: { type: "password" } },
    "/app/a/secret": {},
    "/app/a/literal": { value: "x" },
  };
  const supplied = { "/app/a/host": "h", "/app/a/port": "1", "/app/a/secret": "dummy-secret" };

  test("is warned of once, with its like, and trips no guard", async () => {
    const world = await makeWorld({ parameters, supplied });
    const plan = await world.plan();
    expect(summaries(plan, "plain_value")).toEqual([
      expect.stringMatching(
        /^3 values that are no literals are created in clear, .*: \/app\/a\/host, \/app\/a\/port, \/app\/a\/token;/,
      ),
    ]);
    expect(plan.applyable).toBe(true);
    await world.apply();
    expect(summaries(await world.plan(), "plain_value")).toEqual([]);
  });

  test("is not where environment.json says that it is public", async () => {
    const world = await makeWorld({ environment: { public: ["/app/a/*"] }, parameters, supplied });
    expect(summaries(await world.plan(), "plain_value")).toEqual([]);
  });
});
