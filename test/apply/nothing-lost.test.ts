import { expect, test } from "vitest";
import { putValue } from "../../src/apply/put-value.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { makeWorld, outcomes } from "../support/world.ts";

test("a replacement that is refused puts back what was there, and says so", async () => {
  const world = await makeWorld({ parameters: { "/app/lit": { value: "kept" } } });
  await world.apply();
  world.pass(3_600_000);
  world.declare({ parameters: { "/app/lit": { value: "kept", dataType: "aws:ssm:integration" } } });
  const result = await world.apply();
  expect(outcomes(result)).toEqual({ "/app/lit": "failed ValidationException" });
  expect(result.written).toBe(true);
  expect(result.outcomes[0]?.outcome).toMatchObject({ message: expect.stringContaining("put back") });
  expect(await world.value("/app/lit")).toBe("kept");
});

test("a hand does not do what the exposure guard holds up", async () => {
  const world = await makeWorld({ parameters: { "/dba/x": {} }, supplied: { "/dba/x": "dummy-one" } });
  await world.apply();
  world.declare({ parameters: { "/dba/x": { type: "String" } } });
  const result = await world.result();
  if (!result.complete) throw new Error("the plan is incomplete");
  const name = parameterName("/dba/x");
  const { graph, store } = world.session;
  const write = { store, ring: result.ring, owner: "platform", parameter: graph.parameters.get(name) };
  await expect(putValue(write, name, new Secret("dummy-two"))).rejects.toThrow("would be exposed");
  expect(await world.value("/dba/x")).toBe("dummy-one");
});
