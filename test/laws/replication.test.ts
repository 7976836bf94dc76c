import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGroups, type FollowingNode } from "../../src/graph/group-checks.ts";
import { replicasIn, replicasOf } from "../../src/graph/replicas.ts";
import type { ParameterName } from "../../src/model/name.ts";
import type { Session } from "../../src/pipeline.ts";
import type { Replication } from "../../src/replicate/replicate.ts";
import type { Withheld } from "../../src/replicate/withheld.ts";
import type { ReplicaSession } from "../../src/replicate/work.ts";
import {
  buildWorld,
  declarationOf,
  encoded,
  entryOf,
  OUTSIDE,
  POOL,
  sourcesOf,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { dyingStore, Killed, readFirstVersions } from "../support/around-store.ts";
import { reconcileIn, replicateIn, replicating, replicatorsOf, written } from "../support/replicator.ts";
import { type Shot, snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, decisions, makeWorld, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

const SOURCES = ["/dba/a", "/dba/b", "/sec/c"] as const;
/** Each is read by a service of its own, which may gain nothing. */
const REPLICAS = ["/app/1/v", "/app/2/v", "/app/3/v", "/app/4/v", "/app/5/v", "/app/6/v"] as const;

/** What each replica follows from, by places among the sources and the replicas before it; one is a copy, more a merge. */
type Inputs = readonly (readonly number[])[];
const inputs: fc.Arbitrary<Inputs> = fc.tuple(
  ...REPLICAS.map(() => fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 3 })),
);

function inputsOf(spec: Inputs, index: number): string[] {
  const choice = [...SOURCES, ...REPLICAS.slice(0, index)];
  return [...new Set((spec[index] ?? []).map((number) => choice[number % choice.length] as string))];
}

function downstreamOf(spec: Inputs, source: string): ReadonlySet<string> {
  const found = new Set([source]);
  for (const [index, name] of REPLICAS.entries())
    if (inputsOf(spec, index).some((input) => found.has(input))) found.add(name);
  found.delete(source);
  return found;
}

const NOWHERE = { file: "groups.json", line: 1, column: 1 };
/** The longest quiet period, in milliseconds. */
const QUIET = 10_000;

/** For each source and replica, which group it is in, if it is in one, and how long each group rests, in seconds. */
interface GroupsSpec {
  readonly places: readonly number[];
  readonly quiets: readonly number[];
}
const GROUPS = 4;
const groupsSpec: fc.Arbitrary<GroupsSpec> = fc.record({
  places: fc.tuple(...[...SOURCES, ...REPLICAS].map(() => fc.nat({ max: GROUPS + 1 }))),
  quiets: fc.tuple(...Array.from({ length: GROUPS }, () => fc.constantFrom(1, 4, QUIET / 1000))),
});

type Groups = readonly { readonly members: readonly string[]; readonly quietSeconds: number }[];

/** Groups of what is followed, such as a config may have: beside each other, behind each other, with members that follow. */
function groupsOf(spec: Inputs, { places, quiets }: GroupsSpec): Groups {
  const followed = [...SOURCES, ...REPLICAS].map((name, index) => ({ name, place: places[index] }));
  const members = (group: number) =>
    followed.filter(({ name, place }) => place === group && downstreamOf(spec, name).size > 0);
  const groups = quiets
    .map((quietSeconds, group) => ({ members: members(group).map(({ name }) => name), quietSeconds }))
    .filter((group) => group.members.length > 1);
  const good: Groups[number][] = [];
  for (const group of groups) if (areGood(spec, [...good, group])) good.push(group);
  return good;
}

function areGood(spec: Inputs, groups: Groups): boolean {
  const nodes = new Map<ParameterName, FollowingNode>();
  for (const [index, replica] of REPLICAS.entries()) {
    const [name, ...inputs] = [replica, ...inputsOf(spec, index)] as ParameterName[];
    if (name !== undefined) nodes.set(name, { name, inputs, rule: { kind: "merge", parts: [] } });
  }
  const declared = groups.map(({ members, quietSeconds }) => ({
    members: members.map((name) => ({ name: name as ParameterName, origin: NOWHERE })),
    quietSeconds,
  }));
  return checkGroups({ groups: declared }, nodes).length === 0;
}

