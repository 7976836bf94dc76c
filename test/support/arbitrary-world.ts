import fc from "fast-check";
import { parameterName } from "../../src/model/name.ts";
import type { Keyring } from "../../src/plan/keyring.ts";
import type { PlanInputs } from "../../src/plan/plan.ts";
import { type Bearer, MEDDLINGS, type Meddling, meddle } from "./meddling.ts";
import { type Shot, snapshot } from "./snapshot.ts";
import {
  DELETE_ALL,
  describe,
  makeWorld,
  NO_INPUTS,
  outcomes,
  type World,
  type WorldOptions,
} from "./world.ts";

/** Names that configs may declare: each may follow from those before it. */
export const POOL = [
  "/dba/a",
  "/dba/b",
  "/dba/c",
  "/app/one/a",
  "/app/one/b",
  "/app/two/a",
  "/app/two/b",
  "/shared/z",
] as const;
/** Names outside all scopes, which configs can only refer to. */
export const OUTSIDE = ["/outside/a", "/outside/b"] as const;
const EVERYWHERE = [...OUTSIDE, ...POOL];

const IMAGE = "ami-0123456789abcdef0";

const ENCODINGS = ["", ":uri", ":rfc3986", ":base64", ":json"] as const;
type Encoding = (typeof ENCODINGS)[number];

type RuleSpec =
  | { readonly kind: "static"; readonly supplied: string | null }
  | { readonly kind: "value"; readonly value: string }
  /** The id of a machine image, which AWS looks at or does not: from one to the other it is replaced. */
  | { readonly kind: "image"; readonly looked: boolean }
  | { readonly kind: "generate" }
  | { readonly kind: "exists" }
  | { readonly kind: "copy"; readonly source: number }
  | { readonly kind: "derive"; readonly source: number }
  | {
      readonly kind: "merge";
      readonly inputs: readonly { readonly source: number; readonly encoding: Encoding }[];
    };

export interface EntrySpec {
  readonly rule: RuleSpec;
  readonly description: string;
  readonly tagged: boolean;
}

/** One config, an entry or none for each name of the pool. */
export type ConfigSpec = readonly (EntrySpec | null)[];

/** What becomes of a name that a config neither declares nor refers to; null where the config says nothing of it. */
type Fate =
  | { readonly kind: "removed"; readonly destroy: boolean }
  | { readonly kind: "moved"; readonly to: number }
  | null;

/** What a config says of names beside their entries. */
export interface RemarksSpec {
  readonly public: readonly string[];
  readonly protect: readonly string[];
  /** Whether all under `/shared/` is ours. */
  readonly exclusive: boolean;
  readonly adopt: readonly { readonly name: string; readonly owner: "another" | null }[];
  /** One for each name of the pool. */
  readonly fates: readonly Fate[];
}

/** What is asked of an apply. `rollback` picks one of the versions that can come back, if there are any. */
export interface AskedSpec {
  readonly regenerate: string[];
  readonly rollback: number | null;
}

/**
 * How a world came to be: a config that was applied, what others did since, the config that is declared now, and what
 * is asked of it.
 */
export interface WorldSpec {
  readonly before: ConfigSpec;
  readonly meddlings: readonly Meddling[];
  readonly after: ConfigSpec;
  readonly remarks: RemarksSpec;
  readonly asked: AskedSpec;
}

const value = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes("{{") && text.trim() !== "");
const source = fc.nat({ max: 1000 });

const rule: fc.Arbitrary<RuleSpec> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("static" as const), supplied: fc.option(value) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("value" as const), value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("image" as const), looked: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("generate" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("exists" as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("copy" as const), source }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("derive" as const), source }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("merge" as const),
      inputs: fc.array(fc.record({ source, encoding: fc.constantFrom(...ENCODINGS) }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  },
);
const entry: fc.Arbitrary<EntrySpec> = fc.record({
  rule,
  description: fc.constantFrom("", "", "for the service", "{paraform:9 x}"),
  tagged: fc.boolean(),
});
const config: fc.Arbitrary<ConfigSpec> = fc.tuple(...POOL.map(() => fc.option(entry, { freq: 4 })));
const meddling: fc.Arbitrary<Meddling> = fc.record({
  deed: fc.constantFrom(...MEDDLINGS),
  name: fc.constantFrom(...EVERYWHERE),
  other: fc.constantFrom(...EVERYWHERE),
  value,
});

