import { expect, describe as group, test } from "vitest";
import type { PlanInputs } from "../../src/plan/plan.ts";
import {
  DELETE_ALL,
  decisions,
  describe,
  makeWorld,
  type World,
  type WorldOptions,
} from "../support/world.ts";

/** SPEC §5's table, cell by cell: what the plan says of `IT`, and what lies live after it was applied. */
const IT = "/app/x/it";
const SOURCE = "/dba/source";
const OTHER = "/dba/other";

const HEX = /^[0-9a-f]{64}$/;

/** How `IT` lies before the plan. */
type Column = "absent" | "unstamped" | "untouched" | "touched outside" | "another owner" | "unverified stamp";

interface Row {
  readonly row: string;
  readonly declared: WorldOptions;
  /** What the stamped columns were made from, where it is not what is declared now. */
  readonly made?: WorldOptions;
  /** Happens before the plan, after the column was set up. */
  readonly meanwhile?: (world: World) => Promise<unknown>;
  readonly cells: readonly Cell[];
}

interface Cell extends Partial<Pick<Row, "declared" | "made" | "meanwhile">> {
  readonly column: Column;
  /** What tells the cell from others of its column. */
  readonly and?: string;
  readonly inputs?: Partial<PlanInputs>;
  readonly by?: { readonly value?: string; readonly description?: string };
  /** `undefined`: the plan does not speak of it. */
  readonly plan: string | undefined;
  readonly note?: string;
  readonly live: string | RegExp | undefined;
  readonly version?: number;
}

const BY_HAND = "put by hand";

async function lay(world: World, cell: Cell, made: WorldOptions): Promise<void> {
  const { value = BY_HAND, description = "" } = cell.by ?? {};
  switch (cell.column) {
    case "absent":
      return;
    case "unstamped":
      await world.put(IT, value, { Description: description });
      return;
    case "untouched":
    case "touched outside":
    case "another owner":
      world.declare({ ...made, environment: cell.column === "another owner" ? { owner: "others" } : {} });
      await world.apply();
      if (cell.column === "touched outside") await world.put(IT, value);
      return;
    case "unverified stamp": {
      world.declare({ parameters: { [OTHER]: {} }, supplied: { [OTHER]: "other" } });
      await world.apply();
      const copied = (await describe(world, OTHER))?.description ?? "";
      await world.put(IT, value, { Description: copied });
    }
  }
}

const described = (rule: object) => ({ [IT]: { ...rule, description: "described anew" } });
const sourceOf = (value: string) => ({ supplied: { [SOURCE]: value } });

const COPY = { [SOURCE]: {}, [IT]: { copy: SOURCE } };
const MERGE = { [SOURCE]: {}, [IT]: { merge: ["db://", `\${${SOURCE}}`] } };

