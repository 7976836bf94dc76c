import { describe, expect, test } from "vitest";
import { LOSSES } from "../../src/embedded/fault.ts";
import { EXIT } from "../../src/model/error.ts";
import { aroundStore, recordingStore } from "../support/around-store.ts";
import { dies, NEXT } from "../support/dies.ts";
import { applyFileless } from "../support/fileless.ts";
import { LEAVING_INPUTS, leavingWorld, lossesOf } from "../support/leaving-world.ts";
import { DELETE_ALL, decisions, makeWorld, describe as metadata, outcomes } from "../support/world.ts";

test("what leaves is written, forgotten, deleted in one apply, and nothing is left to do", async () => {
  const { world, values } = await leavingWorld();
  const plan = await world.plan(LEAVING_INPUTS);
  expect(decisions(plan)).toEqual({
    "/app/follower": "update stamp_renewed",
    "/app/gone": "delete not_in_config",
    "/app/image": "replace attribute_changed",
    "/dba/given": "forget not_in_config",
    "/dba/new": "move moved",
    "/dba/renamed": "move moved",
  });
  const result = await world.applySaved(plan);
  expect(new Set(Object.values(outcomes(result)))).toEqual(new Set(["applied"]));
  expect(await lossesOf(world, values, plan)).toEqual([]);
});

test("the new name and its followers are written before the old name goes, kept first", async () => {
  const { world } = await leavingWorld();
  const plan = await world.plan(LEAVING_INPUTS);
  const record: string[] = [];
  world.session = { ...world.session, store: recordingStore(world.session.store, record) };
  await world.applySaved(plan);
  const writes = record.filter((call) => /^(put|delete) /.test(call));
  expect(writes.indexOf("put /dba/new")).toBeLessThan(writes.indexOf("put /app/follower"));
  expect(writes.indexOf("put /app/follower")).toBeLessThan(writes.indexOf("delete /dba/old"));
  expect(record[record.indexOf("delete /dba/old") - 1]).toBe("describe /dba/old /dba/new");
});

describe.each(["before", "after"] as const)("killed right %s", (when) => {
  test("any of its calls, a saved plan is finished by the same apply: nothing is lost or written twice", async () => {
    let at = 1;
    for (; ; at += 1) {
      const { world, values } = await leavingWorld();
      const plan = await world.plan(LEAVING_INPUTS);
      if (!(await dies(world, at, when, () => world.applySaved(plan)))) break;
      const result = await world.applySaved(plan, { holder: NEXT });
      const unfinished = Object.values(outcomes(result)).filter((kind) => !/^(applied|done)$/.test(kind));
      expect([at, unfinished]).toEqual([at, []]);
      expect([at, await lossesOf(world, values, plan)]).toEqual([at, []]);
    }
    expect(at).toBeGreaterThan(25);
  });

  test("any of its calls, an apply without a file is finished by the next one", async () => {
    for (let at = 6; ; at += 3) {
      const { world, values } = await leavingWorld();
      const plan = await world.plan(LEAVING_INPUTS);
      if (!(await dies(world, at, when, () => applyFileless(world, LEAVING_INPUTS)))) break;
      await applyFileless(world, LEAVING_INPUTS, { pid: 2 });
      expect([at, await lossesOf(world, values, plan)]).toEqual([at, []]);
    }
  });
});

describe.each(["before", "after"] as const)("an answer lost %s it was done", (when) => {
  test.each(["PutParameter", "DeleteParameter"])(
    "of any %s: every change is made once",
    async (operation) => {
      for (let call = 1; call <= (operation === "PutParameter" ? 12 : 4); call += 1) {
        for (const loss of LOSSES.filter((one) => one === "reset" || one === "500")) {
          const { world, values } = await leavingWorld();
          const plan = await world.plan(LEAVING_INPUTS);
          world.impose({ fault: [`${operation}:${call}:${when}-${loss}`] });
          const result = await world.applySaved(plan);
          world.impose({});
          expect([call, loss, outcomes(result)]).toEqual([
            call,
            loss,
            Object.fromEntries(result.outcomes.map(({ address }) => [address, "applied"])),
          ]);
          expect([call, loss, await lossesOf(world, values, plan)]).toEqual([call, loss, []]);
        }
      }
    },
  );
});

