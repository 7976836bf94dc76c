import { describe, expect, test } from "vitest";
import { parsePlan } from "../../src/commands/saved-plan.ts";
import { EXIT } from "../../src/model/error.ts";
import type { CompletePlan } from "../../src/pipeline.ts";
import { renderJson } from "../../src/render/json.ts";
import { BUSY_INPUTS, busyWorld } from "../support/busy-world.ts";
import { meddle } from "../support/meddling.ts";
import { checkFile } from "../support/saved.ts";
import { snapshot } from "../support/snapshot.ts";
import { DELETE_ALL, makeWorld, type World } from "../support/world.ts";

/** A plan file of a busy world, and that world. */
async function savedPlan(): Promise<{ world: World; text: string }> {
  const world = await busyWorld();
  return { world, text: renderJson(await world.plan(BUSY_INPUTS)) };
}

test("a plan file holds as long as nothing changed, and says what is to do and what is done", async () => {
  const { world, text } = await savedPlan();
  const fresh = await checkFile(world, text);
  expect([fresh.todo.size, fresh.done.size]).toEqual([8, 0]);
  await world.applySaved(JSON.parse(text), { stopAfter: 3 });
  const cut = await checkFile(world, text);
  expect([cut.todo.size, cut.done.size]).toEqual([5, 3]);
  await world.applySaved(JSON.parse(text));
  const finished = await checkFile(world, text);
  expect([finished.todo.size, finished.done.size]).toEqual([0, 8]);
});

test("checking writes nothing", async () => {
  const { world, text } = await savedPlan();
  const before = await snapshot(world.client);
  await checkFile(world, text);
  expect(await snapshot(world.client)).toEqual(before);
});

describe("a plan file of a newer minor format", () => {
  /** What a later paraform adds: fields, wherever it likes. */
  function newer(text: string): string {
    const plan = JSON.parse(text);
    plan.resource_changes[0].change.importance = "high";
    return JSON.stringify({ ...plan, format_version: "1.1", relevant: [] });
  }

  test("is shown without what was added", async () => {
    const { text } = await savedPlan();
    expect(parsePlan(newer(text), "plan.json")).toEqual({ ...JSON.parse(text), format_version: "1.1" });
  });

  test("is not applied, for the reason that it is one", async () => {
    const { world, text } = await savedPlan();
    await expect(checkFile(world, newer(text))).rejects.toThrow("format 1.1, and this paraform knows 1.0");
  });

  test("is still no plan where something is missing", async () => {
    const { text } = await savedPlan();
    const { environment: _, ...rest } = JSON.parse(newer(text));
    expect(() => parsePlan(JSON.stringify(rest), "plan.json")).toThrow("not a whole plan");
  });
});

test("white space and the order of keys are not part of a plan", async () => {
  const { world, text } = await savedPlan();
  const reversed = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, part]) => [key, reversed(part)]),
        )
      : Array.isArray(value)
        ? value.map(reversed)
        : value;
  await checkFile(world, JSON.stringify(reversed(JSON.parse(text)), null, 7));
});

test("a plan file is stale as soon as something beside it is another owner's", async () => {
  const world = await makeWorld({ parameters: { "/app/a": { value: "a" }, "/app/b": { value: "b" } } });
  await world.apply();
  world.declare({ parameters: { "/app/a": { value: "one" }, "/app/b": { value: "b" } } });
  const text = renderJson(await world.plan());
  const { ring } = (await world.result()) as CompletePlan;
  const ownership = { now: new Map(), first: new Map() };
  await meddle(world, ring, ownership, { deed: "own", name: "/app/b", other: "", value: "b" });
  await expect(checkFile(world, text)).rejects.toMatchObject({
    message: "the plan is stale: /app/b is now in conflict: it belongs to another; the plan leaves it alone",
    exitCode: EXIT.stale,
  });
});

