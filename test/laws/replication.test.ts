import fc from "fast-check";
import { expect, test } from "vitest";
import type { Replication } from "../../src/replicate/replicate.ts";
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
import { reconcileIn, replicateIn, written } from "../support/replicator.ts";
import { type Shot, snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, decisions, makeWorld, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

const SOURCES = ["/dba/a", "/dba/b", "/dba/c"] as const;
const REPLICAS = ["/app/1", "/app/2", "/app/3", "/app/4", "/app/5", "/app/6"] as const;

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

/** A world in sync, beside whose replicas lies what nobody but apply may touch. */
async function worldOf(spec: Inputs): Promise<World> {
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
  });
  await world.apply();
  world.declare({ supplied: {} });
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
const history = fc.tuple(inputs, fc.array(step, { minLength: 1, maxLength: 12 }));
type History = typeof history extends fc.Arbitrary<infer Each> ? Each : never;

const converges =
  (plant: (world: World) => void) =>
  async ([spec, steps]: History): Promise<string[]> => {
    const world = await worldOf(spec);
    plant(world);
    const { session } = world;
    const before = await snapshot(world.client);
    const events = listen(world);
    const puts = new Map<string, number>();
    for (const each of steps) {
      const place = "which" in each ? each.which % Math.max(1, events.length) : 0;
      if (each.kind === "put") {
        const name = SOURCES[each.source] ?? SOURCES[0];
        await world.put(name, each.value);
        puts.set(name, (puts.get(name) ?? 0) + 1);
      } else if (each.kind === "drop") events.splice(place, each.count);
      else if (each.kind === "repeat") await replicateIn(world, events.slice(place, place + each.count));
      else if (each.kind === "deliver") await replicateIn(world, events.splice(place, each.count));
      else if (each.kind === "crash") {
        world.session = { ...session, store: dyingStore(session.store, each.at, each.when).store };
        await replicateIn(world, events.splice(place, 2)).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
        world.session = session;
        world.pass(31_000);
      }
    }
    const { again } = await reconcileIn(world);
    const faults = [...again.keys()].map((name) => `${name} has to be told again`);
    faults.push(...(await faultsOf(world, spec)));
    const settled = await snapshot(world.client);
    for (const event of [...events, ...events.toReversed()]) await replicateIn(world, [event]);
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

test("a thousand changes, some told twice and some never, cost no more writes than destinations changed", async () => {
  const spec: Inputs = [[0], [0, 1], [3], [4, 5], [2], [7]];
  const world = await worldOf(spec);
  const dice = fc.sample(fc.nat(), { numRuns: 40_000, seed: 42 }).values();
  const random = (below: number) => (dice.next().value ?? 0) % below;
  const [events, told] = [listen(world), [] as string[]];
  /** Destinations of which a source changed after they were written: each is to be written once. */
  const outdated = new Set<string>();
  const needless: string[] = [];
  const settle = (result: Replication) => {
    for (const line of written(result)) if (!outdated.delete(line.split(":")[0] ?? "")) needless.push(line);
  };
  for (let change = 0; change < 1000; change += 1) {
    const name = SOURCES[random(SOURCES.length)] ?? SOURCES[0];
    await world.put(name, `value ${random(50)}`);
    for (const follower of downstreamOf(spec, name)) outdated.add(follower);
    for (const event of events.splice(0)) {
      const fate = random(10);
      if (fate > 1) told.splice(random(told.length + 1), 0, ...(fate === 9 ? [event, event] : [event]));
    }
    if (random(10) === 0) settle(await replicateIn(world, told.splice(0)));
  }
  settle(await reconcileIn(world));
  expect(await faultsOf(world, spec)).toEqual([]);
  expect([needless, [...outdated]]).toEqual([[], []]);
  expect(written(await reconcileIn(world))).toEqual([]);
});

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

test("in a world that others meddle with, it writes nothing but replicas of ours, and each as its inputs", () =>
  expectLaw(
    worldSpec,
    async (spec) => {
      const { world, live: before, ours } = await buildWorld(spec);
      const { withheld } = await reconcileIn(world);
      const after = await snapshot(world.client);
      const faults = before.size === after.size ? [] : ["something was created or deleted"];
      for (const name of writtenBetween(before, after)) {
        const kind = spec.after[POOL.indexOf(name as (typeof POOL)[number])]?.rule.kind;
        if (!ours.has(name) || (kind !== "copy" && kind !== "merge")) faults.push(`${name} was written`);
        if (withheld.has(name as never)) faults.push(`${name} was written although withheld`);
      }
      for (const [index, name] of POOL.entries()) {
        const kind = spec.after[index]?.rule.kind;
        if ((kind !== "copy" && kind !== "merge") || !after.has(name) || withheld.has(name as never))
          continue;
        if (!isAsItsInputs(after, spec.after, name)) faults.push(`${name} is not as its inputs`);
      }
      await reconcileIn(world);
      if (writtenBetween(after, await snapshot(world.client)).length > 0) faults.push("it does not settle");
      return faults;
    },
    15,
  ));

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