function followerRows(kind: "copy" | "merge"): readonly Row[] {
  const [parameters, from] =
    kind === "copy" ? [COPY, (value: string) => value] : [MERGE, (value: string) => `db://${value}`];
  const rule = parameters[IT];
  const figgySource = kind === "copy" ? SOURCE : `['db://', '\${${SOURCE}}']`;
  const there: WorldOptions = { parameters, ...sourceOf("one") };
  const removeSource = (world: World) => world.remove(SOURCE);
  const stray: WorldOptions = { parameters: { ...parameters, [SOURCE]: { exists: true } } };
  return [
    {
      row: `${kind}, its input there`,
      declared: there,
      cells: [
        { column: "absent", plan: "create missing", live: from("one"), version: 1 },
        {
          column: "absent",
          and: "the input is put by somebody",
          declared: stray,
          meanwhile: (world) => world.put(SOURCE, "theirs"),
          plan: "create missing",
          live: from("theirs"),
          version: 1,
        },
        { column: "unstamped", plan: "blocked unstamped", live: BY_HAND, version: 1 },
        {
          column: "unstamped",
          and: "Figgy replicated it from the same source",
          by: { description: `Replicated from: ${figgySource} by: steve` },
          plan: "update adopted",
          live: from("one"),
          version: 2,
        },
        {
          column: "unstamped",
          and: "Figgy replicated it from another source",
          by: { description: "Replicated from: /dba/elsewhere by: steve" },
          plan: "blocked unstamped",
          live: BY_HAND,
        },
        {
          column: "unstamped",
          and: "adopt names it",
          declared: { ...there, adopt: [{ name: IT }] },
          plan: "update adopted",
          live: from("one"),
          version: 2,
        },
        { column: "untouched", plan: "no-op", live: from("one"), version: 1 },
        {
          column: "untouched",
          and: "somebody put another value at the source",
          declared: { parameters, supplied: {} },
          made: there,
          meanwhile: (world) => world.put(SOURCE, "two"),
          plan: "update source_changed",
          live: from("two"),
          version: 2,
        },
        {
          column: "untouched",
          and: "this plan changes the source",
          declared: { parameters, ...sourceOf("two") },
          made: there,
          plan: "update source_changed",
          live: from("two"),
          version: 2,
        },
        {
          column: "untouched",
          and: "it has another rule",
          declared: {
            ...there,
            parameters: { [SOURCE]: {}, [IT]: { merge: ["other://", `\${${SOURCE}}`] } },
          },
          made: there,
          plan: "update value_changed",
          live: "other://one",
          version: 2,
        },
        {
          column: "untouched",
          and: "an attribute changed",
          declared: { ...there, parameters: { ...parameters, ...described(rule) } },
          made: there,
          plan: "update attribute_changed",
          live: from("one"),
          version: 2,
        },
        { column: "touched outside", plan: "update changed_outside", live: from("one"), version: 3 },
        { column: "another owner", plan: "conflict others", live: from("one"), version: 1 },
        {
          column: "another owner",
          and: "adopt names it without its owner",
          declared: { ...there, adopt: [{ name: IT }] },
          made: there,
          plan: "conflict others",
          live: from("one"),
          version: 1,
        },
        {
          column: "another owner",
          and: "adopt names it and its owner",
          declared: {
            ...there,
            adopt: [
              { name: IT, owner: "others" },
              { name: SOURCE, owner: "others" },
            ],
          },
          made: there,
          plan: "update adopted",
          live: from("one"),
          version: 2,
        },
        { column: "unverified stamp", plan: "conflict unverified", live: BY_HAND, version: 1 },
        {
          column: "unverified stamp",
          and: "adopt names it",
          declared: { ...there, adopt: [{ name: IT }] },
          plan: "conflict unverified",
          live: BY_HAND,
        },
      ],
    },
    {
      row: `${kind}, its input missing`,
      declared: { parameters, supplied: {} },
      made: there,
      meanwhile: async (world) => {
        if ((await world.value(SOURCE)) !== undefined) await removeSource(world);
      },
      cells: [
        { column: "absent", plan: `blocked input_missing on ${SOURCE}`, live: undefined },
        { column: "unstamped", plan: `blocked input_missing on ${SOURCE}`, live: BY_HAND, version: 1 },
        {
          column: "unstamped",
          and: "Figgy replicated it from the same source",
          by: { description: `Replicated from: ${figgySource} by: steve` },
          plan: `blocked input_missing on ${SOURCE}`,
          live: BY_HAND,
          version: 1,
        },
        { column: "untouched", plan: `blocked input_missing on ${SOURCE}`, live: from("one"), version: 1 },
        { column: "touched outside", plan: `blocked input_missing on ${SOURCE}`, live: BY_HAND, version: 2 },
        { column: "another owner", plan: "conflict others", live: from("one"), version: 1 },
        { column: "unverified stamp", plan: "conflict unverified", live: BY_HAND, version: 1 },
      ],
    },
    {
      row: `${kind}, its input blocked`,
      declared: there,
      meanwhile: async (world) => {
        if ((await world.value(SOURCE)) !== undefined) await world.remove(SOURCE);
        world.pass(31_000);
        await world.put(SOURCE, "unstamped and another");
      },
      cells: [
        { column: "absent", plan: `blocked input_blocked on ${SOURCE}`, live: undefined },
        { column: "unstamped", plan: `blocked input_blocked on ${SOURCE}`, live: BY_HAND, version: 1 },
        { column: "untouched", plan: `blocked input_blocked on ${SOURCE}`, live: from("one"), version: 1 },
        { column: "touched outside", plan: `blocked input_blocked on ${SOURCE}`, live: BY_HAND, version: 2 },
        { column: "another owner", plan: "conflict others", live: from("one"), version: 1 },
        { column: "unverified stamp", plan: "conflict unverified", live: BY_HAND, version: 1 },
      ],
    },
  ];
}

const STATIC = { parameters: { [IT]: {} } };
const GENERATE = { parameters: { [IT]: { generate: { type: "password" } } } };

