import { describe, expect, test } from "vitest";
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
  derived: { generate: { type: "bcrypt-password-hash", source: "/dba/source", rounds: 4 } },
} as const;
type Kind = keyof typeof KINDS;

/** All have one key, so that a kind's own default is not another change. */
const ENVIRONMENT = { replicationKey: "alias/owner" };

function declared(kind: Kind, name = NAME) {
  const supplied = { "/dba/source": "dummy source", ...(kind === "supplied" ? { [name]: "dummy" } : {}) };
  return { parameters: { "/dba/source": {}, [name]: KINDS[kind] }, supplied, environment: ENVIRONMENT };
}

/** From one kind to another: what is done, what the plan says of the value, and what it warns of or notes. */
const MATRIX: readonly (readonly [Kind, Kind, string, string, string])[] = [
  ["supplied", "static", "no-op", "not mentioned", ""],
  ["supplied", "value", "update value_changed", '(sensitive value) -> "dummy literal"', "value_lost"],
  ["supplied", "copy", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["supplied", "merge", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["supplied", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["supplied", "derived", "update value_changed", "(sensitive value) -> (known after apply)", "value_lost"],
  ["value", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["value", "supplied", "update value_changed", "(sensitive value, changed)", ""],
  ["value", "copy", "update value_changed", "(sensitive value, changed)", ""],
  ["value", "merge", "update value_changed", "(sensitive value, changed)", ""],
  ["value", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["value", "derived", "update value_changed", "(sensitive value) -> (known after apply)", ""],
  ["copy", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["copy", "supplied", "update value_changed", "(sensitive value, changed)", ""],
  ["copy", "value", "update value_changed", '(sensitive value) -> "dummy literal"', ""],
  ["copy", "merge", "update value_changed", "(sensitive value, changed)", ""],
  ["copy", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["copy", "derived", "update value_changed", "(sensitive value) -> (known after apply)", ""],
  ["merge", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["merge", "supplied", "update value_changed", "(sensitive value, changed)", ""],
  ["merge", "value", "update value_changed", '(sensitive value) -> "dummy literal"', ""],
  ["merge", "copy", "update value_changed", "(sensitive value, changed)", ""],
  ["merge", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["merge", "derived", "update value_changed", "(sensitive value) -> (known after apply)", ""],
  ["generate", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["generate", "supplied", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["generate", "value", "update value_changed", '(sensitive value) -> "dummy literal"', "value_lost"],
  ["generate", "copy", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["generate", "merge", "update value_changed", "(sensitive value, changed)", "value_lost"],
  ["generate", "derived", "update value_changed", "(sensitive value) -> (known after apply)", "value_lost"],
  ["derived", "static", "update stamp_renewed", "not mentioned", "kind_changed"],
  ["derived", "supplied", "update value_changed", "(sensitive value, changed)", ""],
  ["derived", "value", "update value_changed", '(sensitive value) -> "dummy literal"', ""],
  ["derived", "copy", "update value_changed", "(sensitive value, changed)", ""],
  ["derived", "merge", "update value_changed", "(sensitive value, changed)", ""],
  ["derived", "generate", "update stamp_renewed", "not mentioned", "kind_changed"],
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

test("what was derived and is generated now waits to be regenerated, and is the generated value of its kind from then on", async () => {
  const { world, plan } = await change("derived", "generate");
  expect(plan.diagnostics[0]?.summary).toBe(
    "/app/x was derived from its source and is generated now: its value stays, until it is regenerated",
  );
  await world.applySaved(plan);
  world.declare(declared("copy"));
  expect((await world.plan()).diagnostics.map(({ code }) => code)).toEqual(["value_lost"]);
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

describe("a move to a name whose rule makes the value", () => {
  async function moved(from: Kind, to: Kind) {
    const world = await makeWorld(declared(from));
    await world.apply();
    const before = await world.value(NAME);
    const files = { "moved.json": { moved: [{ from: NAME, to: "/app/y" }] } };
    world.declare({ ...declared(to, "/app/y"), files });
    const plan = await world.plan();
    return { world, plan, before, text: renderPlan(plan, { color: false }) };
  }

  test.each<[Kind, Kind, string]>([
    ["generate", "copy", "copy of /dba/source version 1"],
    ["generate", "derived", "derived from /dba/source version 1"],
    ["supplied", "derived", "derived from /dba/source version 1"],
  ])(
    "%s to %s gives it up: it is warned of and counted by the delete guard, and the copy that is kept has the value",
    async (from, to, made) => {
      const { world, plan, before, text } = await moved(from, to);
      expect(plan.diagnostics.map(({ code }) => code)).toEqual(["value_lost"]);
      expect(plan.guards.find(({ name }) => name === "delete")?.count).toBe(1);
      expect(text).toContain(`${made}; ${NAME} is deleted once it is written`);
      expect(text).not.toMatch(/goes with it|as it is/);
      await world.applySaved(plan);
      await bringBack(world, NAME);
      expect(await world.value(NAME)).toBe(before);
    },
  );

  test("derived to derived makes it anew, and nothing is lost", async () => {
    const { world, plan, before, text } = await moved("derived", "derived");
    expect(plan.diagnostics).toEqual([]);
    expect(plan.guards.find(({ name }) => name === "delete")?.count).toBe(0);
    expect(text).toContain("derived from /dba/source version 1; /app/x is deleted once it is written");
    expect(text).toContain("value  = (known after apply)");
    await world.applySaved(plan);
    expect(await world.value("/app/y")).not.toBe(before);
  });
});

describe("under protect, what somebody put", () => {
  const adopt = [{ name: NAME }];
  const environment = { ...ENVIRONMENT, protect: [NAME] };

  test.each<[string, Record<string, unknown>, string]>([
    ["a literal", { value: "x" }, "blocked protected"],
    ["a copy", { copy: "/app/source" }, "blocked protected"],
    ["static, and its value stays", {}, "update adopted"],
    ["generated, and its value stays", { generate: { type: "password" } }, "update adopted"],
  ])("is taken over as %s", async (_, rule, decided) => {
    const parameters = { "/app/source": {}, [NAME]: rule };
    const world = await makeWorld({ parameters, adopt, environment, supplied: { "/app/source": "dummy" } });
    await world.put(NAME, "put-by-hand-dummy");
    expect(decisions(await world.plan())[NAME]).toBe(decided);
  });

  test("is taken over as the copy that Figgy made of it", async () => {
    const parameters = { "/app/source": {}, [NAME]: { copy: "/app/source" } };
    const world = await makeWorld({ parameters, environment, supplied: { "/app/source": "dummy" } });
    await world.put(NAME, "dummy", { Description: "Replicated from: /app/source by: somebody" });
    expect(decisions(await world.plan())[NAME]).toBe("update adopted");
  });
});

describe("under protect", () => {
  const environment = { ...ENVIRONMENT, protect: [NAME] };
  const lost = MATRIX.filter(([, , , , codes]) => codes === "value_lost");
  const kept = MATRIX.filter(([, , , , codes]) => codes !== "value_lost");

  test.each(lost)("%s to %s is blocked, for it would give the value up", async (from, to) => {
    const { world, before } = await change(from, to);
    world.declare({ ...declared(to), environment });
    const plan = await world.plan();
    expect(decisions(plan)[NAME]).toBe("blocked protected");
    expect(plan.applyable).toBe(false);
    expect(await world.value(NAME)).toBe(before);
  });

  test.each(kept)("%s to %s is as it is without", async (from, to, decision) => {
    const { world } = await change(from, to);
    world.declare({ ...declared(to), environment });
    expect(decisions(await world.plan())[NAME]).toBe(decision);
  });

  test("the plan says why, and what to do", async () => {
    const { world } = await change("generate", "derived");
    world.declare({ ...declared("derived"), environment });
    const text = renderPlan(await world.plan(), { color: false });
    expect(text).toContain("it is protected, and would have to be replaced or to give up its value");
    expect(text).toContain("take it out of protect in environment.json, in a change of its own");
  });
});