/** Who replicates: one for all sources, or one for each owner, and then what is followed is a group of both. */
type Replicators = "one" | "each owner's";

function sessionsOf(world: World, replicators: Replicators): (Session & ReplicaSession)[] {
  const { session } = world;
  return replicators === "one"
    ? [{ ...session, ...replicating(session) }]
    : Object.values(replicatorsOf(world));
}

/** Tells each replicator; what one of them has to be told again is left. */
async function tell(
  world: World,
  sessions: readonly (Session & ReplicaSession)[],
  names: readonly string[],
): Promise<{ again: string[]; writes: string[]; withheld: string[] }> {
  const again = new Set<string>();
  const writes: string[] = [];
  const withheld: string[] = [];
  for (const session of sessions) {
    const result = await replicateIn(world, names, session);
    for (const name of result.again.keys()) again.add(name);
    withheld.push(...[...result.withheld].map(([name, why]) => `${name} is withheld: ${why}`));
    writes.push(...written(result).map((line) => line.split(":")[0] ?? ""));
  }
  return { again: [...again], writes, withheld };
}

/** One reconcile of each, and another where one waits for what the other writes. */
async function settle(world: World, sessions: readonly (Session & ReplicaSession)[]) {
  const all = [...world.session.graph.parameters.keys()];
  world.pass(QUIET + 1000);
  const { again, writes, withheld } = await tell(world, sessions, all);
  const rest = sessions.length > 1 ? await tell(world, sessions, all) : { again, writes: [], withheld: [] };
  return {
    again: rest.again,
    writes: [...writes, ...rest.writes],
    withheld: [...withheld, ...rest.withheld],
  };
}

/** A world in sync, beside whose replicas lies what nobody but apply may touch. */
async function worldOf(spec: Inputs, replicators: Replicators = "one", given?: Groups): Promise<World> {
  const members = SOURCES.filter((source) => downstreamOf(spec, source).size > 0);
  const grouped = replicators !== "one" && members.length > 1;
  const groups = given ?? (grouped ? [{ members, quietSeconds: QUIET / 1000 }] : []);
  const replicas = REPLICAS.map((name, index) => {
    const names = inputsOf(spec, index);
    return [name, names.length === 1 ? { copy: names[0] } : { merge: names.map((input) => `\${${input}}`) }];
  });
  const world = await makeWorld({
    parameters: {
      ...Object.fromEntries(SOURCES.map((name) => [name, {}])),
      ...Object.fromEntries(replicas),
      "/app/made": { generate: { type: "password" } },
      "/app/time": { generate: { type: "mtime", source: "/dba/a" } },
    },
    supplied: Object.fromEntries(SOURCES.map((name) => [name, `first of ${name}`])),
    files: { "groups.json": { groups } },
    environment: {
      scopes: ["/dba/", "/sec/", "/app/"],
      keys: ["/dba/**", "/sec/**", "/**"].map((path) => ({ path, key: "alias/owner" })),
    },
  });
  await world.apply();
  world.session = { ...world.session, supplied: { ...world.session.supplied, values: new Map() } };
  world.pass(11 * 60_000);
  return world;
}

/** Every PutParameter but paraform's own records, as events tell of them. */
function listen(world: World): string[] {
  const events: string[] = [];
  world.observe(({ operation, input }) => {
    const { Name = "" } = input as { Name?: string };
    if (operation === "PutParameter" && !Name.startsWith("/paraform/")) events.push(Name);
  });
  return events;
}

async function faultsOf(world: World, spec: Inputs): Promise<string[]> {
  const live = await snapshot(world.client);
  return REPLICAS.flatMap((name, index) => {
    const wanted = inputsOf(spec, index).map((input) => live.get(input)?.value);
    return live.get(name)?.value === wanted.join("") ? [] : [`${name} is not as its sources`];
  });
}

type Step =
  | { readonly kind: "put"; readonly source: number; readonly value: string }
  | { readonly kind: "deliver"; readonly which: number; readonly count: number }
  | { readonly kind: "repeat"; readonly which: number; readonly count: number }
  | { readonly kind: "drop"; readonly which: number; readonly count: number }
  | {
      readonly kind: "crash";
      readonly which: number;
      readonly at: number;
      readonly when: "before" | "after";
    };
