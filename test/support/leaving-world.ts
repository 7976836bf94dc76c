import type { Plan, PlanInputs } from "../../src/plan/plan.ts";
import { snapshot } from "./snapshot.ts";
import { changeOf, DELETE_ALL, decisions, makeWorld, type World } from "./world.ts";

const GENERATE = { generate: { type: "password" } };
const BEFORE = {
  "/dba/old": GENERATE,
  "/dba/static": {},
  "/dba/given": { description: "for the others" },
  "/app/follower": { merge: ["<", "${/dba/old}", ">"] },
  "/app/gone": GENERATE,
  "/app/image": { value: "ami-0000000000000000a" },
};
const AFTER = {
  "/dba/new": GENERATE,
  "/dba/renamed": {},
  "/app/follower": { merge: ["<", "${/dba/new}", ">"] },
  "/app/image": { value: "ami-0000000000000000a", dataType: "aws:ec2:image" },
};
const LEAVING = {
  moved: [
    { from: "/dba/old", to: "/dba/new" },
    { from: "/dba/static", to: "/dba/renamed" },
  ],
  removed: [
    { name: "/dba/given", destroy: false },
    { name: "/app/gone", destroy: true },
  ],
};

export const LEAVING_INPUTS: PlanInputs = { ...DELETE_ALL, allow: { update: 1 } };

/** What has the values that must not be lost, before anything leaves. */
export type Values = Readonly<Record<"old" | "static" | "given", string | undefined>>;

/** A world with everything ahead of it that ends the life of a name: two moves, a forget, a delete, a replace. */
export async function leavingWorld(): Promise<{ world: World; values: Values }> {
  const world = await makeWorld({
    parameters: BEFORE,
    supplied: { "/dba/static": "dummy static", "/dba/given": "dummy given" },
  });
  await world.apply();
  world.pass(3_600_000);
  const values = {
    old: await world.value("/dba/old"),
    static: await world.value("/dba/static"),
    given: await world.value("/dba/given"),
  };
  world.declare({ parameters: AFTER, supplied: {}, files: { "leaving.json": LEAVING } });
  return { world, values };
}

/** What is wrong with a leaving world after `plan` was to be carried out. */
export async function lossesOf(world: World, values: Values, plan: Plan): Promise<string[]> {
  const live = await snapshot(world.client);
  const value = (name: string) => live.get(name)?.value;
  const faults: string[] = [];
  for (const { address } of plan.resource_changes) {
    const [is, planned] = [live.get(address)?.version, changeOf(plan, address)?.change.after?.version];
    if (is !== planned) faults.push(`${address} is at ${is}, planned ${planned}`);
  }
  for (const name of ["/dba/old", "/dba/static"]) if (live.has(name)) faults.push(`${name} is still there`);
  if (value("/dba/new") !== values.old) faults.push("/dba/new has another value");
  if (value("/dba/renamed") !== values.static) faults.push("/dba/renamed has another value");
  if (value("/dba/given") !== values.given) faults.push("/dba/given has another value");
  if (live.get("/dba/given")?.description !== "for the others") faults.push("/dba/given is not forgotten");
  if (value("/app/follower") !== `<${values.old}>`) faults.push("/app/follower has another value");
  for (const [name, decision] of Object.entries(decisions(await world.plan(DELETE_ALL)))) {
    if (decision !== "no-op") faults.push(`${name}: ${decision}`);
  }
  return faults;
}
