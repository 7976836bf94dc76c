import fc from "fast-check";
import { test } from "vitest";
import { LOSSES } from "../../src/embedded/fault.ts";
import { actionOf } from "../../src/plan/action.ts";
import type { Plan } from "../../src/plan/plan.ts";
import {
  buildWorld,
  inputsOf,
  OUTSIDE,
  POOL,
  sourcesOf,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { aroundStore, dyingStore, Killed } from "../support/around-store.ts";
import { snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, decisions, outcomes, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

const NEXT = { pid: 2, isAlive: (pid: number) => pid === 2 };

/** Each change of `plan` was made exactly once, nothing is left of it, and what it withholds is there as it was. */
async function unplanned(world: World, plan: Plan): Promise<string[]> {
  const live = await snapshot(world.client);
  const faults = plan.resource_changes.flatMap((change) => {
    const is = live.get(change.address)?.version;
    const planned = actionOf(change) === "delete" ? undefined : change.change.after?.version;
    return is === planned ? [] : [`${change.address} is at ${is}, planned ${planned}`];
  });
  const withheld = new Set(plan.withheld.map(({ address }) => address));
  for (const name of withheld) if (!live.has(name)) faults.push(`${name} was withheld, and is gone`);
  // What was blocked may be free now: a follower of what this very plan made a String. A rollback adopts nothing.
  const wasBlocked = new Set([...plan.blocked, ...plan.conflicts].map(({ address }) => address));
  const again = await world.plan(DELETE_ALL);
  // Other changes that are due wait for the plan after a rollback.
  const waits = (name: string) => plan.inputs.rollback !== undefined && !plan.inputs.target.includes(name);
  const left = Object.entries(decisions(again)).flatMap(([name, is]) =>
    wasBlocked.has(name) ||
    withheld.has(name) ||
    waits(name) ||
    /^(no-op|blocked|conflict|withheld protected)/.test(is)
      ? []
      : [`${name}: ${is}`],
  );
  return [...faults, ...left];
}

interface Cut {
  /** Which call, counted over those that an uncut run makes. */
  readonly at: number;
  readonly when: "before" | "after";
}
const cuts: fc.Arbitrary<Cut[]> = fc.array(
  fc.record({ at: fc.nat(), when: fc.constantFrom("before", "after") }),
  { minLength: 1, maxLength: 2 },
);

/** How many calls an apply of such a world makes when nothing cuts it. */
async function callsOf(spec: WorldSpec): Promise<number> {
  const built = await buildWorld(spec);
  const { world } = built;
  const plan = await world.plan(await inputsOf(built, spec));
  const { session } = world;
  let calls = 0;
  const store = aroundStore(session.store, (_, carryOut) => {
    calls += 1;
    return carryOut();
  });
  world.session = { ...session, store };
  await world.applySaved(plan);
  return calls;
}

type Again = (world: World, plan: Plan) => Promise<unknown>;

const survivesCuts =
  (again: Again) =>
  async ([spec, all, deletes]: [WorldSpec, readonly Cut[], boolean]) => {
    const built = await buildWorld(spec);
    const { world } = built;
    const inputs = await inputsOf(built, spec);
    const plan = await world.plan(deletes ? inputs : { ...inputs, delete: [] });
    const { session } = world;
    const calls = await callsOf(spec);
    for (const { at, when } of all) {
      world.session = { ...session, store: dyingStore(session.store, 1 + (at % calls), when).store };
      await world.applySaved(plan, { holder: { pid: 1, isAlive: () => false } }).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
    }
    world.session = session;
    await again(world, plan);
    return unplanned(world, plan);
  };

test("an apply that is cut anywhere, and run again, ends as planned with nothing written twice", () =>
  expectLaw(
    fc.tuple(worldSpec, cuts, fc.boolean()),
    survivesCuts((world, plan) => world.applySaved(plan, { holder: NEXT })),
    20,
  ));

test("… and a second run that plans afresh, and so rotates twice, is caught", () =>
  expectCaught(
    fc.tuple(worldSpec, cuts, fc.boolean()),
    survivesCuts((world, plan) => world.apply(plan.inputs, { holder: NEXT })),
  ));

const losses = fc.array(
  fc.record({
    operation: fc.constantFrom(
      "PutParameter",
      "PutParameter@/paraform/**",
      "PutParameter@/app/**",
      "DeleteParameter",
    ),
    call: fc.integer({ min: 1, max: 6 }),
    when: fc.constantFrom("before", "after", "after"),
    loss: fc.constantFrom(...LOSSES.filter((loss) => loss !== "hang")),
  }),
  { minLength: 1, maxLength: 4 },
);
type Losses = typeof losses extends fc.Arbitrary<infer Each> ? Each : never;

const survivesLosses =
  (plant: (world: World) => void) =>
  async ([spec, lost]: [WorldSpec, Losses]) => {
    const built = await buildWorld(spec);
    const { world } = built;
    const plan = await world.plan(await inputsOf(built, spec));
    world.impose({
      fault: lost.map(({ operation, call, when, loss }) => `${operation}:${call}:${when}-${loss}`),
    });
    plant(world);
    const result = await world.applySaved(plan);
    world.impose({});
    const failed = Object.entries(outcomes(result)).flatMap(([name, is]) =>
      is === "applied" ? [] : [`${name}: ${is}`],
    );
    return [
      ...failed,
      ...result.overwritten.map(({ address }) => `${address} overwritten`),
      ...(await unplanned(world, plan)),
    ];
  };

test("an apply whose replies are lost, before or after the write, ends as planned with nothing written twice", () =>
  expectLaw(
    fc.tuple(worldSpec, losses),
    survivesLosses(() => {}),
    30,
  ));

test("… and a write that is sent again blindly is caught", () =>
  expectCaught(
    fc.tuple(worldSpec, losses),
    survivesLosses((world) => {
      const { store } = world.session;
      const put: typeof store.put = async (write, mayStart) => {
        const outcome = await store.put(write, mayStart);
        return outcome.kind === "unknown" ? store.put(write, mayStart) : outcome;
      };
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), put },
      };
    }),
  ));

