import fc from "fast-check";
import { test } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import type { Plan } from "../../src/plan/plan.ts";
import {
  buildWorld,
  declarationOf,
  POOL,
  sourcesOf,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { aroundStore } from "../support/around-store.ts";
import { dies } from "../support/dies.ts";
import { applyFileless } from "../support/fileless.ts";
import { snapshot } from "../support/snapshot.ts";
import { decisions, makeWorld, NO_INPUTS, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

type Sample = readonly [WorldSpec, number];

/** Names that `which` picks of those that nothing follows from, each with its new name. */
function movesOf({ before }: WorldSpec, which: number): Map<string, string> {
  const followed = new Set(before.flatMap((_, index) => sourcesOf(before, index).map(({ name }) => name)));
  const free = POOL.filter(
    (name, index) => before[index] !== null && before[index]?.rule.kind !== "exists" && !followed.has(name),
  );
  const picked = free.filter((_, index) => (which >> index) % 2 === 1);
  return new Map(picked.map((name) => [name, `${name}-renamed`]));
}

/** After a move the value is there under exactly one of the two names, and it is the one that it was. */
const losesNothing =
  (plant: (world: World) => void) =>
  async ([spec, which]: Sample) => {
    const { world, ours } = await buildWorld({ ...spec, after: spec.before });
    const moves = movesOf(spec, which);
    const { parameters = {}, supplied = {} } = declarationOf(spec.before);
    const renamed = Object.entries(parameters).map(([name, entry]) => [moves.get(name) ?? name, entry]);
    const without = Object.fromEntries(Object.entries(supplied).filter(([name]) => !moves.has(name)));
    const moved = [...moves].map(([from, to]) => ({ from, to }));
    world.declare({
      parameters: Object.fromEntries(renamed),
      supplied: without,
      files: { "moved.json": { moved } },
    });
    const before = await snapshot(world.client);
    plant(world);
    await world.apply();
    const after = await snapshot(world.client);
    return [...before].flatMap(([name, shot]) => {
      const is = after.get(name);
      const to = moves.get(name);
      if (to === undefined) return is === undefined ? [`${name} was deleted`] : [];
      const kind = spec.before[(POOL as readonly string[]).indexOf(name)]?.rule.kind;
      const carries = kind === "static" || kind === "generate";
      const there = after.get(to);
      if (is === undefined && there === undefined) return [`${name} is gone, and ${to} is not there`];
      if (is === undefined && carries && there?.value !== shot.value) return [`${to} has another value`];
      if (is !== undefined && there !== undefined && ours.has(name))
        return [`${name} and ${to} are both there`];
      if (!ours.has(name) && JSON.stringify(is) !== JSON.stringify(shot)) return [`${name} is not ours`];
      return [];
    });
  };

const samples: fc.Arbitrary<Sample> = fc.tuple(worldSpec, fc.nat({ max: 255 }));

test("a move loses no value, deletes nothing else, and touches nothing that is not ours", () =>
  expectLaw(
    samples,
    losesNothing(() => {}),
    15,
  ));

test("… and one that writes something else under the new name is caught", () =>
  expectCaught(
    samples,
    losesNothing((world) => {
      const { store } = world.session;
      const put: typeof store.put = (write, mayStart) => {
        const isNew = write.name.endsWith("-renamed");
        const value = isNew ? new Secret("something else") : write.value;
        return store.put({ ...write, value }, mayStart);
      };
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), put },
      };
    }),
  ));

const CHAIN = ["/app/a", "/app/b", "/app/c"] as const;
const LAST = "/dba/last";
const IMAGE = "ami-0000000000000000a";

/** A name that others moved to, one after the other, each of which may still be live; an apply, and where it is cut. */
interface ChainSpec {
  /** Which of the names there are before, the one that is moved to last. */
  readonly live: readonly boolean[];
  /** The one that is moved to is an image, which AWS is to look at from now on: what is live is replaced. */
  readonly image: boolean;
  /** Another name is moved, too. */
  readonly beside: boolean;
  readonly cuts: readonly { readonly at: number; readonly when: "before" | "after" }[];
}
const chainSpec: fc.Arbitrary<ChainSpec> = fc.record({
  live: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
  image: fc.boolean(),
  beside: fc.boolean(),
  cuts: fc.array(
    fc.record({ at: fc.integer({ min: 1, max: 30 }), when: fc.constantFrom("before", "after") }),
    { minLength: 1, maxLength: 3 },
  ),
});

