import { describe, expect, test } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import type { Reading } from "../../src/store/store.ts";
import { aroundStore, type Hook } from "../support/around-store.ts";
import { changeOf, decisions, makeWorld, outcomes, type World } from "../support/world.ts";

const PARAMETERS = {
  "/app/a/one": { copy: "/dba/one" },
  "/app/a/both": { merge: ["${/dba/one}", "+", "${/dba/two}"] },
  "/app/a/two": { copy: "/dba/two" },
  "/app/b/both": { copy: "/app/a/both" },
  "/app/b/none": { value: "none" },
};

async function withSources(): Promise<World> {
  const world = await makeWorld({ parameters: PARAMETERS });
  await world.put("/dba/one", "1");
  await world.put("/dba/two", "2");
  return world;
}

function hook(world: World, around: Hook): void {
  world.session = { ...world.session, store: aroundStore(world.session.store, around) };
}

describe("what follows from a source is not written, and the rest goes on, when", () => {
  test("the source's write fails", async () => {
    const world = await makeWorld({
      parameters: { ...PARAMETERS, "/dba/one": {}, "/dba/two": {} },
      supplied: { "/dba/one": "1", "/dba/two": "2" },
    });
    world.impose({ deny: ["ssm:PutParameter:/dba/one"] });
    const plan = await world.plan();
    const result = await world.applySaved(plan);
    expect(outcomes(result)).toEqual({
      "/dba/one": "failed AccessDeniedException",
      "/app/a/one": "skipped",
      "/app/a/both": "skipped",
      "/app/b/both": "skipped",
      "/dba/two": "applied",
      "/app/a/two": "applied",
      "/app/b/none": "applied",
    });
    expect(result.outcomes.find(({ address }) => address === "/app/b/both")?.outcome).toEqual({
      kind: "skipped",
      on: "/app/a/both",
    });
    world.impose({});
    expect(new Set(Object.values(outcomes(await world.applySaved(plan))))).toEqual(
      new Set(["applied", "done"]),
    );
    expect(await world.value("/app/b/both")).toBe("1+2");
  });

  test("it may not be read", async () => {
    const world = await withSources();
    const plan = await world.plan();
    world.impose({ deny: ["ssm:GetParameter*:/dba/one"] });
    expect(outcomes(await world.applySaved(plan))).toEqual({
      "/app/a/one": "failed source_denied",
      "/app/a/both": "failed source_denied",
      "/app/b/both": "skipped",
      "/app/a/two": "applied",
      "/app/b/none": "applied",
    });
  });

  test("its key may not be used", async () => {
    const world = await withSources();
    await world.put("/dba/one", "1", { KeyId: "alias/secret" });
    const plan = await world.plan();
    world.impose({ deny: ["kms:Decrypt:alias/secret"] });
    expect(outcomes(await world.applySaved(plan))).toMatchObject({
      "/app/a/one": "failed source_denied",
      "/app/a/two": "applied",
    });
  });

  test("it is deleted and made anew, at the same version, after the last check", async () => {
    const world = await withSources();
    const plan = await world.plan();
    let open = true;
    hook(world, async (call, carryOut) => {
      if (open && call.method === "read" && call.names.includes("/dba/one")) {
        open = false;
        await world.remove("/dba/one");
        world.pass(31_000);
        await world.put("/dba/one", "foreign");
      }
      return carryOut();
    });
    expect(outcomes(await world.applySaved(plan))).toEqual({
      "/app/a/one": "failed source_moved",
      "/app/a/both": "failed source_moved",
      "/app/b/both": "skipped",
      "/app/a/two": "applied",
      "/app/b/none": "applied",
    });
    expect(await world.value("/app/a/one")).toBeUndefined();
  });

  test("it is deleted after the last check", async () => {
    const world = await withSources();
    const plan = await world.plan();
    hook(world, async (call, carryOut) => {
      if (call.method === "read" && call.names.includes("/dba/one")) await world.remove("/dba/one");
      return carryOut();
    });
    expect(outcomes(await world.applySaved(plan))).toMatchObject({ "/app/a/one": "failed source_moved" });
  });
});

test("a source that is written after the last check is read at its planned version, and the next plan sees it", async () => {
  const world = await withSources();
  const plan = await world.plan();
  let open = true;
  hook(world, async (call, carryOut) => {
    if (open && call.method === "read" && call.names.includes("/dba/one")) {
      open = false;
      await world.put("/dba/one", "later");
    }
    return carryOut();
  });
  await world.applySaved(plan);
  expect(await world.value("/app/a/one")).toBe("1");
  expect(decisions(await world.plan())).toMatchObject({
    "/app/a/one": "update source_changed",
    "/app/a/both": "update source_changed",
    "/app/a/two": "no-op",
  });
});