describe("a plan file is refused, with one clear error, that", () => {
  const edited = (edit: (plan: Record<string, unknown>) => void) => (text: string) => {
    const plan = JSON.parse(text) as Record<string, unknown>;
    edit(plan);
    return JSON.stringify(plan);
  };
  test.each<[string, (text: string) => string, string]>([
    ["is empty", () => "", "plan.json is no plan file"],
    ["is truncated", (text) => text.slice(0, text.length / 2), "plan.json is no plan file"],
    ["is no JSON", () => "plan", "plan.json is no plan file"],
    ["is binary", () => "\0\u0001\ufffd", "plan.json is no plan file"],
    ["is another document", () => '{"resources":[]}', "plan.json is no plan file"],
    ["is an array", () => "[]", "plan.json is no plan file"],
    [
      "has a newer format",
      edited((plan) => {
        plan.format_version = "2.0";
      }),
      "plan.json has a plan format that this paraform does not know",
    ],
    [
      "has a field too many",
      edited((plan) => {
        plan.extra = 1;
      }),
      "plan.json is not a whole plan",
    ],
    [
      "has a field too few",
      edited((plan) => {
        delete plan.guards;
      }),
      "plan.json is not a whole plan",
    ],
    [
      "was edited",
      edited((plan) => {
        (plan.resource_changes as unknown[]).pop();
      }),
      "the plan file was edited, or made with another digest key",
    ],
    [
      "was made applyable",
      edited((plan) => {
        plan.applyable = !plan.applyable;
      }),
      "the plan file was edited, or made with another digest key",
    ],
    [
      "has another MAC",
      edited((plan) => {
        plan.mac = "0".repeat(32);
      }),
      "the plan file was edited, or made with another digest key",
    ],
    [
      "is incomplete",
      edited((plan) => {
        plan.complete = false;
      }),
      "the plan is incomplete and cannot be applied",
    ],
  ])("%s", async (_, edit, message) => {
    const { world, text } = await savedPlan();
    const before = await snapshot(world.client);
    await expect(checkFile(world, edit(text))).rejects.toMatchObject({ message, exitCode: EXIT.error });
    expect(await snapshot(world.client)).toEqual(before);
  });

  test("is of another environment than the one that was named", async () => {
    const { world, text } = await savedPlan();
    await expect(checkFile(world, text, { env: "prod" })).rejects.toMatchObject({
      message: "plan.json is a plan of another environment than prod",
    });
  });

  test("was made in another store, under another digest key", async () => {
    const { text } = await savedPlan();
    const elsewhere = await busyWorld();
    await expect(checkFile(elsewhere, text)).rejects.toMatchObject({
      message: "the plan file was edited, or made with another digest key",
    });
  });
});

describe("what a plan refuses, its file refuses", () => {
  async function tripped() {
    const orphans = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`/app/o${n}`, { value: "x" }]));
    const world = await makeWorld({ parameters: { "/app/a": { value: "a" }, ...orphans } });
    await world.apply();
    world.declare({ parameters: { "/app/a": { value: "a" } } });
    return { world, text: renderJson(await world.plan(DELETE_ALL)) };
  }

  test("a tripped guard, unless exactly its count is acknowledged", async () => {
    const { world, text } = await tripped();
    await expect(checkFile(world, text)).rejects.toMatchObject({ exitCode: EXIT.refused });
    await expect(checkFile(world, text, { allow: { delete: 4 } })).rejects.toMatchObject({
      exitCode: EXIT.refused,
    });
    expect((await checkFile(world, text, { allow: { delete: 5 } })).todo.size).toBe(5);
  });

  test("a guard that the config has drawn tighter since", async () => {
    const { world } = await tripped();
    const lenient = { guards: { delete: { count: 100, percent: 100 } } };
    world.declare({ parameters: { "/app/a": { value: "a" } }, environment: lenient });
    const generous = renderJson(await world.plan(DELETE_ALL));
    expect((await checkFile(world, generous)).todo.size).toBe(5);
    world.declare({ parameters: { "/app/a": { value: "a" } } });
    await expect(checkFile(world, generous)).rejects.toMatchObject({ exitCode: EXIT.refused });
    expect((await checkFile(world, generous, { allow: { delete: 5 } })).todo.size).toBe(5);
  });

  test("an exposure that a later config makes of it", async () => {
    const parameters = { "/dba/password": {}, "/app/a/copy": { copy: "/dba/password" } };
    const world = await makeWorld({ parameters });
    await world.put("/dba/password", "dummy-password");
    const text = renderJson(await world.plan());
    world.declare({ parameters, environment: { public: ["/app/**"] } });
    await expect(checkFile(world, text)).rejects.toMatchObject({ exitCode: EXIT.refused });
  });

  test("another owner than it was made for", async () => {
    const parameters = { "/app/a": { value: "a" } };
    const world = await makeWorld({ parameters });
    const text = renderJson(await world.plan());
    world.declare({ parameters, environment: { owner: "somebody" } });
    await expect(checkFile(world, text)).rejects.toMatchObject({ exitCode: EXIT.stale });
  });

  test("a conflict, whatever is acknowledged", async () => {
    const world = await makeWorld({ parameters: { "/app/a": { value: "a" } } });
    await world.apply();
    world.declare({ parameters: { "/app/a": { value: "b" } }, environment: { owner: "another" } });
    const text = renderJson(await world.plan());
    await expect(checkFile(world, text, { allow: { blocked: 1 } })).rejects.toMatchObject({
      exitCode: EXIT.refused,
    });
  });

  test("blocked parameters, unless exactly so many are acknowledged; then the rest is applied", async () => {
    const world = await makeWorld({
      parameters: { "/app/a": { value: "a" }, "/app/b": { copy: "/dba/none" } },
    });
    const text = renderJson(await world.plan());
    await expect(checkFile(world, text)).rejects.toMatchObject({ exitCode: EXIT.refused });
    expect([...(await checkFile(world, text, { allow: { blocked: 2 } })).todo]).toEqual(["/app/a"]);
  });
});