test("an old name whose new one could not be written stays, and is moved by the next apply", async () => {
  const { world, values } = await leavingWorld();
  const plan = await world.plan(LEAVING_INPUTS);
  world.impose({ deny: ["ssm:PutParameter:/dba/renamed"] });
  const result = await world.applySaved(plan);
  expect(outcomes(result)).toMatchObject({
    "/dba/renamed": "failed AccessDeniedException",
    "/dba/new": "applied",
  });
  expect(await world.value("/dba/static")).toBe(values.static);
  expect(await world.value("/dba/old")).toBeUndefined();
  world.impose({});
  await world.applySaved(plan);
  expect(await lossesOf(world, values, plan)).toEqual([]);
});

test("an old name that somebody writes after the plan is not deleted: the plan is stale", async () => {
  const { world } = await leavingWorld();
  const plan = await world.plan(LEAVING_INPUTS);
  await world.put("/dba/old", "by hand");
  await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
  expect(await world.value("/dba/old")).toBe("by hand");
  expect(await world.value("/dba/new")).toBeUndefined();
});

test("an old name that somebody writes in that very instant stays, and the move says so", async () => {
  const { world } = await leavingWorld();
  const plan = await world.plan(LEAVING_INPUTS);
  const { session } = world;
  const store = aroundStore(session.store, async ({ method, name }, carryOut) => {
    const answer = await carryOut();
    if (method === "put" && name === "/app/follower") await world.put("/dba/old", "by hand");
    return answer;
  });
  world.session = { ...session, store };
  const result = await world.applySaved(plan);
  expect(outcomes(result)["/dba/new"]).toBe("failed conflict");
  expect(await world.value("/dba/old")).toBe("by hand");
  expect(decisions(await world.plan(DELETE_ALL))["/dba/old"]).toBe("delete not_in_config");
});

test("a forgotten parameter has the same value and attributes, nobody's stamp, and stays out of later plans", async () => {
  const { world, values } = await leavingWorld();
  await world.apply(LEAVING_INPUTS);
  const plan = await world.plan(DELETE_ALL);
  expect(plan.summary).toMatchObject({ forget: 0, withheld: { delete: 0 } });
  expect(plan.diagnostics).toEqual([]);
  expect(await world.value("/dba/given")).toBe(values.given);
});

test("a forgotten parameter whose own text looks like a stamp is nobody's all the same", async () => {
  const world = await makeWorld({
    parameters: { "/app/a": { description: "see {paraform:9 x}" } },
    supplied: { "/app/a": "dummy" },
  });
  await world.apply();
  const files = { "removed.json": { removed: [{ name: "/app/a", destroy: false }] } };
  world.declare({ parameters: {}, supplied: {}, files });
  const plan = await world.plan();
  expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/a": "applied" });
  expect((await metadata(world, "/app/a"))?.description).toBe("see (paraform:9 x}");
  expect(outcomes(await world.applySaved(plan))).toEqual({ "/app/a": "done" });
  expect((await world.plan()).diagnostics).toEqual([]);
  world.declare({ parameters: { "/app/a": {} }, supplied: {}, adopt: [{ name: "/app/a" }] });
  expect(decisions(await world.plan())).toEqual({ "/app/a": "update adopted" });
});

test("what may not be read is not forgotten, for a description cannot be written without a value", async () => {
  const { world, values } = await leavingWorld();
  const plan = await world.plan(LEAVING_INPUTS);
  world.impose({ deny: ["ssm:GetParameter:/dba/given", "ssm:GetParameters:/dba/given"] });
  const result = await world.applySaved(plan);
  expect(outcomes(result)["/dba/given"]).toBe("failed source_denied");
  world.impose({});
  expect(await world.value("/dba/given")).toBe(values.given);
});
