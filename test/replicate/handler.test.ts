import { describe, expect, it } from "vitest";
import { acquireLock } from "../../src/apply/lock.ts";
import { followersIn } from "../../src/graph/replicas.ts";
import type { Rule } from "../../src/model/rule.ts";
import { makeHandler } from "../../src/replicate/handler.ts";
import type { Tally } from "../../src/replicate/tally.ts";
import { canary, foundIn } from "../canaries/canary.ts";
import { aroundStore } from "../support/around-store.ts";
import { replicating } from "../support/replicator.ts";
import { makeWorld, type World } from "../support/world.ts";

const SECRET = canary("Handler");
/** When the worlds of this file are in sync, an hour after their clock began. */
const AT = "2026-01-01T01:00:00Z";

async function inSync(more: object = {}, supplied: Record<string, string> = {}): Promise<World> {
  const world = await makeWorld({
    parameters: {
      "/dba/a": {},
      "/dba/b": {},
      "/app/a": { copy: "/dba/a" },
      "/app/b": { copy: "/dba/b" },
      ...more,
    },
    files: { "groups.json": { groups: [{ members: ["/dba/a", "/dba/b"] }] } },
    supplied: { "/dba/a": "first dummy of a", "/dba/b": "first dummy of b", ...supplied },
  });
  await world.apply();
  world.declare({ supplied: {} });
  world.pass(3_600_000);
  return world;
}

/** The handler over a world, and what it logged. */
function handlerOf(world: World) {
  const lines: string[] = [];
  const tallies: Tally[] = [];
  const handle = makeHandler({
    session: replicating(world.session),
    place: { account: world.engine.account, region: world.engine.region },
    holder: { host: "replicator", pid: 1, who: "the replicator", isAlive: () => true },
    monotonic: () => world.engine.now().getTime(),
    sleep: async (milliseconds) => world.pass(milliseconds),
    log: (line) => lines.push(line),
    tally: (tally) => tallies.push(tally),
  });
  return { handle, lines, tallies };
}

/** What Lambda says of the time that is left of `milliseconds`. */
function within(world: World, milliseconds: number) {
  const end = world.engine.now().getTime() + milliseconds;
  return { getRemainingTimeInMillis: () => end - world.engine.now().getTime() };
}

function event(name: string, operation = "Update", more: object = {}): object {
  const place = { account: "123456789012", region: "us-east-1" };
  return { "detail-type": "Parameter Store Change", ...place, detail: { name, operation }, ...more };
}

function trailed(name: string, version: number, more: object = {}): object {
  const detail = {
    eventTime: AT,
    eventName: "PutParameter",
    requestParameters: { name },
    responseElements: { version },
    ...more,
  };
  return { ...event(name), "detail-type": "AWS API Call via CloudTrail", detail };
}

function batch(...bodies: (object | string)[]): object {
  const text = (body: object | string) => (typeof body === "string" ? body : JSON.stringify(body));
  return { Records: bodies.map((body, index) => ({ messageId: `m${index}`, body: text(body) })) };
}

function failing(...ids: string[]): object {
  return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
}

describe("a batch", () => {
  it("gives back only the messages that have to be delivered again, and no value to its log", async () => {
    const world = await inSync();
    const { handle, lines } = handlerOf(world);
    await world.put("/dba/a", SECRET.value);
    const told = batch(event("/dba/a"), event("/app/a"), event(SECRET.value), SECRET.value);
    expect(await handle(told)).toEqual(failing("m0"));
    world.pass(31_000);
    expect(await handle(batch(event("/dba/a")))).toEqual(failing());
    expect(await world.value("/app/a")).toBe(SECRET.value);
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["ignored", "again", "applied"]);
    expect(foundIn(lines.join("\n"), [SECRET])).toEqual([]);
  });

  it("gives back a message when a replica of its group could not be written, and another's not", async () => {
    const world = await inSync();
    const { handle, lines } = handlerOf(world);
    await world.put("/dba/b", "second dummy of b");
    world.pass(31_000);
    world.impose({ deny: ["ssm:PutParameter:/app/b"] });
    expect(await handle(batch(event("/dba/a"), event("/app/a")))).toEqual(failing("m0"));
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["failed", "again"]);
    world.impose({});
    expect(await handle(batch(event("/dba/a")))).toEqual(failing());
    expect(await world.value("/app/b")).toBe("second dummy of b");
  });

  it("is given back whole when the store cannot be read, whatever the error says", async () => {
    const world = await inSync();
    world.session = {
      ...world.session,
      store: aroundStore(world.session.store, async () => {
        throw new Error(`the server said ${SECRET.value}`);
      }),
    };
    const { handle, lines } = handlerOf(world);
    expect(await handle(batch(event("/dba/a"), event("/app/unknown")))).toEqual(failing("m0", "m1"));
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["error"]);
    expect(foundIn(lines.join("\n"), [SECRET])).toEqual([]);
  });
});