const supplied = (value: string): WorldOptions => ({ ...STATIC, supplied: { [IT]: value } });
const literal = (value: string): WorldOptions => ({ parameters: { [IT]: { value } } });

const ROWS: readonly Row[] = [
  {
    row: "reference",
    declared: { parameters: { [IT]: { exists: true } } },
    made: supplied("first"),
    cells: [
      { column: "absent", plan: "blocked missing", live: undefined },
      { column: "unstamped", plan: "no-op", live: BY_HAND, version: 1 },
      { column: "untouched", plan: "no-op", live: "first", version: 1 },
      { column: "touched outside", plan: "no-op", live: BY_HAND, version: 2 },
      { column: "another owner", plan: "no-op", live: "first", version: 1 },
      { column: "unverified stamp", plan: "no-op", live: BY_HAND, version: 1 },
    ],
  },
  {
    row: "static, no value supplied",
    declared: { ...STATIC, supplied: {} },
    made: supplied("first"),
    cells: [
      { column: "absent", plan: "blocked missing", live: undefined },
      { column: "unstamped", plan: "no-op", live: BY_HAND, version: 1 },
      {
        column: "unstamped",
        and: "adopt names it",
        declared: { ...STATIC, adopt: [{ name: IT }] },
        plan: "update adopted",
        live: BY_HAND,
        version: 2,
      },
      { column: "untouched", plan: "no-op", live: "first", version: 1 },
      {
        column: "untouched",
        and: "an attribute changed",
        declared: { parameters: described({}), supplied: {} },
        plan: "update attribute_changed",
        live: "first",
        version: 2,
      },
      { column: "touched outside", plan: "no-op", note: "changed_outside", live: BY_HAND, version: 2 },
      {
        column: "touched outside",
        and: "an attribute changed",
        declared: { parameters: described({}), supplied: {} },
        plan: "no-op",
        note: "changed_outside",
        live: BY_HAND,
        version: 2,
      },
      { column: "another owner", plan: "no-op", live: "first", version: 1 },
      { column: "unverified stamp", plan: "no-op", live: BY_HAND, version: 1 },
    ],
  },
  {
    row: "static, value supplied",
    declared: supplied("wanted"),
    cells: [
      { column: "absent", plan: "create missing", live: "wanted", version: 1 },
      { column: "unstamped", plan: "blocked unstamped", live: BY_HAND, version: 1 },
      {
        column: "unstamped",
        and: "equal",
        by: { value: "wanted" },
        plan: "no-op",
        live: "wanted",
        version: 1,
      },
      {
        column: "unstamped",
        and: "adopt names it",
        declared: { ...supplied("wanted"), adopt: [{ name: IT }] },
        plan: "update adopted",
        live: "wanted",
        version: 2,
      },
      { column: "untouched", plan: "no-op", live: "wanted", version: 1 },
      {
        column: "untouched",
        and: "another value was supplied before",
        made: supplied("former"),
        plan: "update value_changed",
        live: "wanted",
        version: 2,
      },
      {
        column: "untouched",
        and: "an attribute changed",
        declared: { ...supplied("wanted"), parameters: described({}) },
        made: supplied("wanted"),
        plan: "update attribute_changed",
        live: "wanted",
        version: 2,
      },
      { column: "touched outside", plan: "update changed_outside", live: "wanted", version: 3 },
      {
        column: "touched outside",
        and: "equal",
        by: { value: "wanted" },
        plan: "no-op",
        live: "wanted",
        version: 2,
      },
      { column: "another owner", plan: "conflict others", live: "wanted", version: 1 },
      {
        column: "another owner",
        and: "adopt names its owner",
        declared: { ...supplied("wanted"), adopt: [{ name: IT, owner: "others" }] },
        made: supplied("former"),
        plan: "update adopted",
        live: "wanted",
        version: 2,
      },
      { column: "unverified stamp", plan: "conflict unverified", live: BY_HAND, version: 1 },
    ],
  },
  {
    row: "literal",
    declared: literal("wanted"),
    cells: [
      { column: "absent", plan: "create missing", live: "wanted", version: 1 },
      { column: "unstamped", plan: "blocked unstamped", live: BY_HAND, version: 1 },
      {
        column: "unstamped",
        and: "equal",
        by: { value: "wanted" },
        plan: "blocked unstamped",
        live: "wanted",
      },
      {
        column: "unstamped",
        and: "adopt names it",
        declared: { ...literal("wanted"), adopt: [{ name: IT }] },
        plan: "update adopted",
        live: "wanted",
        version: 2,
      },
      { column: "untouched", plan: "no-op", live: "wanted", version: 1 },
      {
        column: "untouched",
        and: "it was another literal before",
        made: literal("former"),
        plan: "update value_changed",
        live: "wanted",
        version: 2,
      },
      {
        column: "untouched",
        and: "an attribute changed",
        declared: { parameters: described({ value: "wanted" }) },
        made: literal("wanted"),
        plan: "update attribute_changed",
        live: "wanted",
        version: 2,
      },
      { column: "touched outside", plan: "update changed_outside", live: "wanted", version: 3 },
      {
        column: "touched outside",
        and: "equal",
        by: { value: "wanted" },
        plan: "update changed_outside",
        live: "wanted",
        version: 3,
      },
      { column: "another owner", plan: "conflict others", live: "wanted", version: 1 },
      { column: "unverified stamp", plan: "conflict unverified", live: BY_HAND, version: 1 },
    ],
  },
  ...followerRows("copy"),
  ...followerRows("merge"),
  {
    row: "generate",
    declared: GENERATE,
    cells: [
      { column: "absent", plan: "create missing", live: HEX, version: 1 },
      { column: "unstamped", plan: "blocked unstamped", live: BY_HAND, version: 1 },
      {
        column: "unstamped",
        and: "adopt names it",
        declared: { ...GENERATE, adopt: [{ name: IT }] },
        plan: "update adopted",
        live: BY_HAND,
        version: 2,
      },
      { column: "untouched", plan: "no-op", live: HEX, version: 1 },
      {
        column: "untouched",
        and: "it is to be regenerated",
        inputs: { regenerate: ["/**"] },
        plan: "update regenerate",
        live: HEX,
        version: 2,
      },
      {
        column: "untouched",
        and: "another is to be regenerated",
        inputs: { regenerate: ["/app/y/**"] },
        plan: "no-op",
        live: HEX,
        version: 1,
      },
      {
        column: "untouched",
        and: "an attribute changed",
        declared: { parameters: described({ generate: { type: "password" } }) },
        made: GENERATE,
        plan: "update attribute_changed",
        live: HEX,
        version: 2,
      },
      {
        column: "untouched",
        and: "it was static so far",
        made: supplied("typed once"),
        plan: "update stamp_renewed",
        note: "kind_changed",
        live: "typed once",
        version: 2,
      },
      { column: "touched outside", plan: "no-op", note: "changed_outside", live: BY_HAND, version: 2 },
      {
        column: "touched outside",
        and: "it is to be regenerated",
        inputs: { regenerate: ["/app/**"] },
        plan: "update regenerate",
        live: HEX,
        version: 3,
      },
      { column: "another owner", plan: "conflict others", live: HEX, version: 1 },
      { column: "unverified stamp", plan: "conflict unverified", live: BY_HAND, version: 1 },
    ],
  },
  undeclared("undeclared, in scope", false),
  undeclared("undeclared, in an exclusive scope", true),
];

