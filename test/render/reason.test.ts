import { expect, test } from "vitest";
import { reasonTexts } from "../../src/render/reason.ts";
import { makeWorld } from "../support/world.ts";

test("a merge that refers to nothing says so", async () => {
  const world = await makeWorld({ parameters: { "/app/a": { merge: ["one", "two"] } } });
  const { resource_changes } = await world.plan();
  expect(resource_changes.map((change) => reasonTexts(change, (text) => text))).toEqual([
    ["merge of literals alone"],
  ]);
});
