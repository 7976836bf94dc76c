import { test } from "vitest";
import {
  buildWorld,
  encoded,
  POOL,
  sourcesOf,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { aroundStore } from "../support/around-store.ts";
import { snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, decisions, outcomes, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

type Plant = (world: World) => void;
const nothing: Plant = () => {};

/** An apply without interference carries everything out, and leaves nothing but what it was not to touch. */
const settles = (plant: Plant) => async (spec: WorldSpec) => {
  const { world } = await buildWorld(spec);
  plant(world);
  const plan = await world.plan({ ...DELETE_ALL, regenerate: ["/**"] });
  const faults = Object.entries(outcomes(await world.applySaved(plan))).filter(([, is]) => is !== "applied");
  world.pass(3_600_000);
  const before = decisions(plan);
  const left = Object.entries(decisions(await world.plan(DELETE_ALL))).filter(
    ([name, is]) => is !== "no-op" && !/^(blocked|conflict)/.test(before[name] ?? ""),
  );
  return [...faults, ...left].map(([name, is]) => `${name}: ${is}`);
};

/** After an apply every copy is as its source, and every merge as its inputs, unless it is blocked or in conflict. */
const follows = (plant: Plant) => async (spec: WorldSpec) => {
  const { world } = await buildWorld(spec);
  plant(world);
  await world.apply();
  const said = decisions(await world.plan());
  const live = await snapshot(world.client);
  return POOL.flatMap((name, index) => {
    const sources = sourcesOf(spec.after, index);
    if (sources.length === 0 || /^(blocked|conflict)/.test(said[name] ?? "")) return [];
    const texts = sources.map((source) => encoded(live.get(source.name)?.value ?? "", source.encoding));
    const wanted = spec.after[index]?.rule.kind === "copy" ? texts[0] : `<${texts.join("")}>`;
    return live.get(name)?.value === wanted
      ? []
      : [`${name} is not as ${sources.map((each) => each.name).join(", ")}`];
  });
};

test("a plan after an apply is empty", () => expectLaw(worldSpec, settles(nothing), 30));

test("… and a stamp that names the wrong version is caught", () =>
  expectCaught(
    worldSpec,
    settles((world) => {
      const { store } = world.session;
      const put: typeof store.put = (write, mayStart) =>
        store.put(
          { ...write, description: write.description.replace(/(\{paraform:1 \S+ \S+) \d+/, "$1 77") },
          mayStart,
        );
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), put },
      };
    }),
  ));

test("every unblocked copy equals its source, and every merge its inputs", () =>
  expectLaw(worldSpec, follows(nothing), 30));

test("… and a source that is read at another version is caught", () =>
  expectCaught(
    worldSpec,
    follows((world) => {
      const { store } = world.session;
      const read: typeof store.read = (selectors) =>
        store.read(
          selectors.map(({ name, version }) => (version === undefined ? { name } : { name, version: 1 })),
        );
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), read },
      };
    }),
  ));
