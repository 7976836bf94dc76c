import { test } from "vitest";
import { actionOf } from "../../src/plan/action.ts";
import { type BuiltWorld, buildWorld, type WorldSpec, worldSpec } from "../support/arbitrary-world.ts";
import { aroundStore } from "../support/around-store.ts";
import { snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, NO_INPUTS } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

type Plant = (built: BuiltWorld) => void;
const nothing: Plant = () => {};

/** What is not ours, and what is ours and not in the plan, is after an apply as it was, to the byte. */
const sparesOthers = (plant: Plant) => async (spec: WorldSpec) => {
  const built = await buildWorld(spec);
  const { world, live, ours } = built;
  plant(built);
  const plan = await world.plan({ ...DELETE_ALL, regenerate: ["/**"] });
  await world.applySaved(plan);
  const after = await snapshot(world.client);
  const changed = new Set(
    plan.resource_changes.filter((change) => actionOf(change) !== "no-op").map(({ address }) => address),
  );
  return [...live].flatMap(([name, shot]) => {
    const same = JSON.stringify(after.get(name)) === JSON.stringify(shot);
    if (same || (ours.has(name) && changed.has(name))) return [];
    return [`${name}, ${ours.has(name) ? "not in the plan" : "not ours"}, was changed`];
  });
};

/** Without `--delete` nothing is deleted. */
const deletesNothing = (inputs: typeof NO_INPUTS) => async (spec: WorldSpec) => {
  const { world, live } = await buildWorld(spec);
  await world.apply({ ...inputs, regenerate: ["/**"] });
  const after = await snapshot(world.client);
  return [...live.keys()].filter((name) => !after.has(name)).map((name) => `${name} was deleted`);
};

test("nothing unowned is ever touched, and nothing that is not in the plan", () =>
  expectLaw(worldSpec, sparesOthers(nothing), 30));

test("… and an apply that does not see what others wrote, and overwrites it, is caught", () =>
  expectCaught(
    worldSpec,
    sparesOthers(({ world, ours }) => {
      const { store } = world.session;
      const describe: typeof store.describe = async (query) =>
        new Map([...(await store.describe(query))].filter(([name]) => ours.has(name)));
      const put: typeof store.put = ({ tags: _, ...write }, mayStart) =>
        store.put({ ...write, overwrite: true }, mayStart);
      const blind = aroundStore(store, (_, carryOut) => carryOut());
      world.session = { ...world.session, store: { ...blind, describe, put } };
    }),
  ));

test("… and a write to a neighbour is caught", () =>
  expectCaught(
    worldSpec,
    sparesOthers(({ world }) => {
      const { store } = world.session;
      const put: typeof store.put = async (write, mayStart) => {
        if (write.name.startsWith("/app/")) await world.put("/outside/a", "dragged along");
        return store.put(write, mayStart);
      };
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), put },
      };
    }),
  ));

test("without --delete nothing is deleted", () => expectLaw(worldSpec, deletesNothing(NO_INPUTS), 30));

test("… and an apply that deletes unasked is caught", () =>
  expectCaught(worldSpec, deletesNothing(DELETE_ALL)));
