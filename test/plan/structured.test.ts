import { expect, test } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { decisions, makeWorld, type World } from "../support/world.ts";

const NAME = "/app/gafaelfawr/oidc-server-secrets";
const PARAMETERS = { [NAME]: { generate: { type: "oidc-clients" } } };
const CLIENTS = '[{"id": "dummy", "secret": "dummy", "return_uri": "u"}]';

/** As a source that was read and has no client supplies it. */
function supplyNothing(world: World): void {
  const at = { file: "secrets.yaml", line: 1, column: 1 };
  const found = { value: new Secret("[]"), from: "file secrets.yaml", at, whenAbsent: true as const };
  world.session = {
    ...world.session,
    supplied: { ...world.session.supplied, values: new Map([[parameterName(NAME), found]]) },
  };
}

const planned = async (world: World) => decisions(await world.plan())[NAME];

test("a composed document follows its source, and stands where the source no longer has one", async () => {
  const world = await makeWorld({ parameters: PARAMETERS, supplied: { [NAME]: CLIENTS } });
  expect(await planned(world)).toBe("create missing");
  await world.apply();
  expect(await planned(world)).toBe("no-op");
  world.declare({ supplied: { [NAME]: "[]" } });
  expect(await planned(world)).toBe("update value_changed");
  world.declare({ supplied: {} });
  expect(await planned(world)).toBe("no-op");
  expect(await world.value(NAME)).toBe(CLIENTS);
});

test("no source and nothing live blocks it, and nobody is asked to type a document", async () => {
  const world = await makeWorld({ parameters: PARAMETERS, prompts: true });
  expect(await planned(world)).toBe("blocked missing");
});

test("a source without a client makes an empty list where nothing is, and overwrites none", async () => {
  const world = await makeWorld({ parameters: PARAMETERS });
  supplyNothing(world);
  expect(await planned(world)).toBe("create missing");
  await world.apply();
  expect(await world.value(NAME)).toBe("[]");
  expect(await planned(world)).toBe("no-op");
  await world.put(NAME, CLIENTS);
  expect(await planned(world)).toBe("no-op");
  await world.remove(NAME);
  world.pass(60_000);
  await world.put(NAME, CLIENTS);
  expect(await planned(world)).toBe("no-op");
});

test("an earlier document comes back although the source makes an empty list where nothing is", async () => {
  const world = await makeWorld({ parameters: PARAMETERS, supplied: { [NAME]: CLIENTS } });
  await world.apply();
  world.declare({ supplied: { [NAME]: CLIENTS.replace("dummy", "other") } });
  await world.apply();
  world.declare({ supplied: {} });
  supplyNothing(world);
  await world.apply({ rollback: { [NAME]: 1 } });
  expect(await world.value(NAME)).toBe(CLIENTS);
});

test("--regenerate does not touch it", async () => {
  const world = await makeWorld({ parameters: PARAMETERS, supplied: { [NAME]: CLIENTS } });
  await world.apply();
  expect(decisions(await world.plan({ regenerate: ["/**"] }))[NAME]).toBe("no-op");
});