function undeclared(row: string, exclusive: boolean): Row {
  const scopes = [{ path: "/app/", exclusive }];
  const parameters = { [OTHER]: { value: "kept, so that something is declared" } };
  const [listed, deleted] = exclusive ? ["withheld not_in_config", "delete not_in_config"] : [];
  return {
    row,
    declared: { parameters, supplied: {}, environment: { scopes } },
    made: { ...supplied("first") },
    cells: [
      { column: "absent", inputs: DELETE_ALL, plan: undefined, live: undefined },
      { column: "unstamped", plan: listed, live: BY_HAND },
      {
        column: "unstamped",
        and: "--delete",
        inputs: DELETE_ALL,
        plan: deleted,
        live: exclusive ? undefined : BY_HAND,
      },
      { column: "untouched", plan: "withheld not_in_config", live: "first", version: 1 },
      {
        column: "untouched",
        and: "--delete",
        inputs: DELETE_ALL,
        plan: "delete not_in_config",
        live: undefined,
      },
      { column: "touched outside", plan: "withheld not_in_config", live: BY_HAND, version: 2 },
      {
        column: "touched outside",
        and: "--delete",
        inputs: DELETE_ALL,
        plan: "delete not_in_config",
        live: undefined,
      },
      { column: "another owner", inputs: DELETE_ALL, plan: undefined, live: "first", version: 1 },
      { column: "unverified stamp", inputs: DELETE_ALL, plan: undefined, live: BY_HAND, version: 1 },
    ],
  };
}

