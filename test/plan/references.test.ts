import { expect, test } from "vitest";
import { changeOf, decisions, describe, makeWorld, type World } from "../support/world.ts";

const NAME = "/dba/shared";
const REFERRED = { parameters: { [NAME]: { exists: true } } };

/** Declared with `attributes` and applied; then only referred to, with `supplied` as its value. */
async function referredTo(attributes: Record<string, unknown>, supplied: string): Promise<World> {
  const world = await makeWorld({ parameters: { [NAME]: attributes }, supplied: { [NAME]: "dummy-one" } });
  await world.apply();
  world.declare({ ...REFERRED, supplied: { [NAME]: supplied } });
  return world;
}

const ATTRIBUTES = {
  type: "String",
  description: "of the DBA",
  allowedPattern: "^dummy",
  tier: "Advanced",
  policies: [{ Type: "NoChangeNotification", Version: "1.0", Attributes: { After: "20", Unit: "Days" } }],
};

test("a supplied value that a reference already has changes nothing, whatever its attributes", async () => {
  const world = await referredTo({ ...ATTRIBUTES, tags: { team: "dba" } }, "dummy-one");
  expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
});

test("another value leaves it every attribute that it has", async () => {
  const world = await referredTo(ATTRIBUTES, "dummy-two");
  const before = await describe(world, NAME);
  await world.apply();
  expect(await world.value(NAME)).toBe("dummy-two");
  const after = await describe(world, NAME);
  expect(after?.description).toMatch(/^of the DBA \{paraform:1 /);
  expect({ ...after, description: "", version: 0, lastModified: 0 }).toEqual({
    ...before,
    description: "",
    version: 0,
    lastModified: 0,
  });
  expect(decisions(await world.plan())).toEqual({ [NAME]: "no-op" });
});

test("and its own key", async () => {
  const world = await referredTo({ key: "alias/dba" }, "dummy-two");
  await world.apply();
  expect(await describe(world, NAME)).toMatchObject({ type: "SecureString", keyId: "alias/dba" });
});

test("it is never replaced for another data type", async () => {
  const image = { type: "String", dataType: "aws:ec2:image" };
  const world = await makeWorld({
    parameters: { [NAME]: image },
    supplied: { [NAME]: "ami-12345678" },
  });
  await world.apply();
  world.declare({ ...REFERRED, supplied: { [NAME]: "ami-99999999" } });
  const plan = await world.plan();
  expect(decisions(plan)).toEqual({ [NAME]: "update value_changed" });
  expect(changeOf(plan, NAME)?.change.after).toMatchObject({ data_type: "aws:ec2:image" });
});

test("tags of the environment are for what is created: a reference that is there gets none", async () => {
  const world = await referredTo({}, "dummy-one");
  world.declare({ ...REFERRED, supplied: { [NAME]: "dummy-two" }, environment: { tags: { team: "a" } } });
  expect(changeOf(await world.plan(), NAME)?.change.after?.tags).toBeUndefined();
});