const globs: fc.Arbitrary<string[]> = fc.uniqueArray(
  fc.constantFrom("/dba/*", "/app/one/**", "/app/*/b", "/shared/z"),
  { maxLength: 2 },
);
const remarks: fc.Arbitrary<RemarksSpec> = fc.record({
  public: globs,
  protect: globs,
  exclusive: fc.boolean(),
  adopt: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...POOL),
      owner: fc.option(fc.constant("another" as const)),
    }),
    { maxLength: 3, selector: ({ name }) => name },
  ),
  fates: fc.tuple(
    ...POOL.map(() =>
      fc.option(
        fc.oneof(
          fc.record({ kind: fc.constant("removed" as const), destroy: fc.boolean() }),
          fc.record({ kind: fc.constant("moved" as const), to: fc.nat({ max: 1000 }) }),
        ),
        { freq: 2 },
      ),
    ),
  ),
});
const asked: fc.Arbitrary<AskedSpec> = fc.record({
  regenerate: fc.constantFrom(["/**"], ["/**"], ["/dba/*"], ["/app/*/a"]),
  rollback: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.nat({ max: 1000 }) },
  ),
});

/** Worlds whose present config is an edited former one, so that what is live and what is declared collide. */
export const worldSpec: fc.Arbitrary<WorldSpec> = config.chain((before) =>
  fc.record({
    before: fc.constant(before),
    meddlings: fc.array(meddling, { maxLength: 4 }),
    after: fc.tuple(
      ...before.map((former) =>
        fc.oneof(
          { weight: 3, arbitrary: fc.constant(former) },
          { weight: 2, arbitrary: entry },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
      ),
    ),
    remarks,
    asked,
  }),
);

/** What a name follows from, by its place in the pool. */
export function sourcesOf(spec: ConfigSpec, index: number): { name: string; encoding: Encoding }[] {
  const rule = spec[index]?.rule;
  const named = (number: number) => {
    const choice = [...OUTSIDE, ...POOL.slice(0, index)];
    return choice[number % choice.length] as string;
  };
  if (rule?.kind === "copy" || rule?.kind === "derive") return [{ name: named(rule.source), encoding: "" }];
  if (rule?.kind !== "merge") return [];
  return rule.inputs.map((input) => ({ name: named(input.source), encoding: input.encoding }));
}

/** The entry as a replication file has it. */
export function entryOf(spec: ConfigSpec, index: number): Record<string, unknown> | undefined {
  const found = spec[index];
  if (found === null || found === undefined) return undefined;
  const { rule, description, tagged } = found;
  const sources = sourcesOf(spec, index);
  const attributes = {
    ...(description === "" ? {} : { description }),
    ...(tagged ? { tags: { team: "platform" } } : {}),
  };
  switch (rule.kind) {
    case "exists":
      return { exists: true };
    case "static":
      return attributes;
    case "value":
      return { ...attributes, value: rule.value };
    case "image":
      return { ...attributes, value: IMAGE, dataType: rule.looked ? "aws:ec2:image" : "text" };
    case "generate":
      return { ...attributes, generate: { type: "password" } };
    case "copy":
      return { ...attributes, copy: sources[0]?.name };
    case "derive":
      return { ...attributes, generate: { type: "mtime", source: sources[0]?.name } };
    case "merge":
      return {
        ...attributes,
        merge: ["<", ...sources.map(({ name, encoding }) => `\${${name}${encoding}}`), ">"],
      };
  }
}

/** What a test world is declared with to have this config. */
export function declarationOf(spec: ConfigSpec): WorldOptions {
  const entries = POOL.flatMap((name, index) => {
    const found = entryOf(spec, index);
    return found === undefined ? [] : [[name, found] as const];
  });
  const supplied = POOL.flatMap((name, index) => {
    const rule = spec[index]?.rule;
    return rule?.kind === "static" && rule.supplied !== null ? [[name, rule.supplied] as const] : [];
  });
  return { parameters: Object.fromEntries(entries), supplied: Object.fromEntries(supplied) };
}

/** The same, and what the present config says beside its entries. */
export function declaredNow(spec: WorldSpec): WorldOptions {
  const { public: shown, protect, exclusive } = spec.remarks;
  return {
    ...declarationOf(spec.after),
    environment: {
      scopes: ["/dba/", "/app/", { path: "/shared/", exclusive }],
      ...(shown.length === 0 ? {} : { public: shown }),
      ...(protect.length === 0 ? {} : { protect }),
    },
    files: { "lifecycle.json": lifecycleOf(spec) },
  };
}

interface Lifecycle {
  readonly adopt: readonly { readonly name: string; readonly owner?: string }[];
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  readonly removed: readonly { readonly name: string; readonly destroy: boolean }[];
}

/**
 * What is adopted is declared; what moves or is removed is not, and moves to a name that is, if it can to a new one, or
 * on to that by a name that moves itself.
 */
export function lifecycleOf({ before, after, remarks }: WorldSpec): Lifecycle {
  const referred = new Set(after.flatMap((_, index) => sourcesOf(after, index).map(({ name }) => name)));
  const isDeclared = (index: number) => (after[index]?.rule.kind ?? "exists") !== "exists";
  const declared = POOL.filter((_, index) => isDeclared(index));
  const isNew = (name: (typeof POOL)[number]) => before[POOL.indexOf(name)] === null;
  const destinations = [...declared.filter(isNew), ...declared.filter((name) => !isNew(name))];
  const moved: { from: string; to: string }[] = [];
  const removed: { name: string; destroy: boolean }[] = [];
  for (const [index, name] of POOL.entries()) {
    const fate = remarks.fates[index] ?? null;
    if (fate === null || after[index] !== null || referred.has(name)) continue;
    if (fate.kind === "removed") removed.push({ name, destroy: fate.destroy });
    else
      for (const to of destinations.splice(fate.to % 3, 1)) {
        moved.push({ from: name, to });
        destinations.unshift(name);
      }
  }
  const adopt = remarks.adopt
    .filter(({ name }) => declared.some((one) => one === name))
    .map(({ name, owner }) => ({ name, ...(owner === null ? {} : { owner }) }));
  return { adopt, moved, removed };
}

/** What each name that something moves to was called before, the nearest first. */
export function formerlyOf(spec: WorldSpec): ReadonlyMap<string, readonly string[]> {
  const before = new Map(lifecycleOf(spec).moved.map(({ from, to }) => [to, from]));
  const chain = (to: string): string[] => {
    const from = before.get(to);
    return from === undefined ? [] : [from, ...chain(from)];
  };
  return new Map([...before.keys()].map((to) => [to, chain(to)]));
}

/** What a plan is asked for: a rollback where one is picked and possible, else all that can be deleted or regenerated. */
export async function inputsOf({ world, bearers }: BuiltWorld, spec: WorldSpec): Promise<PlanInputs> {
  const { regenerate, rollback } = spec.asked;
  const can = POOL.filter((name, index) => {
    const rule = spec.after[index]?.rule;
    const isRolled = rule?.kind === "generate" || (rule?.kind === "static" && rule.supplied === null);
    return isRolled && bearers.has(name);
  });
  const name = rollback === null ? undefined : can[rollback % Math.max(1, can.length)];
  if (rollback === null || name === undefined) return { ...DELETE_ALL, regenerate };
  const { version } = (await describe(world, name)) ?? { version: 1 };
  const { followers } = world.session.graph;
  const affected = new Set([parameterName(name)]);
  for (const each of affected) for (const follower of followers.get(each) ?? []) affected.add(follower);
  return { ...NO_INPUTS, target: [...affected].sort(), rollback: { [name]: 1 + (rollback % version) } };
}

/** How a merge writes an input, by the language's own means. */
export function encoded(text: string, encoding: Encoding): string {
  const percent = (part: string) =>
    encodeURIComponent(part).replace(
      /[!'()*]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  switch (encoding) {
    case "":
      return text;
    case ":uri":
      return percent(text).replaceAll("%20", "+");
    case ":rfc3986":
      return percent(text);
    case ":base64":
      return Buffer.from(text).toString("base64");
    case ":json":
      return JSON.stringify(text);
  }
}

export interface BuiltWorld {
  readonly world: World;
  readonly ring: Keyring;
  /** What lies in the store, before anything is planned for the present config. */
  readonly live: ReadonlyMap<string, Shot>;
  /** The live names that paraform wrote last, or that still bear what it wrote when somebody put another value. */
  readonly ours: ReadonlySet<string>;
  /** Whose stamps the live names bear. */
  readonly bearers: ReadonlyMap<string, Bearer>;
}

/** Lets the history of `spec` happen. All meddling is more than ten minutes away from our own writes. */
export async function buildWorld(spec: WorldSpec): Promise<BuiltWorld> {
  const world = await makeWorld(declarationOf(spec.before));
  for (const name of OUTSIDE) await world.put(name, `from ${name}`);
  const result = await world.apply(DELETE_ALL);
  const made = Object.entries(outcomes(result)).flatMap(([name, is]): [string, Bearer][] =>
    is === "applied" ? [[name, "ours"]] : [],
  );
  const ownership = { now: new Map(made), first: new Map(made) };
  const planned = await world.result();
  if (!planned.complete) throw new Error("a plan of an embedded store is complete");
  const { ring } = planned;
  for (const each of spec.meddlings) {
    world.pass(11 * 60_000);
    await meddle(world, ring, ownership, each);
  }
  world.pass(11 * 60_000);
  world.declare(declaredNow(spec));
  const { now: bearers } = ownership;
  const ours = new Set([...bearers].flatMap(([name, bearer]) => (bearer === "ours" ? [name] : [])));
  return { world, ring, ours, bearers, live: await snapshot(world.client) };
}