const which = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      source: fc.nat({ max: SOURCES.length - 1 }),
      value: fc.constantFrom("one", "two", "three & four"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("deliver" as const, "repeat" as const, "drop" as const),
      which,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("crash" as const),
      which,
      at: fc.integer({ min: 1, max: 14 }),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
  },
);
const history = fc.tuple(
  inputs,
  fc.array(step, { minLength: 1, maxLength: 12 }),
  fc.constantFrom<Replicators>("one", "each owner's"),
  groupsSpec,
);
type History = typeof history extends fc.Arbitrary<infer Each> ? Each : never;

const converges =
  (plant: (world: World) => void) =>
  async ([spec, steps, replicators, grouping]: History): Promise<string[]> => {
    const world = await worldOf(spec, replicators, groupsOf(spec, grouping));
    plant(world);
    const sessions = sessionsOf(world, replicators);
    const before = await snapshot(world.client);
    const events = listen(world);
    const puts = new Map<string, number>();
    const left: string[] = [];
    for (const each of steps) {
      world.pass(3000);
      const place = "which" in each ? each.which % Math.max(1, events.length) : 0;
      if (each.kind === "put") {
        const name = SOURCES[each.source] ?? SOURCES[0];
        await world.put(name, each.value);
        puts.set(name, (puts.get(name) ?? 0) + 1);
      } else if (each.kind === "drop") events.splice(place, each.count);
      else if (each.kind === "repeat") await tell(world, sessions, events.slice(place, place + each.count));
      else if (each.kind === "deliver") {
        const result = await tell(world, sessions, events.splice(place, each.count));
        events.push(...result.again);
        left.push(...result.withheld);
      } else if (each.kind === "crash") {
        const { store } = dyingStore(world.session.store, each.at, each.when);
        const dying = sessions.map((session) => ({ ...session, store }));
        await tell(world, dying, events.splice(place, 2)).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
        world.pass(31_000);
      }
    }
    const { again, withheld } = await settle(world, sessions);
    const faults = [...withheld, ...again.map((name) => `${name} has to be told again`)];
    faults.push(...left, ...(await faultsOf(world, spec)));
    const settled = await snapshot(world.client);
    world.pass(QUIET + 1000);
    for (const event of [...events, ...events.toReversed()]) await tell(world, sessions, [event]);
    const after = await snapshot(world.client);
    for (const [name, { version }] of after) {
      if (version !== settled.get(name)?.version) faults.push(`${name} does not settle`);
      const planned = (before.get(name)?.version ?? 0) + (puts.get(name) ?? 0);
      if (!REPLICAS.some((one) => one === name) && version !== planned) faults.push(`${name} was written`);
    }
    if (after.size !== before.size) faults.push("something was created or deleted");
    return faults;
  };

test("events lost, repeated, reordered, or cut short by a crash: after a reconcile all is as its sources, and it settles", () =>
  expectLaw(
    history,
    converges(() => {}),
    20,
  ));

test("… and a source that is read at another version is caught", () =>
  expectCaught(history, converges(readFirstVersions)));

test("killed right before or after any of its calls and told again, it ends in the right state", async () => {
  const spec: Inputs = [[0], [0, 1], [3], [4, 5], [2], [7]];
  for (let at = 1, died = true; died; at += 1) {
    for (const when of ["before", "after"] as const) {
      const world = await worldOf(spec);
      await world.put("/dba/a", "second");
      const { session } = world;
      const dying = dyingStore(session.store, at, when);
      await replicateIn(world, ["/dba/a"], { ...session, store: dying.store }).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      died = dying.died();
      world.pass(31_000);
      await replicateIn(world, ["/dba/a"]);
      expect([at, when, await faultsOf(world, spec)]).toEqual([at, when, []]);
    }
    expect(at).toBeLessThan(60);
  }
});

/** Every write of a merge that joins what two owners put before with what they put after. */
function listenForMixtures(world: World): string[] {
  const mixtures: string[] = [];
  world.observe(({ operation, input }) => {
    const { Name = "", Value = "" } = input as { Name?: string; Value?: string };
    if (operation === "PutParameter" && Value.includes("first of") && Value.includes("second of"))
      mixtures.push(`${Name} is ${Value}`);
  });
  return mixtures;
}

