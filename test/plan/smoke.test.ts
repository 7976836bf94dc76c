import { expect, test } from "vitest";
import { decisions, makeWorld, outcomes } from "../support/world.ts";

test("a DBA's pair is replicated and then in sync", async () => {
  const world = await makeWorld({
    parameters: {
      "/dba/user": {},
      "/dba/password": {},
      "/app/a/user": { copy: "/dba/user" },
      "/app/a/password": { copy: "/dba/password" },
      "/app/a/url": { merge: ["mysql://", `\${/app/a/user:uri}`, ":", `\${/app/a/password:uri}`, "@db"] },
    },
    supplied: { "/dba/user": "dummy user", "/dba/password": "dummy-password-of-dev" },
  });
  const plan = await world.plan();
  expect(decisions(plan)).toMatchInlineSnapshot(`
    {
      "/app/a/password": "create missing",
      "/app/a/url": "create missing",
      "/app/a/user": "create missing",
      "/dba/password": "create missing",
      "/dba/user": "create missing",
    }
  `);
  const result = await world.apply();
  expect(outcomes(result)).toMatchInlineSnapshot(`
    {
      "/app/a/password": "applied",
      "/app/a/url": "applied",
      "/app/a/user": "applied",
      "/dba/password": "applied",
      "/dba/user": "applied",
    }
  `);
  expect(await world.value("/app/a/url")).toBe("mysql://dummy+user:dummy-password-of-dev@db");
  expect(decisions(await world.plan())).toMatchInlineSnapshot(`
    {
      "/app/a/password": "no-op",
      "/app/a/url": "no-op",
      "/app/a/user": "no-op",
      "/dba/password": "no-op",
      "/dba/user": "no-op",
    }
  `);
});