/** A source that is made anew at the version that it had, with the description that it had or with none. */
interface Remake {
  readonly which: number;
  readonly keepsDescription: boolean;
}
const remake: fc.Arbitrary<Remake> = fc.record({
  which: fc.nat({ max: 1000 }),
  keepsDescription: fc.boolean(),
});

const noticesRemakes =
  (plant: (world: World, name: string, lastModified: number) => void) =>
  async ([spec, { which, keepsDescription }]: [WorldSpec, Remake]) => {
    const { world } = await buildWorld(spec);
    await world.apply();
    world.pass(11 * 60_000);
    const said = decisions(await world.plan());
    const live = await snapshot(world.client);
    const followersOf = (source: string) =>
      POOL.filter(
        (name, index) =>
          said[name] === "no-op" && sourcesOf(spec.after, index).some((each) => each.name === source),
      );
    const followed = [...OUTSIDE, ...POOL].filter((name) => live.has(name) && followersOf(name).length > 0);
    const source = followed[which % Math.max(1, followed.length)];
    const shot = source === undefined ? undefined : live.get(source);
    if (source === undefined || shot === undefined) return [];
    await world.remove(source);
    world.pass(31_000);
    const { version, type, description, lastModified } = shot;
    const more = {
      ...(type === "String" ? { Type: "String" as const } : {}),
      ...(keepsDescription ? { Description: description } : {}),
    };
    for (let made = 0; made < version; made += 1)
      await world.put(source, `made anew instead of ${version}`, more);
    plant(world, source, lastModified);
    const now = decisions(await world.plan());
    // What is derived of a value that the plan puts back is right as it is.
    const isPutBack = /^(update|replace)/.test(now[source] ?? "");
    const isDerived = (name: string) =>
      spec.after[(POOL as readonly string[]).indexOf(name)]?.rule.kind === "derive";
    return followersOf(source).flatMap((name) =>
      now[name] === "no-op" && !(isPutBack && isDerived(name)) ? [`${name} does not notice ${source}`] : [],
    );
  };

test("a source made anew at the same version is noticed", () =>
  expectLaw(
    fc.tuple(worldSpec, remake),
    noticesRemakes(() => {}),
    30,
  ));

test("… and a planner that goes by versions alone is caught", () =>
  expectCaught(
    fc.tuple(worldSpec, remake),
    noticesRemakes((world, source, lastModified) => {
      const { store } = world.session;
      const describe: typeof store.describe = async (query) =>
        new Map(
          [...(await store.describe(query))].map(([name, parameter]) => [
            name,
            name === source ? { ...parameter, lastModified } : parameter,
          ]),
        );
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), describe },
      };
    }),
  ));
