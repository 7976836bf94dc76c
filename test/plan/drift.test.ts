import { expect, test } from "vitest";
import { matchesAny } from "../../src/graph/name-glob.ts";
import { findDrift } from "../../src/plan/drift.ts";
import { readLiveState } from "../../src/plan/live-state.ts";
import { makeWorld, restore, type World } from "../support/world.ts";

async function driftOf(world: World): Promise<Record<string, string>> {
  const { config, graph, store } = world.session;
  const { environment } = config;
  const state = await readLiveState(store, environment, graph);
  if (state.kind === "unread") throw state.failure;
  const ignores = matchesAny(environment.ignore);
  const drifts = findDrift(state.ring, environment.owner, graph, state.live, ignores);
  return Object.fromEntries(drifts.map(({ address, kind }) => [address, kind]));
}

test("what others changed of ours is drift, also once it is no longer declared; what is ignored is not", async () => {
  const declared = { "/app/a": { value: "a" } };
  const world = await makeWorld({ parameters: { ...declared, "/app/legacy/b": { value: "b" } } });
  await world.apply();
  expect(await driftOf(world)).toEqual({});
  for (const name of ["/app/a", "/app/legacy/b"]) await restore(world, name, 1);
  world.declare({ parameters: declared });
  expect(await driftOf(world)).toEqual({ "/app/a": "changed_outside", "/app/legacy/b": "changed_outside" });
  world.declare({ parameters: declared, environment: { ignore: ["/app/legacy/**"] } });
  expect(await driftOf(world)).toEqual({ "/app/a": "changed_outside" });
});
