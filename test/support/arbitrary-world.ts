import fc from "fast-check";
import type { Keyring } from "../../src/plan/keyring.ts";
import { MEDDLINGS, type Meddling, meddle } from "./meddling.ts";
import { type Shot, snapshot } from "./snapshot.ts";
import { DELETE_ALL, makeWorld, outcomes, type World, type WorldOptions } from "./world.ts";

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

const ENCODINGS = ["", ":uri", ":rfc3986", ":base64", ":json"] as const;
type Encoding = (typeof ENCODINGS)[number];

type RuleSpec =
  | { readonly kind: "static"; readonly supplied: string | null }
  | { readonly kind: "value"; readonly value: string }
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

/** How a world came to be: a config that was applied, what others did since, and the config that is declared now. */
export interface WorldSpec {
  readonly before: ConfigSpec;
  readonly meddlings: readonly Meddling[];
  readonly after: ConfigSpec;
}

const value = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes("{{") && text.trim() !== "");
const source = fc.nat({ max: 1000 });

const rule: fc.Arbitrary<RuleSpec> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("static" as const), supplied: fc.option(value) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("value" as const), value }) },
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
}

/** Lets the history of `spec` happen. All meddling is more than ten minutes away from our own writes. */
export async function buildWorld(spec: WorldSpec): Promise<BuiltWorld> {
  const world = await makeWorld(declarationOf(spec.before));
  for (const name of OUTSIDE) await world.put(name, `from ${name}`);
  const result = await world.apply(DELETE_ALL);
  const made = Object.entries(outcomes(result)).flatMap(([name, is]) => (is === "applied" ? [name] : []));
  const ownership = { ours: new Set(made), made: new Set(made) };
  const planned = await world.result();
  if (!planned.complete) throw new Error("a plan of an embedded store is complete");
  const { ring } = planned;
  for (const each of spec.meddlings) {
    world.pass(11 * 60_000);
    await meddle(world, ring, ownership, each);
  }
  world.pass(11 * 60_000);
  world.declare(declarationOf(spec.after));
  return { world, ring, ours: ownership.ours, live: await snapshot(world.client) };
}
