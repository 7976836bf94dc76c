import { describe, expect, test } from "vitest";
import { auditWorld } from "../support/audit.ts";
import { makeWorld, type WorldOptions } from "../support/world.ts";

const SCOPE = { scopes: [{ path: "/phalanx/dev/", exclusive: true }] };
const make = (options: WorldOptions) => makeWorld({ environment: SCOPE, ...options });

const P = "/phalanx/dev";
const PARAMETERS = {
  [`${P}/mobu/hook`]: {},
  [`${P}/nublado/hook`]: { copy: `${P}/mobu/hook` },
  [`${P}/nublado/token`]: { generate: { type: "password" } },
  [`${P}/portal/token`]: { copy: `${P}/nublado/token` },
  [`${P}/portal/url`]: { value: "https://portal.example" },
};

describe("in a steady state", () => {
  test("the report is empty, and no value is read: stamps tell", async () => {
    const world = await make({ parameters: PARAMETERS, supplied: { [`${P}/mobu/hook`]: "dummy" } });
    await world.apply();
    expect(await auditWorld(world)).toEqual({ report: "", untold: [], read: [] });
    world.impose({ deny: ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"] });
    expect(await auditWorld(world)).toEqual({ report: "", untold: [], read: [] });
  });

  test("what was put by hand is told by its value, and what follows from it too", async () => {
    const world = await make({ parameters: PARAMETERS, supplied: { [`${P}/mobu/hook`]: "dummy" } });
    await world.apply();
    await world.put(`${P}/nublado/hook`, "another");
    await world.put(`${P}/nublado/token`, "rotated by hand");
    expect((await auditWorld(world)).report).toBe(
      "Secrets that do not have their expected value:\n• nublado hook\n• portal token\n",
    );
  });

  test("a hash whose source changed is not as expected", async () => {
    const world = await make({
      parameters: {
        [`${P}/argocd/plain`]: { generate: { type: "password" } },
        [`${P}/argocd/hash`]: {
          generate: { type: "bcrypt-password-hash", source: `${P}/argocd/plain`, rounds: 4 },
        },
      },
    });
    await world.apply();
    expect((await auditWorld(world)).report).toBe("");
    await world.put(`${P}/argocd/plain`, "rotated by hand");
    expect((await auditWorld(world)).report).toBe(
      "Secrets that do not have their expected value:\n• argocd hash\n",
    );
  });
});

test("a hash that a person put over ours is not as expected, nor is a supplied value", async () => {
  const hash = { generate: { type: "bcrypt-password-hash", source: `${P}/argocd/plain`, rounds: 4 } };
  const world = await make({
    parameters: {
      [`${P}/argocd/plain`]: { generate: { type: "password" } },
      [`${P}/argocd/hash`]: hash,
      [`${P}/mobu/hook`]: {},
    },
    supplied: { [`${P}/mobu/hook`]: "dummy" },
  });
  await world.apply();
  await world.put(`${P}/argocd/hash`, "put by hand");
  await world.put(`${P}/mobu/hook`, "put by hand");
  expect((await auditWorld(world)).report).toBe(
    "Secrets that do not have their expected value:\n• argocd hash\n• mobu hook\n",
  );
});

describe("of what bears no stamp", () => {
  test("values are compared, also along copies of what was never adopted", async () => {
    const world = await make({ parameters: PARAMETERS, supplied: { [`${P}/mobu/hook`]: "dummy" } });
    await world.put(`${P}/mobu/hook`, "dummy");
    await world.put(`${P}/nublado/hook`, "another");
    await world.put(`${P}/nublado/token`, "generated");
    await world.put(`${P}/portal/token`, "generated");
    await world.put(`${P}/portal/url`, "https://portal.example");
    expect((await auditWorld(world)).report).toBe(
      "Secrets that do not have their expected value:\n• nublado hook\n",
    );
  });

  test("a copy that is live while its source must be generated is not as expected", async () => {
    const world = await make({ parameters: PARAMETERS, supplied: { [`${P}/mobu/hook`]: "dummy" } });
    await world.put(`${P}/portal/token`, "left over");
    const { report } = await auditWorld(world);
    expect(report).toContain("• nublado token\n");
    expect(report).toContain("Secrets that do not have their expected value:\n• portal token\n");
  });

  test("a value that may not be read is told as such, never as missing", async () => {
    const world = await make({ parameters: PARAMETERS, supplied: { [`${P}/mobu/hook`]: "dummy" } });
    for (const name of Object.keys(PARAMETERS)) await world.put(name, "dummy");
    world.impose({ deny: ["kms:Decrypt:alias/owner"] });
    const { report, untold } = await auditWorld(world);
    expect(untold).toEqual([`${P}/mobu/hook`, `${P}/nublado/hook`, `${P}/portal/token`, `${P}/portal/url`]);
    expect(report).not.toContain("Missing");
  });
});

test("what nothing has a value for is reported alone, with what follows from it", async () => {
  const world = await make({ parameters: PARAMETERS });
  expect((await auditWorld(world)).report).toBe("Unresolved secrets:\n• mobu/hook\n• nublado/hook\n");
});

test("a copy of what is left out is compared with its source's live value", async () => {
  const world = await make({ parameters: PARAMETERS, supplied: { [`${P}/mobu/hook`]: "from the source" } });
  await world.put(`${P}/mobu/hook`, "live");
  await world.put(`${P}/nublado/hook`, "live");
  const { report } = await auditWorld(world, { exclude: [`${P}/mobu/**`, `${P}/portal/**`] });
  expect(report).toBe("Missing secrets:\n• nublado token\n");
});

test("what is left out is not reported, whatever it holds, live or not", async () => {
  const world = await make({ parameters: PARAMETERS, supplied: { [`${P}/mobu/hook`]: "dummy" } });
  await world.apply();
  await world.put(`${P}/portal/token`, "by hand");
  await world.remove(`${P}/portal/url`);
  expect((await auditWorld(world)).report).not.toBe("");
  expect(await auditWorld(world, { exclude: [`${P}/portal/**`] })).toEqual({
    report: "",
    untold: [],
    read: [],
  });
});

test("the pull secret has no key, and what lies in an exclusive scope undeclared is unknown", async () => {
  const pull = `${P}/pull-secret/.dockerconfigjson`;
  const world = await make({
    parameters: { [pull]: { generate: { type: "dockerconfigjson" } } },
    supplied: { [pull]: "{}" },
  });
  await world.put(`${P}/unknown/some-secret`, "dummy");
  expect((await auditWorld(world)).report).toBe(
    "Missing secrets:\n• pull-secret\n\nUnknown secrets in Vault:\n• unknown some-secret\n",
  );
});
