import fc from "fast-check";
import { test } from "vitest";
import { OWN_ROOT } from "../../src/model/name.ts";
import { actionOf } from "../../src/plan/action.ts";
import type { Plan } from "../../src/plan/plan.ts";
import {
  buildWorld,
  inputsOf,
  OUTSIDE,
  POOL,
  type WorldSpec,
  worldSpec,
} from "../support/arbitrary-world.ts";
import { aroundStore, Killed } from "../support/around-store.ts";
import { applyFileless } from "../support/fileless.ts";
import { MEDDLINGS, type Meddling, meddle } from "../support/meddling.ts";
import { rekey, type World } from "../support/world.ts";
import { expectCaught, expectLaw } from "./law.ts";

const ANY = [...OUTSIDE, ...POOL];

/** An apply that dies at one of its own writes, and what somebody does then. */
interface Cut {
  readonly write: number;
  readonly when: "before" | "after";
  readonly meddling: Meddling | "rekey" | null;
}

const cuts: fc.Arbitrary<readonly Cut[]> = fc.array(
  fc.record({
    write: fc.integer({ min: 1, max: 5 }),
    when: fc.constantFrom("before", "after"),
    meddling: fc.oneof(
      fc.constant(null),
      fc.constant("rekey" as const),
      fc.record({
        deed: fc.constantFrom(...MEDDLINGS, "remove", "remove", "remove"),
        name: fc.constantFrom(...ANY),
        other: fc.constantFrom(...ANY),
        value: fc.constantFrom("meddled", "meddled, too"),
      }),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

type Write = readonly [method: "put" | "delete", name: string];

/** Lets `work` write to `world`, and tells what it wrote; `cut` kills it at that of its writes. */
async function watched(world: World, cut: Cut | undefined, work: () => Promise<unknown>) {
  const { session } = world;
  const writes: Write[] = [];
  let died = false;
  const store = aroundStore(session.store, async ({ method, name = "" }, carryOut) => {
    if (died) throw new Killed();
    if ((method !== "put" && method !== "delete") || name.startsWith(OWN_ROOT)) return carryOut();
    died = writes.length + 1 === cut?.write;
    if (died && cut?.when === "before") throw new Killed();
    const answer = await carryOut();
    writes.push([method, name]);
    if (died) throw new Killed();
    return answer;
  });
  world.session = { ...session, store };
  const result = await work().catch((error: unknown) => {
    if (error instanceof Killed) return undefined;
    return "refused";
  });
  world.session = session;
  return { writes, died, result };
}

/** What was written of which `plan` says nothing, or something else. */
function unsaid(plan: Plan, writes: readonly Write[]): string[] {
  const changes = new Map(plan.resource_changes.map((change) => [change.address, actionOf(change)]));
  const former = new Set(plan.resource_changes.map(({ previous_address }) => previous_address));
  const puts = new Set(["create", "update", "replace", "move", "forget"]);
  return writes.flatMap(([method, name]) => {
    const action = changes.get(name) ?? "no-op";
    const isSaid =
      method === "put" ? puts.has(action) : action === "delete" || action === "replace" || former.has(name);
    return isSaid ? [] : [`${method} ${name}, of which the plan says ${action}`];
  });
}

const onlyWhatIsExpected =
  (expects: (plan: Plan) => { readonly expect?: string }) =>
  async ([spec, all, deletes]: [WorldSpec, readonly Cut[], boolean]) => {
    const built = await buildWorld({ ...spec, asked: { ...spec.asked, rollback: null } });
    const { world, ring } = built;
    const asked = await inputsOf(built, { ...spec, asked: { ...spec.asked, rollback: null } });
    const inputs = deletes ? asked : { ...asked, delete: [] };
    const { guards } = await world.plan(inputs);
    const tripped = guards.filter((guard) => guard.tripped).map(({ name, count }) => [name, count]);
    const meant = { ...inputs, allow: Object.fromEntries(tripped) };
    const plan = await world.plan(meant);
    const faults: string[] = [];
    let disturbed = !plan.applyable;
    for (const [index, cut] of [...all, undefined].entries()) {
      const { writes, died, result } = await watched(world, cut, () =>
        applyFileless(world, meant, { pid: index + 1, ...expects(plan) }),
      );
      faults.push(...unsaid(plan, writes));
      if (typeof result === "string" && !disturbed) faults.push(`${result}, though nobody did anything`);
      if (!died) break;
      world.pass(60_000);
      if (cut?.meddling === "rekey") await rekey(world);
      else if (cut?.meddling) {
        disturbed = true;
        const ownership = { now: new Map(), first: new Map() };
        await meddle(world, ring, ownership, cut.meddling).catch(() => {});
      }
      world.pass(60_000);
    }
    return faults;
  };

const samples = fc.tuple(worldSpec, cuts, fc.boolean());

test("an apply that expects a plan does nothing else, wherever it is cut, whoever meddles, and is finished where nobody does", () =>
  expectLaw(
    samples,
    onlyWhatIsExpected(({ fingerprint }) => ({ expect: fingerprint })),
    25,
  ));

test("… and one that goes on with whatever is left is caught", () =>
  expectCaught(
    samples,
    onlyWhatIsExpected(() => ({})),
  ));
