import { expect, test } from "vitest";
import { planInputs } from "../../src/commands/options.ts";
import { estimatedSeconds } from "../../src/commands/plan-result.ts";
import { AWS_RATES } from "../../src/store/rates.ts";
import { makeWorld } from "../support/world.ts";

const NOTHING = {
  delete: undefined,
  regenerate: undefined,
  target: undefined,
  exclude: undefined,
  allow: undefined,
  deep: false,
};

test("a flag given twice, or in another order, is the same input", () => {
  const once = planInputs({ ...NOTHING, target: ["/app/a", "/app/b"] });
  expect(planInputs({ ...NOTHING, target: ["/app/b", "/app/a", "/app/b"] })).toEqual(once);
});

test("an estimate knows that each replaced name rests", async () => {
  const parameters = (dataType: string) =>
    Object.fromEntries([1, 2, 3].map((index) => [`/app/${index}`, { value: "ami-12345678", dataType }]));
  const world = await makeWorld({ parameters: parameters("text") });
  await world.apply();
  world.declare({ parameters: parameters("aws:ec2:image") });
  const plan = await world.plan();
  const began = world.engine.now().getTime();
  await world.applySaved(plan);
  const seconds = (world.engine.now().getTime() - began) / 1000;
  expect(seconds).toBeGreaterThan(90);
  expect(estimatedSeconds(plan, AWS_RATES)).toBeGreaterThanOrEqual(seconds);
});