for (const { row, cells, ...defaults } of ROWS) {
  group(row, () => {
    for (const cell of cells) {
      const { column, and, inputs = {}, plan, note, live, version } = cell;
      const name = `${row} × ${column}${and === undefined ? "" : `, ${and}`}: ${plan ?? "not ours"}`;
      test(name, async () => {
        const world = await makeWorld();
        const declared = cell.declared ?? defaults.declared;
        await lay(world, cell, cell.made ?? defaults.made ?? defaults.declared);
        world.declare(declared);
        await (cell.meanwhile ?? defaults.meanwhile)?.(world);

        const made = await world.plan(inputs);
        expect(decisions(made)[IT]).toBe(plan);
        expect(made.diagnostics.filter(({ address }) => address === IT).map(({ code }) => code)).toEqual(
          note === undefined ? [] : [note],
        );

        await world.applySaved(made);
        const value = await world.value(IT);
        if (live instanceof RegExp) expect(value).toMatch(live);
        else expect(value).toBe(live);
        if (version !== undefined) expect((await describe(world, IT))?.version).toBe(version);
        const again = decisions(await world.plan());
        if (/^(create|update)/.test(plan ?? "")) expect(again[IT]).toBe("no-op");
      });
    }
  });
}

test("what follows from a generated parameter that was touched outside takes the new value", async () => {
  const world = await makeWorld({
    parameters: { [SOURCE]: { generate: { type: "password" } }, [IT]: { copy: SOURCE } },
  });
  await world.apply();
  await world.put(SOURCE, BY_HAND);
  const plan = await world.plan();
  expect(decisions(plan)).toEqual({ [SOURCE]: "no-op", [IT]: "update source_changed" });
  await world.applySaved(plan);
  expect(await world.value(IT)).toBe(BY_HAND);
});

test("regenerating a parameter changes what follows from it in the same apply", async () => {
  const world = await makeWorld({
    parameters: { [SOURCE]: { generate: { type: "password" } }, [IT]: { copy: SOURCE } },
  });
  await world.apply();
  const former = await world.value(IT);
  const plan = await world.plan({ regenerate: ["/**"] });
  expect(decisions(plan)).toEqual({ [SOURCE]: "update regenerate", [IT]: "update source_changed" });
  await world.applySaved(plan);
  expect(await world.value(IT)).toMatch(HEX);
  expect(await world.value(IT)).toBe(await world.value(SOURCE));
  expect(await world.value(IT)).not.toBe(former);
});

test("a run that is resumed regenerates nothing twice", async () => {
  const world = await makeWorld({
    parameters: { [OTHER]: { generate: { type: "password" } }, [SOURCE]: { generate: { type: "password" } } },
  });
  await world.apply();
  const plan = await world.plan({ regenerate: ["/**"] });
  await world.applySaved(plan, { stopAfter: 1 });
  const made = await world.value(OTHER);
  const request = { resume: { fingerprint: plan.fingerprint } };
  const rest = await world.result({ regenerate: ["/**"] }, request);
  if (!rest.complete) throw new Error("the plan is incomplete");
  expect(decisions(rest.planned.plan)).toEqual({ [OTHER]: "no-op", [SOURCE]: "update regenerate" });
  await world.applySaved(plan);
  expect(await world.value(OTHER)).toBe(made);
});

test("a person is asked for what is absent and static or only an input, never for what others are to share", async () => {
  const shared = "/app/x/shared";
  const world = await makeWorld({
    parameters: {
      [OTHER]: {},
      [IT]: { merge: [`\${${SOURCE}}`, `\${${OTHER}}`] },
      [shared]: { exists: true },
      "/app/x/follows": { copy: shared },
    },
    prompts: true,
  });
  const plan = await world.plan({ allow: { blocked: 2 } });
  expect(decisions(plan)).toEqual({
    [OTHER]: "create missing",
    [SOURCE]: "create missing",
    [IT]: "create missing",
    [shared]: "blocked missing",
    "/app/x/follows": `blocked input_missing on ${shared}`,
  });
  await world.applySaved(plan, { asked: { [SOURCE]: "one", [OTHER]: "two" } });
  expect(await world.value(IT)).toBe("onetwo");
});