test("sources that cannot be read at all fail what follows from them, not the apply", async () => {
  const world = await makeWorld({
    files: {
      "first.json": { parameters: { "/app/a": { value: "a" } } },
      "second.json": { parameters: { "/app/b": { copy: "/dba/one" }, "/app/b2": { copy: "/dba/one" } } },
      "third.json": { parameters: { "/app/c": { copy: "/dba/two" } } },
    },
  });
  await world.put("/dba/one", "1");
  await world.put("/dba/two", "2");
  const plan = await world.plan();
  hook(world, async (call, carryOut) => {
    if (call.method === "read" && call.names.includes("/dba/one")) {
      world.impose({ fault: ["GetParameter:1-4:before-reset", "GetParameters:1-4:before-reset"] });
    }
    return carryOut();
  });
  expect(outcomes(await world.applySaved(plan))).toEqual({
    "/app/a": "applied",
    "/app/b": "failed ECONNRESET",
    "/app/b2": "failed ECONNRESET",
    "/app/c": "applied",
  });
});

test("who puts a live value again with other attributes reads it at its planned version", async () => {
  const world = await makeWorld({
    parameters: { "/app/made": { generate: { type: "password" } }, "/app/copy": { copy: "/app/made" } },
  });
  await world.apply();
  const before = await world.value("/app/made");
  world.declare({
    parameters: {
      "/app/made": { generate: { type: "password" }, description: "new" },
      "/app/copy": { copy: "/app/made" },
    },
  });
  await world.apply();
  expect(await world.value("/app/made")).toBe(before);
  expect(await world.value("/app/copy")).toBe(before);
  expect(new Set(Object.values(decisions(await world.plan())))).toEqual(new Set(["no-op"]));
});

describe("values that a person is asked for", () => {
  const declared = { parameters: { "/dba/s": {}, "/app/a": { copy: "/dba/s" } }, prompts: true };

  test("are written as given, and flow on", async () => {
    const world = await makeWorld(declared);
    const plan = await world.plan();
    expect(changeOf(plan, "/dba/s")?.origin?.supplied_by).toBe("prompt");
    expect(changeOf(plan, "/dba/s")?.change.after_unknown).toEqual({ value: true });
    await world.applySaved(plan, { asked: { "/dba/s": "told at the prompt" } });
    expect(await world.value("/app/a")).toBe("told at the prompt");
    expect(new Set(Object.values(decisions(await world.plan())))).toEqual(new Set(["no-op"]));
  });

  test("that nobody gave are not made up", async () => {
    const world = await makeWorld(declared);
    expect(outcomes(await world.apply())).toEqual({ "/dba/s": "failed source_moved", "/app/a": "skipped" });
  });

  test("are not asked for twice by a run that was cut: what follows has the value that was given", async () => {
    const world = await makeWorld(declared);
    const plan = await world.plan();
    await world.applySaved(plan, { asked: { "/dba/s": "first answer" }, stopAfter: 1 });
    expect(outcomes(await world.applySaved(plan, { asked: { "/dba/s": "second answer" } }))).toEqual({
      "/dba/s": "done",
      "/app/a": "applied",
    });
    expect(await world.value("/dba/s")).toBe("first answer");
    expect(await world.value("/app/a")).toBe("first answer");
  });
});

test("where the plan knows what will be written, nothing else is, whatever the store answers at last", async () => {
  const world = await makeWorld({ parameters: { "/app/a/one": { copy: "/dba/one" } } });
  await world.put("/dba/one", "1");
  await world.apply();
  await world.put("/dba/one", "1");
  world.declare({ parameters: { "/app/a/one": { copy: "/dba/one", description: "new" } } });
  const plan = await world.plan();
  expect(changeOf(plan, "/app/a/one")?.change.after_unknown).toEqual({});
  let reads = 0;
  hook(world, async ({ name, method }, carryOut) => {
    const answer = await carryOut();
    if (method !== "read" || name !== "/dba/one") return answer;
    reads += 1;
    // The first is the plan's under the lock, the second the write's own.
    const [reading] = answer as readonly Reading[];
    return reads === 1 ? answer : ([{ ...reading, value: new Secret("2") }] as typeof answer);
  });
  expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/a/one": "failed source_moved" });
  expect(reads).toBe(2);
  expect(await world.value("/app/a/one")).toBe("1");
});
