import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/model/error.ts";
import { lockName } from "../../src/model/own-name.ts";
import { dies } from "../support/dies.ts";
import { applyFileless } from "../support/fileless.ts";
import {
  decisions,
  makeWorld,
  describe as metadata,
  NO_INPUTS,
  outcomes,
  rekey,
  type World,
} from "../support/world.ts";

const IMAGE = "ami-0000000000000000a";
const PARAMETERS = { "/app/x": { value: IMAGE, dataType: "aws:ec2:image" }, "/app/z": { value: "2" } };
const MOVED = { "moved.json": { moved: [{ from: "/app/a", to: "/app/x" }] } };
const LEFT = { "/app/a": "withheld not_in_config", "/app/x": "create missing" };

/** `/app/x` is deleted to be replaced, and the apply was cut then; `/app/a`, an older name of it, is an orphan that is live. */
async function halfReplaced(files: Record<string, object> = MOVED): Promise<World> {
  for (let at = 10; ; at += 1) {
    const world = await makeWorld({
      parameters: {
        "/app/a": { generate: { type: "password" } },
        "/app/x": { value: IMAGE },
        "/app/z": { value: "1" },
      },
    });
    await world.apply();
    world.pass(3_600_000);
    world.declare({ parameters: PARAMETERS, files });
    await dies(world, at, "after", () => applyFileless(world, NO_INPUTS));
    if ((await world.value("/app/x")) === undefined) return world;
  }
}

async function expectMadeAgain(world: World, pid: number) {
  expect(decisions(await world.plan())).toMatchObject(LEFT);
  const result = await applyFileless(world, NO_INPUTS, { pid });
  expect(result === "unexpected" ? result : outcomes(result)).toMatchObject({ "/app/x": "applied" });
  expect(await world.value("/app/a")).toBeDefined();
  expect((await metadata(world, lockName("test")))?.description).not.toContain("replacing");
}

describe("what an apply has half replaced waits for no move", () => {
  test("when it is run again", async () => expectMadeAgain(await halfReplaced(), 2));

  test("when an apply of something else was finished in between", async () => {
    const world = await halfReplaced();
    const other = { ...NO_INPUTS, target: ["/app/z"] };
    await applyFileless(world, other, { pid: 2 });
    expect(await world.value("/app/z")).toBe("2");
    await expectMadeAgain(world, 3);
  });

  test("when another was cut in between whose config knew nothing of the move", async () => {
    const world = await halfReplaced();
    world.declare({ parameters: PARAMETERS, files: {} });
    await applyFileless(world, NO_INPUTS, { pid: 2, stopAfter: 0 });
    expect(await world.value("/app/x")).toBeUndefined();
    world.declare({ parameters: PARAMETERS, files: MOVED });
    await expectMadeAgain(world, 3);
  });

  test("when the move is declared after it", async () => {
    const world = await halfReplaced({});
    world.declare({ parameters: PARAMETERS, files: MOVED });
    await expectMadeAgain(world, 2);
  });

  test("when the digest key is another one since", async () => {
    const world = await halfReplaced();
    await rekey(world);
    await expectMadeAgain(world, 2);
  });

  test("when its plan is saved, expected, or both", async () => {
    const world = await halfReplaced();
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject(LEFT);
    const result = await applyFileless(world, NO_INPUTS, { pid: 2, expect: plan.fingerprint });
    expect(result === "unexpected" ? result : outcomes(result)).toMatchObject({ "/app/x": "applied" });
    expect(await world.value("/app/a")).toBeDefined();
  });

  test("until the config no longer declares it, and all of that is applied", async () => {
    const world = await halfReplaced();
    world.declare({ parameters: { "/app/z": { value: "3" } }, files: {} });
    await applyFileless(world, NO_INPUTS, { pid: 2 });
    world.declare({ parameters: PARAMETERS, files: MOVED });
    expect(decisions(await world.plan())).toMatchObject({ "/app/x": "move moved" });
  });

  test("but who has no digest key cannot say so", async () => {
    const world = await halfReplaced();
    const said = (await metadata(world, lockName("test")))?.description ?? "";
    const forged = said.replace(/[0-9a-f]\}$/, (end) => (end === "0}" ? "1}" : "0}"));
    await world.put(lockName("test"), "{}", { Type: "String", Description: forged });
    expect(decisions(await world.plan())).toMatchObject({ "/app/x": "move moved" });
  });
});

describe("the lock keeps in mind what is replaced at once", () => {
  async function replacing(count: number) {
    const names = Array.from({ length: count }, (_, at) => `/app/${"a-long-name/".repeat(12)}${at}`);
    const all = (attributes: object) => Object.fromEntries(names.map((name) => [name, attributes]));
    const world = await makeWorld({ parameters: all({ value: IMAGE }) });
    await world.apply();
    world.declare({ parameters: all({ value: IMAGE, dataType: "aws:ec2:image" }) });
    const apply = () => applyFileless(world, { ...NO_INPUTS, allow: { delete: count } }, { stopAfter: 0 });
    return { world, apply, said: async () => (await metadata(world, lockName("test")))?.description };
  }

  test("a hundred names, however long", async () => {
    const { apply, said } = await replacing(100);
    await apply();
    expect(await said()).toMatch(/ \{replacing:1 [\w-]{800} [0-9a-f]{32}\}$/);
  });

  test("and refuses more before anything is written", async () => {
    const { world, apply, said } = await replacing(101);
    await expect(apply()).rejects.toMatchObject({
      exitCode: EXIT.refused,
      hint: expect.stringContaining("--target"),
    });
    expect(await said()).not.toContain("replacing");
    expect((await metadata(world, lockName("test")))?.version).toBe(2);
  });
});