describe("an event that comes alone", () => {
  it("is an error while it has to be delivered again", async () => {
    const world = await inSync();
    const { handle } = handlerOf(world);
    await world.put("/dba/a", "second dummy of a");
    await expect(handle(event("/dba/a"))).rejects.toThrow("has to be delivered again");
    world.pass(31_000);
    expect(await handle(event("/dba/a"))).toBeUndefined();
    expect(await world.value("/app/a")).toBe("second dummy of a");
  });

  it("of CloudTrail tells the version that has to be there", async () => {
    const world = await inSync();
    const { handle } = handlerOf(world);
    await expect(handle(trailed("/dba/a", 2))).rejects.toThrow("has to be delivered again");
    await world.put("/dba/a", "second dummy of a");
    world.pass(31_000);
    const arn = `arn:aws:ssm:us-east-1:123456789012:parameter/dba/a`;
    expect(await handle(trailed(arn, 2))).toBeUndefined();
    expect(await world.value("/app/a")).toBe("second dummy of a");
  });

  it("tells by its time that the store has to show a later change, and is waited for", async () => {
    const world = await inSync();
    const { handle } = handlerOf(world);
    const time = new Date(world.engine.now().getTime() + 10_000).toISOString();
    const told = batch(event("/dba/a", "Update", { time }), event("/dba/a"));
    expect(await handle(told)).toEqual(failing("m0"));
  });

  it("is followed: of a parameter made anew, and one whose name is spelled without its slash", async () => {
    const world = await inSync(
      { "/solo": {}, "/app/solo": { copy: "/solo" } },
      { "/solo": "first dummy of solo" },
    );
    await world.put("/solo", "second dummy of solo");
    await handlerOf(world).handle(trailed("solo", 2));
    expect(await world.value("/app/solo")).toBe("second dummy of solo");
    await world.put("/dba/a", "second dummy of a");
    world.pass(31_000);
    await handlerOf(world).handle(event("/dba/a", "Create"));
    expect(await world.value("/app/a")).toBe("second dummy of a");
  });

  it.each([
    ["a delete", event("/dba/a", "Delete")],
    ["a label", event("/dba/a", "LabelParameterVersion")],
    ["another account's", event("/dba/a", "Update", { account: "999999999999" })],
    ["another region's", event("/dba/a", "Update", { region: "eu-west-1" })],
    ["a call that writes nothing", trailed("/dba/a", 2, { eventName: "GetParameter" })],
    ["a refused call", trailed("/dba/a", 2, { errorCode: "AccessDenied" })],
    ["a name that nobody declared", event("/app/unknown")],
    ["a replica that nothing follows", event("/app/a")],
    ["no event", "dummy text"],
  ])("is not followed: %s", async (_, told) => {
    const world = await inSync();
    await world.put("/dba/a", "second dummy of a");
    world.pass(31_000);
    const calls: string[] = [];
    world.observe(({ operation }) => calls.push(operation));
    expect(await handlerOf(world).handle(told)).toBeUndefined();
    expect(calls).toEqual([]);
  });
});

it("a schedule makes everything right, and leaves a group that is not quiet to the next one", async () => {
  const world = await inSync();
  const { handle } = handlerOf(world);
  const schedule = { "detail-type": "Scheduled Event" };
  await world.put("/dba/a", "second dummy of a");
  expect(await handle(schedule)).toBeUndefined();
  expect(await world.value("/app/a")).toBe("first dummy of a");
  world.pass(31_000);
  await handle(schedule);
  expect(await world.value("/app/a")).toBe("second dummy of a");
});

it("a schedule on which a write failed is delivered again", async () => {
  const world = await inSync();
  const { handle } = handlerOf(world);
  await world.put("/dba/a", "second dummy of a");
  world.pass(31_000);
  world.impose({ deny: ["ssm:PutParameter:/app/a"] });
  await expect(handle({ "detail-type": "Scheduled Event" })).rejects.toThrow("has to be delivered again");
});

it("a forged version holds back neither a change nor a schedule of its batch, and is given up after minutes", async () => {
  const world = await inSync();
  const { handle } = handlerOf(world);
  await world.put("/dba/a", "second dummy of a");
  world.pass(31_000);
  const told = batch(trailed("/dba/a", 1e9), event("/dba/a"), { "detail-type": "Scheduled Event" });
  expect(await handle(told)).toEqual(failing("m0"));
  expect(await world.value("/app/a")).toBe("second dummy of a");
  world.pass(5 * 60_000);
  expect(await handle(told)).toEqual(failing());
});

