import { describe, expect, test } from "vitest";
import { decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const PARAMETERS = { "/dba/s": {}, "/app/a": { copy: "/dba/s" }, "/app/b": { value: "b" } };
const NO_VALUES = { deny: ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"] };

/** A plan made by who may decrypt nothing but the digest key, applied by who may decrypt everything. */
async function planBlindly(world: World) {
  world.impose(NO_VALUES);
  const plan = await world.plan();
  world.impose({});
  return plan;
}

const inSync = async (world: World) =>
  Object.values(decisions(await world.plan())).every((decision) => decision === "no-op");

describe("a plan of who may read no value holds for who may", () => {
  test("when a source was put again with the value that it had", async () => {
    const world = await makeWorld({ parameters: { ...PARAMETERS }, supplied: { "/dba/s": "one" } });
    await world.apply();
    world.declare({ supplied: {} });
    await world.put("/dba/s", "one");
    const plan = await planBlindly(world);
    expect(decisions(plan)).toMatchObject({ "/app/a": "update source_changed" });
    expect(decisions(await world.plan())).toMatchObject({ "/app/a": "update stamp_renewed" });
    expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/a": "applied" });
    expect(await inSync(world)).toBe(true);
  });

  test("when a person put by hand what a source supplies", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { "/dba/s": "one" } });
    await world.apply();
    world.declare({ supplied: { "/dba/s": "two" } });
    await world.put("/dba/s", "two");
    const plan = await planBlindly(world);
    expect(decisions(plan)).toMatchObject({
      "/dba/s": "update changed_outside",
      "/app/a": "update source_changed",
    });
    expect(decisions(await world.plan())).toMatchObject({ "/dba/s": "no-op" });
    expect(outcomes(await world.applySaved(plan))).toEqual({ "/dba/s": "applied", "/app/a": "applied" });
    expect(await world.value("/app/a")).toBe("two");
    expect(await inSync(world)).toBe(true);
  });

  test("when it found blocked what others can see to be right: the rest is applied, as reviewed", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { "/dba/s": "one" } });
    await world.put("/dba/s", "one");
    const plan = await planBlindly(world);
    expect(decisions(plan)).toMatchObject({ "/dba/s": "blocked unstamped" });
    expect(decisions(await world.plan())).toMatchObject({ "/dba/s": "no-op", "/app/a": "create missing" });
    expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/b": "applied" });
    expect(await world.value("/app/a")).toBeUndefined();
  });

  test("but not when something else is to be written than it said", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { "/dba/s": "one" } });
    await world.apply();
    world.declare({ supplied: { "/dba/s": "two" } });
    await world.put("/dba/s", "two");
    const plan = await planBlindly(world);
    world.declare({ supplied: { "/dba/s": "three" } });
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: 4 });
  });
});

test("who may not write a replica's tags, or read any replica, can still apply what needs neither", async () => {
  const world = await makeWorld({ parameters: PARAMETERS, supplied: { "/dba/s": "one" } });
  world.impose({
    deny: ["kms:Decrypt:alias/replication", "ssm:AddTagsToResource", "ssm:GetParameterHistory"],
  });
  expect(new Set(Object.values(outcomes(await world.apply())))).toEqual(new Set(["applied"]));
});
