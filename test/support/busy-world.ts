import { parameterName } from "../../src/model/name.ts";
import type { Plan, PlanInputs } from "../../src/plan/plan.ts";
import { snapshot } from "./snapshot.ts";
import { changeOf, DELETE_ALL, decisions, makeWorld, type World } from "./world.ts";

const BEFORE = {
  "/dba/password": {},
  "/dba/made": { generate: { type: "password" } },
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/url": { merge: ["x://", "${/dba/made}", "@", "${/app/a/password:uri}"] },
  "/app/a/old": { value: "old" },
  "/app/a/tagged": { value: "tagged" },
};
const AFTER = {
  ...BEFORE,
  "/app/a/old": undefined,
  "/app/a/tagged": { value: "tagged", tags: { team: "a" } },
  "/app/b/made": { copy: "/dba/made" },
  "/app/b/new": { generate: { type: "password" } },
};

/** What `busyWorld`'s plans are made with: everything is deleted or regenerated that can be. */
export const BUSY_INPUTS: PlanInputs = { ...DELETE_ALL, regenerate: ["/**"] };

/** A world with one change of each kind ahead of it: create, update, regenerate, follow, tag, delete. */
export async function busyWorld(): Promise<World> {
  const world = await makeWorld({ parameters: BEFORE, supplied: { "/dba/password": "first dummy" } });
  await world.apply();
  const { "/app/a/old": _, ...parameters } = AFTER;
  world.declare({ parameters, supplied: { "/dba/password": "second dummy" } });
  return world;
}

/**
 * What is wrong with a busy world after `plan` was to be carried out: a parameter that is not at its planned version
 * (it was not written, or twice), a follower that is not as its sources, or a plan that is not empty.
 */
export async function faultsOf(world: World, plan: Plan): Promise<string[]> {
  const live = await snapshot(world.client);
  const value = (name: string) => live.get(parameterName(name))?.value;
  const faults: string[] = [];
  for (const { address } of plan.resource_changes) {
    const [is, planned] = [live.get(address)?.version, changeOf(plan, address)?.change.after?.version];
    if (is !== planned) faults.push(`${address} is at ${is}, planned ${planned}`);
  }
  if (value("/app/a/password") !== "second dummy") faults.push("/app/a/password is not as its source");
  if (value("/app/b/made") !== value("/dba/made")) faults.push("/app/b/made is not as its source");
  if (value("/app/a/url") !== `x://${value("/dba/made")}@second+dummy`)
    faults.push("/app/a/url is not as its inputs");
  for (const [name, decision] of Object.entries(decisions(await world.plan()))) {
    if (decision !== "no-op") faults.push(`${name}: ${decision}`);
  }
  return faults;
}