describe("while it has time, a delivery", () => {
  it("waits until a group is quiet, and writes it", async () => {
    const world = await inSync();
    const { handle, lines } = handlerOf(world);
    await world.put("/dba/a", "second dummy of a");
    expect(await handle(batch(event("/dba/a")), within(world, 300_000))).toEqual(failing());
    expect(await world.value("/app/a")).toBe("second dummy of a");
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["again", "applied"]);
  });

  it("waits until a lock is free, of which it asks ever more seldom", async () => {
    const world = await inSync();
    const { handle, lines } = handlerOf(world);
    const other = { host: "other", pid: 1, who: "somebody", isAlive: () => true };
    await world.put("/dba/a", "second dummy of a");
    world.pass(31_000);
    await acquireLock(
      world.session.store,
      "test",
      other,
      (before) => before,
      () => world.engine.now().getTime(),
    );
    expect(await handle(batch(event("/dba/a")), within(world, 300_000))).toEqual(failing());
    expect(await world.value("/app/a")).toBe("second dummy of a");
    expect(lines.filter((line) => JSON.parse(line).why === "locked")).toHaveLength(5);
  });

  it("does not wait for longer than it has: the queue delivers it again", async () => {
    const world = await inSync();
    const { handle } = handlerOf(world);
    await world.put("/dba/a", "second dummy of a");
    const before = world.engine.now().getTime();
    expect(await handle(batch(event("/dba/a")), within(world, 55_000))).toEqual(failing("m0"));
    expect(world.engine.now().getTime() - before).toBeLessThan(1_000);
  });

  it("gives back at once what failed, and waits for the rest alone", async () => {
    const world = await inSync(
      { "/ops/c": {}, "/app/c": { copy: "/ops/c" } },
      { "/ops/c": "first dummy of c" },
    );
    const { handle, lines } = handlerOf(world);
    await world.put("/dba/a", "second dummy of a");
    await world.put("/ops/c", "second dummy of c");
    world.impose({ deny: ["ssm:PutParameter:/app/c"] });
    const told = batch(event("/dba/a"), event("/ops/c"));
    expect(await handle(told, within(world, 300_000))).toEqual(failing("m1"));
    expect(await world.value("/app/a")).toBe("second dummy of a");
    expect(lines.filter((line) => JSON.parse(line).event === "failed")).toHaveLength(1);
  });
});

it("a reconcile that does not fit into its time says what it left, and the next delivery makes that alone", async () => {
  const many = Array.from({ length: 8 }, (_, index) => [`/app/many/${index}`, { copy: "/ops/c" }] as const);
  const world = await inSync({ "/ops/c": {}, ...Object.fromEntries(many) }, { "/ops/c": "first dummy of c" });
  const { handle, lines } = handlerOf(world);
  await world.put("/ops/c", "second dummy of c");
  world.observe(({ operation }) => {
    if (operation === "PutParameter") world.pass(4_000);
  });
  const told = batch({ "detail-type": "Scheduled Event" });
  const outcomes = () => lines.splice(0).map((line) => JSON.parse(line).event as string);
  expect(await handle(told, within(world, 40_000))).toEqual(failing("m0"));
  const first = outcomes();
  expect(await handle(told, within(world, 300_000))).toEqual(failing());
  const second = outcomes();
  const made = (events: string[]) => events.filter((each) => each === "applied").length;
  expect([made(first) > 0, made(second) > 0, made(first) + made(second)]).toEqual([true, true, 8]);
  expect(first.filter((each) => each === "skipped")).toHaveLength(8 - made(first));
});

it("a delivery is counted: what it wrote, what failed, and how long the oldest that is given back has waited", async () => {
  const world = await inSync();
  const { handle, tallies } = handlerOf(world);
  await world.put("/dba/a", "second dummy of a");
  world.pass(31_000);
  const sent = world.engine.now().getTime() - 4_000_000;
  const attributes = { SentTimestamp: String(sent) };
  const told = { Records: [{ messageId: "m0", body: JSON.stringify(event("/dba/a")), attributes }] };
  world.impose({ deny: ["ssm:PutParameter:/app/a"] });
  await handle(told);
  world.impose({});
  await handle(told);
  expect(tallies).toEqual([
    { written: 0, failed: 1, withheld: 0, outdated: 0, waited: 4_000 },
    { written: 1, failed: 0, withheld: 0, outdated: 0, waited: 0 },
  ]);
});

it("a delivery is counted: what is left to apply, and what of it another config wrote", async () => {
  const world = await inSync({ "/app/gone": { copy: "/dba/a" } });
  await world.remove("/app/gone");
  const { config, graph } = world.session;
  const rule = { kind: "copy", source: "/dba/b" } as unknown as Rule;
  const parameters = new Map(
    [...graph.parameters].map(([name, one]) => [name, name === "/app/a" ? { ...one, rule } : one]),
  );
  world.session = {
    ...world.session,
    config: { ...config, groups: [] },
    graph: { ...graph, parameters, followers: followersIn(parameters.values()) },
  };
  const { handle, tallies } = handlerOf(world);
  await handle({ "detail-type": "Scheduled Event" });
  expect(tallies).toEqual([{ written: 0, failed: 0, withheld: 2, outdated: 1, waited: 0 }]);
});

it("begins no write that its time may not be enough for", async () => {
  const world = await inSync();
  const { handle } = handlerOf(world);
  await world.put("/dba/a", "second dummy of a");
  world.pass(31_000);
  expect(await handle(batch(event("/dba/a")), { getRemainingTimeInMillis: () => 5_000 })).toEqual(
    failing("m0"),
  );
  expect(await world.value("/app/a")).toBe("first dummy of a");
});