test("… and of a group of two owners, each replicator killed anywhere, no merge ever joins the new and the old", async () => {
  // Copies of both, a merge of the copies and one of the sources, and what follows from the first.
  const spec: Inputs = [[0], [2], [3, 4], [0, 2], [5], [1]];
  for (const victim of [0, 1])
    for (let at = 1, died = true; died; at += 1) {
      const world = await worldOf(spec, "each owner's");
      const sessions = sessionsOf(world, "each owner's");
      const mixtures = listenForMixtures(world);
      for (const name of ["/dba/a", "/sec/c"]) await world.put(name, `second of ${name}`);
      world.pass(QUIET + 1000);
      const dying = dyingStore(world.session.store, at, at % 2 === 0 ? "before" : "after");
      const order = victim === 0 ? sessions : sessions.toReversed();
      const doomed = order.map((session, index) =>
        index === 0 ? { ...session, store: dying.store } : session,
      );
      let told = ["/dba/a", "/sec/c"];
      await tell(world, doomed.slice(0, 1), told).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      died = dying.died();
      for (let delivery = 0; delivery < 4 && told.length > 0; delivery += 1) {
        world.pass(31_000);
        told = (await tell(world, order.toReversed(), told)).again;
      }
      expect([at, told, mixtures, await faultsOf(world, spec)]).toEqual([at, [], [], []]);
      expect(at).toBeLessThan(60);
    }
});

test.each<Replicators>(["one", "each owner's"])(
  "a thousand changes, some told twice and some never, cost no more writes than destinations changed: %s",
  async (replicators) => {
    const spec: Inputs = [[0], [0, 1], [3], [4, 5], [2], [7, 4]];
    const world = await worldOf(spec, replicators);
    const sessions = sessionsOf(world, replicators);
    const dice = fc.sample(fc.nat(), { numRuns: 40_000, seed: 42 }).values();
    const random = (below: number) => (dice.next().value ?? 0) % below;
    const [events, told] = [listen(world), [] as string[]];
    /** Destinations of which a source changed after they were written: each is to be written once. */
    const outdated = new Set<string>();
    const needless: string[] = [];
    const count = (writes: readonly string[]) =>
      needless.push(...writes.filter((name) => !outdated.delete(name)));
    const deliver = async () => {
      const { again, writes } = await tell(world, sessions, told.splice(0));
      told.push(...again);
      count(writes);
    };
    for (let change = 0; change < 1000; change += 1) {
      const name = SOURCES[random(SOURCES.length)] ?? SOURCES[0];
      await world.put(name, `value ${random(50)}`);
      for (const follower of downstreamOf(spec, name)) outdated.add(follower);
      for (const event of events.splice(0)) {
        const fate = random(10);
        if (fate > 1) told.splice(random(told.length + 1), 0, ...(fate === 9 ? [event, event] : [event]));
      }
      world.pass(random(2) * random(QUIET * 2));
      if (random(10) === 0) await deliver();
    }
    const settled = await settle(world, sessions);
    count(settled.writes);
    expect([settled.again, await faultsOf(world, spec)]).toEqual([[], []]);
    expect([needless, [...outdated]]).toEqual([[], []]);
    expect((await settle(world, sessions)).writes).toEqual([]);
  },
);

/** What was written between two states of the store; one that came or went is a fault of its own. */
function writtenBetween(before: ReadonlyMap<string, Shot>, after: ReadonlyMap<string, Shot>): string[] {
  return [...after].flatMap(([name, { version }]) => (before.get(name)?.version === version ? [] : [name]));
}

function isAsItsInputs(live: ReadonlyMap<string, Shot>, spec: WorldSpec["after"], name: string): boolean {
  const index = POOL.indexOf(name as (typeof POOL)[number]);
  const texts = sourcesOf(spec, index).map((each) =>
    encoded(live.get(each.name)?.value ?? "", each.encoding),
  );
  const value = live.get(name)?.value;
  return value === (spec[index]?.rule.kind === "copy" ? texts[0] : `<${texts.join("")}>`);
}

/** Two of the sources that are replicated in this config, where there are so many. */
function membersIn(spec: WorldSpec["after"]): string[] {
  const followed = POOL.flatMap((_, index) => {
    const kind = spec[index]?.rule.kind;
    return kind === "copy" || kind === "merge" ? sourcesOf(spec, index).map(({ name }) => name) : [];
  });
  return [...new Set(followed)].slice(0, 2);
}

