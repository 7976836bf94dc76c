import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../src/model/error.ts";
import { planMac } from "../../src/plan/fingerprint.ts";
import type { Keyring } from "../../src/plan/keyring.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { renderJson } from "../../src/render/json.ts";
import {
  type BuiltWorld,
  buildWorld,
  declaredNow,
  entryOf,
  inputsOf,
  POOL,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { checkFile } from "../support/saved.ts";
import type { WorldOptions } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

/** The same config in other words: its entries in any order, spread over any files. */
interface Wording {
  readonly order: readonly number[];
  readonly files: readonly number[];
}

const wording: fc.Arbitrary<Wording> = fc.record({
  order: fc.shuffledSubarray([...POOL.keys()], { minLength: POOL.length }),
  files: fc.array(fc.nat({ max: 2 }), { minLength: POOL.length, maxLength: POOL.length }),
});

function reworded(spec: WorldSpec, { order, files }: Wording): WorldOptions {
  const contents: Record<string, Record<string, unknown>>[] = [{}, {}, {}].map((parameters) => ({
    parameters,
  }));
  for (const index of order) {
    const entry = entryOf(spec.after, index);
    const parameters = contents[files[index] ?? 0]?.parameters;
    if (entry !== undefined && parameters !== undefined) parameters[POOL[index] as string] = entry;
  }
  const named = contents.map((content, index) => [`part-${index}.json`, content]);
  const said = declaredNow(spec);
  return { ...said, parameters: {}, files: { ...said.files, ...Object.fromEntries(named) } };
}

/** The rights that a planner may lack: those to decrypt replicas. */
const WITHOUT_REPLICAS = { deny: ["kms:Decrypt:alias/replication"] };

/** Where a value that a person supplies lies under the replicas' key, reading it decides whether it is put again. */
async function needsReplicas({ world }: BuiltWorld, spec: WorldSpec): Promise<boolean> {
  const result = await world.result();
  if (!result.complete) return true;
  return POOL.some((name, index) => {
    const rule = spec.after[index]?.rule;
    const standing = result.planned.decisions.get(name as never)?.standing;
    return (
      rule?.kind === "static" &&
      rule.supplied !== null &&
      standing !== undefined &&
      standing.kind !== "absent" &&
      standing.live.keyId === "alias/replication"
    );
  });
}

const sameDecision =
  (fingerprint: (plan: Plan) => string) =>
  async ([spec, words]: [WorldSpec, Wording]) => {
    const built = await buildWorld(spec);
    const { world } = built;
    if (await needsReplicas(built, spec)) return [];
    const inputs = await inputsOf(built, spec);
    const one = fingerprint(await world.plan(inputs));
    world.declare(reworded(spec, words));
    world.pass(86_400_000);
    world.impose(WITHOUT_REPLICAS);
    const other = fingerprint(await world.plan(inputs));
    return one === other ? [] : [`${one} is now ${other}`];
  };

test("the same decision has the same fingerprint, however it is worded and whoever plans", () =>
  expectLaw(
    fc.tuple(worldSpec, wording),
    sameDecision(({ fingerprint }) => fingerprint),
    30,
  ));

test("… and a fingerprint that covers files and lines is caught", () =>
  expectCaught(
    fc.tuple(worldSpec, wording),
    sameDecision(({ resource_changes }) => JSON.stringify(resource_changes.map(({ origin }) => origin))),
  ));

/** Which part of a document is edited, and how: by numbers that `edit` takes as they come. */
interface Edit {
  readonly part: number;
  readonly how: number;
}
const edit: fc.Arbitrary<Edit> = fc.record({ part: fc.nat(), how: fc.nat() });

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The document with one thing in it changed, whatever it is: a value, an entry more or less, an order. */
function edited(document: Json, { part, how }: Edit): Json {
  const copy = structuredClone(document) as { [key: string]: Json };
  const places: { holder: { [key: string]: Json }; key: string }[] = [];
  const visit = (holder: { [key: string]: Json }) => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const value = holder[key];
      if (typeof value === "object" && value !== null) visit(value as { [key: string]: Json });
    }
  };
  visit(copy);
  const { holder, key } = places[part % places.length] as (typeof places)[number];
  holder[key] = changed(holder[key] as Json, how);
  return copy;
}

function changed(value: Json, how: number): Json {
  const others: Json[] = [null, false, true, 0, 7, "", "0".repeat(32), "/app/one/a", "create", [], {}];
  const related: Json[] =
    typeof value === "string"
      ? [`${value}x`, value.slice(1), value.toUpperCase(), value.split("").reverse().join("")]
      : typeof value === "number"
        ? [value + 1, value - 1, -value]
        : typeof value === "boolean"
          ? [!value]
          : Array.isArray(value)
            ? [value.slice(1), [...value, ...value.slice(0, 1)], value.toReversed(), [...value, "/**"]]
            : Object.keys(value ?? {}).map((key) =>
                Object.fromEntries(Object.entries(value ?? {}).filter(([other]) => other !== key)),
              );
  const choices = [...related, ...others].filter(
    (choice) => JSON.stringify(choice) !== JSON.stringify(value),
  );
  return choices[how % choices.length] as Json;
}

const refusesEdits =
  (deliver: (text: string, ring: Keyring) => string) =>
  async ([spec, edits]: [WorldSpec, readonly Edit[]]) => {
    const built = await buildWorld(spec);
    const { world, ring } = built;
    const text = renderJson(await world.plan(await inputsOf(built, spec)));
    const accepted: string[] = [];
    const enough = {
      allow: Object.fromEntries((JSON.parse(text) as Plan).guards.map(({ name, count }) => [name, count])),
    };
    for (const each of edits) {
      const other = JSON.stringify(edited(JSON.parse(text) as Json, each));
      try {
        await checkFile(world, deliver(other, ring), enough);
        accepted.push(other);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        if ((error as UserError).exitCode === 3) accepted.push(other);
      }
    }
    return accepted;
  };

const edits = fc.tuple(worldSpec, fc.array(edit, { minLength: 8, maxLength: 8 }));

test("an edited plan is refused for being edited, whatever was edited", () =>
  expectLaw(
    edits,
    refusesEdits((text) => text),
    25,
  ));

test("… and edits by somebody who can sign them are caught", () =>
  expectCaught(
    edits,
    refusesEdits((text, ring) => {
      const plan = JSON.parse(text) as Plan;
      return JSON.stringify({ ...plan, mac: planMac(ring, plan) });
    }),
  ));
