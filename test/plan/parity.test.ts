import { expect, test } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import { parityOf, type Side } from "../../src/plan/parity.ts";
import { makeWorld, type World } from "../support/world.ts";

const PARAMETERS = {
  "/dba/password": { generate: { type: "password" } },
  "/dba/put": {},
  "/app/copy": { copy: "/dba/password" },
  "/app/copy-of-copy": { copy: "/app/copy" },
  "/app/url": { merge: ["x://", "${/app/copy}"] },
  "/app/mixed": { merge: ["${/dba/put}", ":", "${/dba/password}"] },
};

/** An environment of its own, with everything applied. */
async function environmentWith(put: string): Promise<{ world: World; side: Side }> {
  const world = await makeWorld({ parameters: PARAMETERS, supplied: { "/dba/put": put } });
  await world.apply();
  const { config, graph, store } = world.session;
  const names = [...graph.parameters.keys()];
  const live = await store.describe({ prefixes: [], names });
  return { world, side: { environment: config.environment, graph, live } };
}

test("what is made of nothing but generated values differs by design, through copies and merges too", async () => {
  const [first, second] = [await environmentWith("one-dummy"), await environmentWith("two-dummy")];
  const statuses = await Promise.all(
    Object.keys(PARAMETERS).map(async (text) => {
      const name = parameterName(text);
      const [mine] = await first.world.session.store.read([{ name }]);
      const [theirs] = await second.world.session.store.read([{ name }]);
      const pair = { first: name, second: name };
      return [name, parityOf(first.side, second.side, pair, [mine, theirs]).status];
    }),
  );
  expect(Object.fromEntries(statuses)).toEqual({
    "/dba/password": "by_design",
    "/dba/put": "different",
    "/app/copy": "by_design",
    "/app/copy-of-copy": "by_design",
    "/app/url": "by_design",
    "/app/mixed": "different",
  });
});
