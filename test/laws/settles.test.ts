import { GetParameterHistoryCommand } from "@aws-sdk/client-ssm";
import { test } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import {
  buildWorld,
  encoded,
  formerlyOf,
  inputsOf,
  POOL,
  sourcesOf,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { aroundStore, readFirstVersions } from "../support/around-store.ts";
import { snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, decisions, outcomes, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

type Plant = (world: World) => void;
const nothing: Plant = () => {};

/** An apply without interference carries everything out, and leaves nothing but what it was not to touch. */
const settles = (plant: Plant) => async (spec: WorldSpec) => {
  const built = await buildWorld(spec);
  const { world } = built;
  plant(world);
  const plan = await world.plan(await inputsOf(built, spec));
  const faults = Object.entries(outcomes(await world.applySaved(plan))).filter(([, is]) => is !== "applied");
  world.pass(3_600_000);
  const before = decisions(plan);
  const again = await world.plan(DELETE_ALL);
  // Other changes that are due wait for the plan after a rollback.
  const waits = (name: string) => plan.inputs.rollback !== undefined && !plan.inputs.target.includes(name);
  const left = Object.entries(decisions(again)).filter(
    ([name, is]) =>
      is !== "no-op" && !waits(name) && !/^(blocked|conflict|withheld protected)/.test(before[name] ?? ""),
  );
  return [...faults, ...left].map(([name, is]) => `${name}: ${is}`);
};

/** When the value of a parameter became what it is, to the second, by the store's own history. */
async function valueSince(world: World, name: string): Promise<number> {
  const command = new GetParameterHistoryCommand({ Name: name, WithDecryption: true });
  const { Parameters = [] } = await world.client.send(command);
  const value = Parameters.at(-1)?.Value;
  const before = Parameters.findLastIndex((kept) => kept.Value !== value);
  return Math.floor((Parameters[before + 1]?.LastModifiedDate?.getTime() ?? 0) / 1000) * 1000;
}

/**
 * After an apply every copy is as its source, every merge as its inputs, and every mtime as new as its source's
 * value, unless it is blocked or in conflict.
 */
const follows = (plant: Plant) => async (spec: WorldSpec) => {
  const { world, live: before } = await buildWorld(spec);
  plant(world);
  const formerly = formerlyOf(spec);
  const sinceFormerly = new Map<string, number>();
  for (const from of [...formerly.values()].flat())
    if (before.has(from)) sinceFormerly.set(from, await valueSince(world, from));
  await world.apply();
  const said = decisions(await world.plan());
  const live = await snapshot(world.client);
  const faults = POOL.map(async (name, index) => {
    const sources = sourcesOf(spec.after, index);
    const [first] = sources;
    if (first === undefined || /^(blocked|conflict)/.test(said[name] ?? "")) return [];
    if (spec.after[index]?.rule.kind === "derive") {
      const from = formerly.get(first.name)?.find((one) => before.has(one));
      const moved = from !== undefined && !before.has(first.name) && !live.has(from) ? from : undefined;
      const since = sinceFormerly.get(moved ?? "") ?? (await valueSince(world, first.name));
      return Date.parse(live.get(name)?.value ?? "") >= since ? [] : [`${name} is older than ${first.name}`];
    }
    const texts = sources.map((source) => encoded(live.get(source.name)?.value ?? "", source.encoding));
    const wanted = spec.after[index]?.rule.kind === "copy" ? texts[0] : `<${texts.join("")}>`;
    return live.get(name)?.value === wanted
      ? []
      : [`${name} is not as ${sources.map((each) => each.name).join(", ")}`];
  });
  return (await Promise.all(faults)).flat();
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

test("every unblocked copy equals its source, every merge its inputs, and no mtime is older than its source's value", () =>
  expectLaw(worldSpec, follows(nothing), 30));

test("… and a source that is read at another version is caught", () =>
  expectCaught(worldSpec, follows(readFirstVersions)));

test("… and a derived value that is not made anew is caught", () =>
  expectCaught(
    worldSpec,
    follows((world) => {
      const { store } = world.session;
      const put: typeof store.put = async (write, mayStart) =>
        /T\d\d:\d\d:\d\dZ$/.test(write.value.expose())
          ? store.put({ ...write, value: new Secret("2026-01-01T00:00:00Z") }, mayStart)
          : store.put(write, mayStart);
      world.session = {
        ...world.session,
        store: { ...aroundStore(store, (_, carryOut) => carryOut()), put },
      };
    }),
  ));
