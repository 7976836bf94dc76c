import fc from "fast-check";
import { test } from "vitest";
import {
  buildWorld,
  declarationOf,
  POOL,
  sourcesOf,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { aroundStore } from "../support/around-store.ts";
import { snapshot } from "../support/snapshot.ts";
import type { World } from "../support/world.ts";
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
        return isNew && !write.overwrite
          ? Promise.resolve({ kind: "written", version: 1 })
          : store.put(write, mayStart);
      };
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), put },
      };
    }),
  ));