const leavesTheRest =
  (reconcile: (world: World) => Promise<Pick<Replication, "withheld">>) =>
  async (spec: WorldSpec): Promise<string[]> => {
    const { world, live: before, ours } = await buildWorld(spec);
    const members = membersIn(spec.after);
    const groups = members.length > 1 ? [{ members }] : [];
    world.declare({ ...declarationOf(spec.after), supplied: {}, files: { "groups.json": { groups } } });
    world.pass(31_000);
    const planned = decisions(await world.plan());
    const { withheld } = await reconcile(world);
    const after = await snapshot(world.client);
    const faults = before.size === after.size ? [] : ["something was created or deleted"];
    const changed = writtenBetween(before, after);
    for (const name of changed) {
      const kind = spec.after[POOL.indexOf(name as (typeof POOL)[number])]?.rule.kind;
      if (!ours.has(name) || (kind !== "copy" && kind !== "merge")) faults.push(`${name} was written`);
      if (withheld.has(name as never)) faults.push(`${name} was written although withheld`);
      if (!planned[name]?.startsWith("update")) faults.push(`${name} was written, planned: ${planned[name]}`);
    }
    const grouped = [...replicasOf(world.session.graph, groups.length > 0 ? (members as never[]) : [])];
    if (grouped.some((name) => withheld.has(name)) && grouped.some((name) => changed.includes(name)))
      faults.push("a part of a group was written");
    for (const [index, name] of POOL.entries()) {
      const kind = spec.after[index]?.rule.kind;
      if ((kind !== "copy" && kind !== "merge") || !after.has(name) || withheld.has(name as never)) continue;
      if (!isAsItsInputs(after, spec.after, name)) faults.push(`${name} is not as its inputs`);
    }
    await reconcile(world);
    if (writtenBetween(after, await snapshot(world.client)).length > 0) faults.push("it does not settle");
    return faults;
  };

test("in a world that others meddle with, it writes nothing but what apply would, each as its inputs, groups whole", () =>
  expectLaw(worldSpec, leavesTheRest(reconcileIn), 15));

/** A bug to plant: each replica is judged without what it follows from. */
async function reconcileShortSighted(world: World): Promise<Pick<Replication, "withheld">> {
  const { session } = world;
  const withheld = new Map<ParameterName, Withheld>();
  for (const name of replicasIn(session.graph)) {
    const parameters = new Map(
      [...session.graph.parameters].map(([one, parameter]) => [
        one,
        one === name ? parameter : { ...parameter, rule: { kind: "exists" as const } },
      ]),
    );
    const result = await reconcileIn(world, { ...session, graph: { ...session.graph, parameters } });
    for (const [one, why] of result.withheld) withheld.set(one, why);
  }
  return { withheld };
}

test("… and a replica that is written although what it follows from is blocked is caught", () =>
  expectCaught(worldSpec, leavesTheRest(reconcileShortSighted)));

test("an outdated bundle writes only what is declared the same way now", () =>
  expectLaw(
    worldSpec,
    async (spec) => {
      const world = await makeWorld(declarationOf(spec.before));
      for (const name of OUTSIDE) await world.put(name, `from ${name}`);
      await world.apply();
      const outdated = world.session;
      world.declare(declarationOf(spec.after));
      await world.apply(DELETE_ALL);
      // What is blocked is still as the former config made it.
      const applied = decisions(await world.plan());
      for (const name of OUTSIDE) await world.put(name, `anew from ${name}`);
      const before = await snapshot(world.client);
      await reconcileIn(world, outdated);
      const after = await snapshot(world.client);
      const faults = before.size === after.size ? [] : ["something was created or deleted"];
      for (const name of writtenBetween(before, after)) {
        const index = POOL.indexOf(name as (typeof POOL)[number]);
        const [then, now] = [entryOf(spec.before, index), entryOf(spec.after, index)];
        // What is only referred to now still bears the stamp of its former rule.
        if (applied[name] !== "no-op" || now === undefined || "exists" in now) continue;
        if (JSON.stringify(then) !== JSON.stringify(now)) faults.push(`${name} was written by another rule`);
        else if (!isAsItsInputs(after, spec.after, name)) faults.push(`${name} is not as its inputs`);
      }
      return faults;
    },
    15,
  ));
