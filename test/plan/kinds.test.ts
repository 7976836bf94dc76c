import { expect, test } from "vitest";
import { restoreVersion } from "../../src/apply/put-value.ts";
import { parameterName } from "../../src/model/name.ts";
import { renderPlan } from "../../src/render/human-plan.ts";
import { bringBack } from "../support/bring-back.ts";
import { decisions, makeWorld } from "../support/world.ts";

const NAME = "/app/x";
const KINDS = {
  static: {},
  supplied: {},
  value: { value: "dummy literal", type: "SecureString" },
  copy: { copy: "/dba/source" },
  merge: { merge: ["<", "${/dba/source}", ">"] },
  generate: { generate: { type: "password" } },
} as const;
type Kind = keyof typeof KINDS;

/** All have one key, so that a kind's own default is not another change. */
const ENVIRONMENT = { replicationKey: "alias/owner" };

function declared(kind: Kind) {
  const supplied = { "/dba/source": "dummy source", ...(kind === "supplied" ? { [NAME]: "dummy" } : {}) };
  return { parameters: { "/dba/source": {}, [NAME]: KINDS[kind] }, supplied, environment: ENVIRONMENT };
}

/** From one kind to another: what is done, what the plan says of the value, and what it warns of or notes. */
const MATRIX: readonly (readonly [Kind, Kind, string, string, string])[] = [
  ["supplied", "static", "no-op", "not mentioned", ""],
  ["supplied", "value", "update value_changed", '(sensitive value) -> "dummy literal"', "value_lost"],
  ["supplied", "copy", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["supplied", "merge", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["supplied", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["value", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["value", "supplied", "update value_changed", "(sensitive value, changed)", ""],
  ["value", "copy", "update value_changed", "(sensitive value, changed)", ""],
  ["value", "merge", "update value_changed", "(sensitive value, changed)", ""],
  ["value", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["copy", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["copy", "supplied", "update value_changed", "(sensitive value, changed)", ""],
  ["copy", "value", "update value_changed", '(sensitive value) -> "dummy literal"', ""],
  ["copy", "merge", "update value_changed", "(sensitive value, changed)", ""],
  ["copy", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["merge", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["merge", "supplied", "update value_changed", "(sensitive value, changed)", ""],
  ["merge", "value", "update value_changed", '(sensitive value) -> "dummy literal"', ""],
  ["merge", "copy", "update value_changed", "(sensitive value, changed)", ""],
  ["merge", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["generate", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["generate", "supplied", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["generate", "value", "update value_changed", '(sensitive value) -> "dummy literal"', "value_lost"],
  ["generate", "copy", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["generate", "merge", "update value_changed", "(sensitive value, changed)", "value_lost"],
];

async function change(from: Kind, to: Kind) {
  const world = await makeWorld(declared(from));
  await world.apply();
  world.pass(3_600_000);
  const before = await world.value(NAME);
  world.declare(declared(to));
  const plan = await world.plan();
  const text = renderPlan(plan, { color: false });
  const words = /^ +. value += (.*)$/m.exec(text)?.[1] ?? "not mentioned";
  const codes = plan.diagnostics.map(({ code }) => code).join(" ");
  return { world, plan, before, row: [from, to, decisions(plan)[NAME], words, codes] };
}

test.each(MATRIX)("%s to %s: %s, value %s %s", async (from, to, ...rest) => {
  const { world, plan, before, row } = await change(from, to);
  expect(row).toEqual([from, to, ...rest]);
  await world.applySaved(plan);
  expect((await world.value(NAME)) === before).toBe(!rest[0].endsWith("value_changed"));
  expect(decisions(await world.plan())[NAME]).toBe("no-op");
});

test("every pair of kinds is in the table", () => {
  const kinds = Object.keys(KINDS).filter((kind) => kind !== "static");
  expect(MATRIX).toHaveLength(kinds.length * kinds.length);
});

test("a value that is given up is warned of with the command that puts it back", async () => {
  const { world, plan, before } = await change("generate", "copy");
  const [lost] = plan.diagnostics;
  expect(lost).toMatchObject({ severity: "warning", code: "value_lost", address: NAME });
  expect(lost?.summary).toContain(`paraform put ${NAME} --from-version 1 --env test`);
  await world.applySaved(plan);
  const result = await world.result();
  if (!result.complete) throw result.failure;
  const { store, graph, config } = world.session;
  const name = parameterName(NAME);
  const { environment } = config;
  const hand = { store, ring: result.ring, environment, parameter: graph.parameters.get(name) };
  await restoreVersion(hand, name, 1);
  expect(await world.value(NAME)).toBe(before);
});

test("a generated value that stays as what it was says that it waits to be regenerated", async () => {
  const { plan } = await change("copy", "generate");
  expect(plan.diagnostics[0]?.summary).toBe(
    "/app/x was a copy and is generated now: its value stays, until it is regenerated",
  );
});

test("regenerating a value that a person had given warns as well", async () => {
  const { world } = await change("supplied", "generate");
  const plan = await world.plan({ regenerate: ["/**"] });
  expect(plan.diagnostics.map(({ code }) => code)).toEqual(["value_lost"]);
});

test("a move that gives a value up is counted by the delete guard, and the copy that is kept has the value", async () => {
  const { world } = await change("value", "generate");
  await world.apply();
  const before = await world.value(NAME);
  world.declare({
    ...declared("copy"),
    parameters: { "/dba/source": {}, "/app/y": KINDS.copy },
    files: { "moved.json": { moved: [{ from: NAME, to: "/app/y" }] } },
  });
  const plan = await world.plan();
  expect(plan.diagnostics.map(({ code }) => code)).toEqual(["value_lost"]);
  expect(plan.guards.find(({ name }) => name === "delete")?.count).toBe(1);
  await world.applySaved(plan);
  await bringBack(world, NAME);
  expect(await world.value(NAME)).toBe(before);
});
