import { expect, it } from "vitest";
import { outcomes } from "../support/world.ts";
import { type Declared, type GuardedWorld, guardedWorld } from "./guarded-world.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/dba/made": { generate: { type: "password" } },
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/made": { copy: "/dba/made" },
  "/app/a/again": { copy: "/app/a/password" },
  "/app/a/session": { generate: { type: "password" } },
};
const DBA = { path: "/dba/**", key: "alias/dba" };
const APP = { path: "/app/**", key: "alias/app" };
const OPS = { path: "/dba/**", key: "alias/ops" };

async function settled(): Promise<GuardedWorld> {
  const world = await guardedWorld(saying({ keys: [DBA, APP] }));
  world.put("owner-dba", "/dba/password", "dummy-first", "alias/dba");
  await world.apply("applier");
  world.pass(60_000);
  world.denied();
  return world;
}

function saying(environment: Readonly<Record<string, unknown>>): Declared {
  return { parameters: PARAMETERS, environment };
}

/** What an apply writes, which is refused nothing. */
async function applied(world: GuardedWorld): Promise<string[]> {
  const done = outcomes(await world.apply("applier"));
  expect(world.denied()).toEqual([]);
  expect(Object.values(done).filter((outcome) => outcome !== "applied")).toEqual([]);
  return Object.keys(done).sort();
}

/** Under which of the keys a parameter lies. */
function keyOf(world: GuardedWorld, Name: string): string | undefined {
  const { outcome } = world.open.handle({
    service: "ssm",
    operation: "DescribeParameters",
    input: { ParameterFilters: [{ Key: "Name", Values: [Name] }] },
    region: "eu-west-1",
  });
  return outcome.kind === "done"
    ? (outcome.body as { Parameters: { KeyId?: string }[] }).Parameters[0]?.KeyId
    : undefined;
}

it("a path has its former key behind the other: all is read until it is moved, what an apply wrote by the next one", async () => {
  const world = await settled();
  const made = world.value("owner-dba", "/dba/made");
  await world.declare(saying({ keys: [OPS, DBA, APP] }));

  expect(world.value("owner-dba", "/dba/password")).toBe("dummy-first");
  expect(world.value("owner-dba", "/dba/made")).toBe(made);
  expect(world.value("replicator-dba", "/dba/password")).toBe("dummy-first");
  expect(await applied(world)).toEqual(expect.arrayContaining(["/dba/made"]));
  expect(keyOf(world, "/dba/made")).toBe("alias/ops");
  // What a person put stays under its key until it is put again.
  expect(keyOf(world, "/dba/password")).toBe("alias/dba");
  expect(world.put("owner-dba", "/dba/password", "dummy-second", "alias/ops")).toBe(true);
  await applied(world);

  await world.declare(saying({ keys: [OPS, APP] }));
  expect(world.value("owner-dba", "/dba/password")).toBe("dummy-second");
  expect(world.value("owner-dba", "/dba/made")).toBe(made);
  expect(world.value("service-a", "/app/a/again")).toBe("dummy-second");
  await applied(world);
});

it("the former key of a path seals nothing that is declared, and opens no other owner's", async () => {
  const world = await settled();
  await world.declare(saying({ keys: [OPS, DBA, APP] }));
  expect(world.put("applier", "/dba/made", "dummy", "alias/dba")).toBe(false);
  expect(world.put("replicator-dba", "/app/a/made", "dummy", "alias/dba")).toBe(false);
  expect(world.value("owner-app", "/dba/password")).toBeUndefined();
});

it("a service reads its own under the former key of its path too", async () => {
  const world = await settled();
  const session = world.value("service-a", "/app/a/session");
  await world.declare(saying({ keys: [DBA, { path: "/app/**", key: "alias/ops" }, APP] }));
  expect(world.value("service-a", "/app/a/session")).toBe(session);
  expect(await applied(world)).toEqual(["/app/a/session"]);
  expect(world.value("service-a", "/app/a/session")).toBe(session);
});

it("services read their replicas under the former replication key until an apply has moved them", async () => {
  const world = await settled();
  const former = { replicationKey: "alias/ops", formerReplicationKey: "alias/replication", keys: [DBA, APP] };
  await world.declare(saying(former));

  expect(world.value("service-a", "/app/a/password")).toBe("dummy-first");
  for (const who of ["applier", "replicator-dba"]) {
    expect(world.value(who, "/app/a/password")).toBe("dummy-first");
    expect(world.put(who, "/app/a/again", "dummy", "alias/replication")).toBe(false);
  }
  world.denied();
  expect(await applied(world)).toEqual(["/app/a/again", "/app/a/made", "/app/a/password"]);
  expect(keyOf(world, "/app/a/password")).toBe("alias/ops");

  await world.declare(saying({ replicationKey: "alias/ops", keys: [DBA, APP] }));
  expect(world.value("service-a", "/app/a/again")).toBe("dummy-first");
  await applied(world);
});

it("an owner reads no replica whose line is gone, under the former replication key neither", async () => {
  const world = await settled();
  const { "/app/a/again": _, ...rest } = PARAMETERS;
  await world.declare({
    parameters: rest,
    environment: { replicationKey: "alias/ops", formerReplicationKey: "alias/replication", keys: [DBA, APP] },
  });
  expect(world.value("owner-app", "/app/a/again")).toBeUndefined();
  expect(world.value("applier", "/app/a/again")).toBe("dummy-first");
});