async function chainWorld({ live, image, beside }: ChainSpec): Promise<World> {
  const names = [...CHAIN, LAST].filter((_, index) => live[index]);
  const values = names.map((name) => [name, `value of ${name}`]);
  const literal = image ? { value: IMAGE } : {};
  const before = names.map((name) => [name, name === LAST ? literal : {}]);
  const other = { value: "other" };
  const world = await makeWorld({
    parameters: { ...Object.fromEntries(before), ...(beside ? { "/app/old": other } : {}) },
    supplied: Object.fromEntries(values),
  });
  await world.apply();
  world.pass(3_600_000);
  const moves = [...CHAIN, LAST].slice(1).map((to, index) => ({ from: CHAIN[index], to }));
  world.declare({
    parameters: {
      [LAST]: image ? { value: IMAGE, dataType: "aws:ec2:image" } : { description: "described" },
      "/app/new": other,
    },
    supplied: {},
    files: { "moved.json": { moved: [...moves, ...(beside ? [{ from: "/app/old", to: "/app/new" }] : [])] } },
  });
  return world;
}

/** `pid`: the process that applies, the only one that is alive. */
type Apply = (world: World, plan: Plan, pid: number) => Promise<unknown>;

/** However often an apply is cut: what its plan withholds stays, what it moves has one name, and nothing is left. */
const withholds =
  (first: Apply, again: Apply) =>
  async (spec: ChainSpec): Promise<string[]> => {
    const world = await chainWorld(spec);
    const nearest = CHAIN.findLast((_, index) => spec.live[index]);
    const before = await snapshot(world.client);
    const plan = await world.plan();
    for (const [pid, { at, when }] of spec.cuts.entries())
      await dies(world, at, when, () => first(world, plan, pid));
    await again(world, plan, spec.cuts.length);
    const after = await snapshot(world.client);
    const lost = plan.withheld.filter(
      ({ address }) => JSON.stringify(after.get(address)) !== JSON.stringify(before.get(address)),
    );
    const isMoved = !before.has(LAST) && nearest !== undefined;
    const value = isMoved && !spec.image ? before.get(nearest)?.value : undefined;
    const said = plan.blocked.length > 0 ? [] : Object.entries(decisions(await world.plan()));
    return [
      ...lost.map(({ address }) => `${address} was withheld, and is not as it was`),
      ...(isMoved && after.has(nearest) ? [`${nearest} has moved, and is still there`] : []),
      ...(value !== undefined && after.get(LAST)?.value !== value ? [`${LAST} has another value`] : []),
      ...said.filter(([, is]) => !/^(no-op|withheld)/.test(is)).map(([name, is]) => `${name}: ${is}`),
    ];
  };

const saved: Apply = (world, plan, pid) =>
  world.applySaved(plan, { holder: { pid, isAlive: (other) => other === pid } });
const expected: Apply = (world, plan, pid) =>
  applyFileless(world, { ...NO_INPUTS, allow: allowances(plan) }, { expect: plan.fingerprint, pid });

function allowances({ guards }: Plan): Record<string, number> {
  return Object.fromEntries(guards.filter(({ tripped }) => tripped).map(({ name, count }) => [name, count]));
}

test("an apply that is cut anywhere keeps what its plan withholds of a chain of moves, and is finished", () =>
  expectLaw(chainSpec, withholds(saved, saved), 30));

test("… and so does one without a file", () => expectLaw(chainSpec, withholds(expected, expected), 30));

test("… and one that plans afresh, and moves what was to be replaced, is caught", () =>
  expectCaught(
    chainSpec,
    withholds(saved, (world, _, pid) => world.apply({}, { holder: { pid, isAlive: () => false } })),
  ));
