import { test } from "vitest";
import { matchesAny } from "../../src/graph/name-glob.ts";
import { parameterName } from "../../src/model/name.ts";
import { actionOf } from "../../src/plan/action.ts";
import {
  type BuiltWorld,
  buildWorld,
  declaredNow,
  formerlyOf,
  inputsOf,
  lifecycleOf,
  POOL,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { aroundStore } from "../support/around-store.ts";
import { snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, NO_INPUTS, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

type Plant = (built: BuiltWorld) => void;
const nothing: Plant = () => {};

/** Whether the config may take over or sweep what is not ours: by a name under `adopt`, or by an exclusive scope. */
function isClaimed({ bearers }: BuiltWorld, spec: WorldSpec, name: string): boolean {
  const bearer = bearers.get(name);
  const adopted = lifecycleOf(spec).adopt.find((one) => one.name === name);
  if (bearer === undefined)
    return adopted !== undefined || (spec.remarks.exclusive && name.startsWith("/shared/"));
  return bearer === "another" && adopted?.owner === "another";
}

/** What is not ours, and what is ours and not in the plan, is after an apply as it was, to the byte. */
const sparesOthers = (plant: Plant) => async (spec: WorldSpec) => {
  const built = await buildWorld(spec);
  const { world, live, ours } = built;
  plant(built);
  const plan = await world.plan(await inputsOf(built, spec));
  await world.applySaved(plan);
  const after = await snapshot(world.client);
  const changed = new Set(
    plan.resource_changes
      .filter((change) => actionOf(change) !== "no-op")
      .flatMap(({ address, previous_address }) => [address, previous_address]),
  );
  return [...live].flatMap(([name, shot]) => {
    const same = JSON.stringify(after.get(name)) === JSON.stringify(shot);
    if (same || ((ours.has(name) || isClaimed(built, spec, name)) && changed.has(name))) return [];
    return [`${name}, ${ours.has(name) ? "not in the plan" : "not ours"}, was changed`];
  });
};

/** Without `--delete` nothing is deleted, but for what lives on under another name. */
const deletesNothing = (inputs: typeof NO_INPUTS) => async (spec: WorldSpec) => {
  const { world, live } = await buildWorld(spec);
  await world.apply({ ...inputs, regenerate: ["/**"] });
  const after = await snapshot(world.client);
  const isMoved = (name: string) =>
    [...formerlyOf(spec)].some(
      ([to, formerly]) => !live.has(to) && after.has(to) && formerly.find((from) => live.has(from)) === name,
    );
  return [...live.keys()]
    .filter((name) => !after.has(name) && !isMoved(name))
    .map((name) => `${name} was deleted`);
};

/** What is protected is not deleted, replaced or moved, and where it is generated not regenerated. */
const sparesProtected = (plant: (world: World, spec: WorldSpec) => void) => async (spec: WorldSpec) => {
  const { world, live } = await buildWorld(spec);
  const isProtected = matchesAny(spec.remarks.protect);
  plant(world, spec);
  await world.apply({ ...DELETE_ALL, regenerate: ["/**"] });
  const after = await snapshot(world.client);
  return [...live].flatMap(([name, shot]) => {
    if (!isProtected(parameterName(name))) return [];
    const is = after.get(name);
    if (is === undefined) return [`${name} was deleted`];
    if (is.version < shot.version) return [`${name} was replaced`];
    const isGenerated = spec.after[(POOL as readonly string[]).indexOf(name)]?.rule.kind === "generate";
    return isGenerated && is.value !== shot.value ? [`${name} was regenerated`] : [];
  });
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

test("nothing that is protected is deleted, replaced, moved or regenerated", () =>
  expectLaw(
    worldSpec,
    sparesProtected(() => {}),
    20,
  ));

test("… and an apply that knows of no protection is caught", () =>
  expectCaught(
    worldSpec,
    sparesProtected((world, spec) => {
      const { environment, ...declared } = declaredNow(spec);
      world.declare({ ...declared, environment: { ...environment, protect: [] } });
    }),
  ));
