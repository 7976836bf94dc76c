import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PutParameterCommandInput } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { keptLabel } from "../../src/apply/kept-copy.ts";
import { stale } from "../../src/apply/stale.ts";
import type { PlanInputs } from "../../src/plan/plan.ts";
import { renderApplyResult, renderOutcomeLine } from "../../src/render/human-apply.ts";
import { renderKeptCopies } from "../../src/render/human-kept.ts";
import { renderPlan } from "../../src/render/human-plan.ts";
import { renderJson } from "../../src/render/json.ts";
import { renderMarkdownPlan } from "../../src/render/markdown-plan.ts";
import { makeWorld, type World, type WorldOptions } from "../support/world.ts";

/**
 * A case is a folder: `case.json` says what is live and declared, the other files are what users see of it,
 * whole. `vitest -u` writes them anew; read the difference before you commit it.
 */
interface Case {
  /** What the case is about, in a sentence. */
  readonly story: string;
  /** What somebody else has put before paraform came. */
  readonly live?: readonly Put[];
  /** A desired state that was applied earlier, and what others did after that. */
  readonly earlier?: { readonly declared: WorldOptions; readonly others?: readonly Deed[] };
  readonly declared: WorldOptions;
  readonly inputs?: Partial<PlanInputs>;
  readonly deep?: boolean;
  /** The comment of a pull request is shown too: here it teaches something. */
  readonly markdown?: boolean;
  /** Generated values are live: their digests, and the MAC over them, are another one each time. */
  readonly random?: boolean;
  /** What others do between plan and apply. */
  readonly meanwhile?: readonly Deed[];
  /** What a person answers at apply. */
  readonly asked?: Readonly<Record<string, string>>;
}

interface Put {
  readonly name: string;
  readonly value: string;
  readonly more?: Partial<PutParameterCommandInput>;
}

type Deed = { readonly put: Put } | { readonly remove: string };

/** Thirty-two bytes of nothing secret: digests in the expected files come out the same each time. */
const DIGEST_KEY = Buffer.alloc(32, "dummy").toString("base64");
const HOUR = 3_600_000;
/** What `password` and `bcrypt-password-hash` make is another one each time. */
const GENERATED = /^"([0-9a-f]{64}|\$2b\$04\$[./A-Za-z0-9]{53})"$/;

const root = import.meta.dirname;
const names = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

describe("cases", () => {
  test.each(names)("%s", async (name) => {
    const folder = join(root, name);
    const given = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as Case;
    const world = await makeWorld({ ...(given.earlier?.declared ?? given.declared), digestKey: DIGEST_KEY });
    for (const put of given.live ?? []) await world.put(put.name, put.value, put.more);
    if (given.earlier !== undefined) {
      await world.apply();
      world.pass(HOUR);
      await doDeeds(world, given.earlier.others);
      world.declare(given.declared);
    }
    world.pass(HOUR);

    const plan = await world.plan(given.inputs, { deep: given.deep ?? false });
    await expect(renderPlan(plan, { color: false })).toMatchFileSnapshot(join(folder, "plan.txt"));
    if (given.markdown) {
      await expect(renderMarkdownPlan(plan)).toMatchFileSnapshot(join(folder, "plan.md"));
    }
    const json = renderJson(plan);
    await expect(given.random ? withoutRandomness(json) : json).toMatchFileSnapshot(
      join(folder, "plan.json"),
    );

    await doDeeds(world, given.meanwhile);
    world.pass(HOUR);
    const result = await carryOut(world, plan, given);
    await expect(`${result}\n${await liveText(world)}`).toMatchFileSnapshot(join(folder, "result.txt"));
  });
});

async function doDeeds(world: World, deeds: readonly Deed[] = []): Promise<void> {
  for (const deed of deeds) {
    if ("remove" in deed) await world.remove(deed.remove);
    else await world.put(deed.put.name, deed.put.value, deed.put.more);
    world.pass(HOUR);
  }
}

/** What `apply` of the saved plan prints, and why it refuses where it does. */
async function carryOut(
  world: World,
  plan: Awaited<ReturnType<World["plan"]>>,
  given: Case,
): Promise<string> {
  if (!plan.applyable) return "Apply refuses this plan: see its conflicts, guards and blocked parameters.\n";
  try {
    const result = await world.applySaved(plan, { asked: given.asked ?? {} });
    const lines = result.outcomes.map(({ address, action, outcome }) =>
      renderOutcomeLine(address, action, outcome, false),
    );
    return `${lines.join("")}${renderApplyResult(result, { color: false })}`;
  } catch (error) {
    if (error instanceof Error && error.name === stale(plan, []).name) return `${error.message}\n`;
    throw error;
  }
}

function withoutRandomness(json: string): string {
  return json
    .replace(/"[0-9a-f]{8}\.[\w-]{22}"/g, '"(digest)"')
    .replace(/"mac": "[0-9a-f]{32}"/, '"mac": "(mac)"');
}

/** What lies live then: names and metadata, and what each value is, for these are dummies; and what copies are kept. */
async function liveText(world: World): Promise<string> {
  const live = await world.session.store.describe({ prefixes: ["/dba/", "/app/", "/shared/"], names: [] });
  const lines: string[] = [];
  for (const [name, { type, version, keyId }] of [...live].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const value = JSON.stringify(await world.value(name)).replace(GENERATED, "(generated)");
    lines.push(`${name} ${type} v${version}${keyId === undefined ? "" : ` ${keyId}`} = ${value}`);
  }
  const copies = await world.session.store.describe({ prefixes: ["/paraform/test/deleted/"], names: [] });
  const kept = [...copies.values()].flatMap((copy) => keptLabel(copy) ?? []);
  return `${lines.join("\n")}\n${kept.length === 0 ? "" : `\n${renderKeptCopies(kept)}`}`;
}
