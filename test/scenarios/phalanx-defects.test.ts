import { expect, onTestFinished, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { EXIT } from "../../src/model/error.ts";
import { parameterName } from "../../src/model/name.ts";
import { folderOf, paraform } from "../import/in-process.ts";
import { auditWorld } from "../support/audit.ts";
import { changeOf, decisions, makeWorld, NO_INPUTS, outcomes, type WorldOptions } from "../support/world.ts";
import { fakeVault } from "../values/fake-vault.ts";
import { jsonServer } from "../values/json-server.ts";
import { problemsOf, read, valuesFolder } from "../values/values-folder.ts";

const P = "/phalanx/dev";
const HOOK = `${P}/mobu/hook`;
const COPY = `${P}/nublado/hook`;
const PLAIN = `${P}/argocd/plain`;
const HASH = `${P}/argocd/hash`;
const CLIENTS = `${P}/gafaelfawr/oidc-server-secrets`;
const PARAMETERS = {
  [HOOK]: {},
  [COPY]: { copy: HOOK },
  [PLAIN]: { generate: { type: "password" } },
  [HASH]: { generate: { type: "bcrypt-password-hash", source: PLAIN, rounds: 4 } },
};
const SUPPLIED = { [HOOK]: "dummy-hook" };

const make = (options: WorldOptions = {}) =>
  makeWorld({
    parameters: PARAMETERS,
    supplied: SUPPLIED,
    ...options,
    environment: { scopes: [{ path: `${P}/`, exclusive: true }], ...options.environment },
  });

test("defect 1: a store that may not be listed is an error, never an empty one", async () => {
  const world = await make();
  await world.apply();
  const before = await world.value(PLAIN);
  world.impose({ deny: ["ssm:DescribeParameters"] });
  await expect(auditWorld(world)).rejects.toMatchObject({ failure: "denied" });
  const plan = await world.plan();
  expect([plan.complete, plan.applyable, plan.resource_changes]).toEqual([false, false, []]);
  world.impose({});
  expect(await world.value(PLAIN)).toBe(before);
});

test("defect 2: clients that are kept by hand are not overwritten with an empty list", async () => {
  const world = await make({
    parameters: { [CLIENTS]: { generate: { type: "oidc-clients" } } },
    supplied: {},
  });
  await world.put(CLIENTS, '[{"id": "kept by hand"}]');
  world.declare({ adopt: [{ name: CLIENTS }] });
  await world.apply({ allow: { adopt: 1 }, regenerate: ["/**"] });
  expect(await world.value(CLIENTS)).toBe('[{"id": "kept by hand"}]');
});

test("defect 3: a hash follows its source, however that changed, and however the last apply ended", async () => {
  const world = await make();
  await world.apply();
  await world.put(PLAIN, "put by hand");
  expect(changeOf(await world.plan(), HASH)?.action_reason).toBe("source_changed");
  expect((await auditWorld(world)).report).toContain("• argocd hash\n");
  await world.apply();
  const plan = await world.plan({ regenerate: [PLAIN] });
  expect(outcomes(await world.applySaved(plan, { stopAfter: 1 }))).toMatchObject({ [PLAIN]: "applied" });
  expect(changeOf(await world.plan(), HASH)?.action_reason).toBe("source_changed");
});

test("defect 4: what was reviewed is what is applied, with a reason for each change; anything else is stale", async () => {
  const world = await make();
  const plan = await world.plan();
  expect(plan.resource_changes.map(({ action_reason }) => action_reason)).toEqual(
    Object.keys(PARAMETERS).map(() => "missing"),
  );
  world.declare({ supplied: { [HOOK]: "another" } });
  await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
  expect(await world.value(HOOK)).toBeUndefined();
});

test("defect 5: an apply that was cut is finished by the same apply, and rotates nothing twice", async () => {
  const world = await make();
  await world.apply();
  const plan = await world.plan({ regenerate: ["/**"] });
  await world.applySaved(plan, { stopAfter: 1 });
  const rotated = await world.value(PLAIN);
  expect(outcomes(await world.applySaved(plan))).toMatchObject({ [PLAIN]: "done", [HASH]: "applied" });
  expect(await world.value(PLAIN)).toBe(rotated);
});

test("defect 5: what a delete that is refused did not do is not told as done, and what is left is said", async () => {
  const world = await make();
  for (const key of ["stray", "stray2"]) await world.put(`${P}/${key}/key`, "dummy");
  await world.apply();
  world.impose({ deny: [`ssm:DeleteParameter:${P}/stray/*`, `ssm:DeleteParameters:${P}/stray/*`] });
  const result = outcomes(await world.apply({ delete: ["/**"] }));
  expect(result).toMatchObject({
    [`${P}/stray/key`]: "failed AccessDeniedException",
    [`${P}/stray2/key`]: "applied",
  });
  expect([await world.value(`${P}/stray/key`), await world.value(`${P}/stray2/key`)]).toEqual([
    "dummy",
    undefined,
  ]);
  world.impose({});
  expect(outcomes(await world.apply({ delete: ["/**"] }))).toEqual({ [`${P}/stray/key`]: "applied" });
});

test("defect 6: two applies do not run at once, and what changed since the plan is not overwritten", async () => {
  const world = await make();
  await world.apply();
  const plan = await world.plan({ regenerate: [PLAIN] });
  const other = { host: "there", pid: 2, who: "other@there" };
  const both = await Promise.allSettled([world.applySaved(plan), world.applySaved(plan, { holder: other })]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { exitCode: EXIT.locked },
  });
  const next = await world.plan({ regenerate: [PLAIN] });
  await world.put(PLAIN, "put meanwhile");
  await expect(world.applySaved(next)).rejects.toMatchObject({ exitCode: EXIT.stale });
});

test("defect 7: nothing is deleted unasked, and never what is ignored, protected or another application's", async () => {
  const pull = `${P}/pull-secret/.dockerconfigjson`;
  const world = await make({
    environment: { ignore: [`${P}/disabled/**`, pull], protect: [`${P}/kept/**`] },
  });
  for (const name of [`${P}/disabled/key`, `${P}/kept/key`, `${P}/stray/key`, pull, "/elsewhere/key"])
    await world.put(name, "dummy");
  expect(decisions(await world.plan())[`${P}/stray/key`]).toBe("withheld not_in_config");
  await world.apply({ delete: ["/**"] });
  expect(await world.value(`${P}/stray/key`)).toBeUndefined();
  for (const name of [`${P}/disabled/key`, `${P}/kept/key`, pull, "/elsewhere/key"])
    expect([name, await world.value(name)]).toEqual([name, "dummy"]);
});

test("defect 8: one secret is rotated alone, and its dependants are shown first", async () => {
  const world = await make({
    parameters: { ...PARAMETERS, [`${P}/x/y`]: { generate: { type: "password" } } },
  });
  await world.apply();
  const changing = Object.entries(decisions(await world.plan({ regenerate: [PLAIN] }))).filter(
    ([, decision]) => decision !== "no-op",
  );
  expect(changing).toEqual([
    [HASH, "update source_changed"],
    [PLAIN, "update regenerate"],
  ]);
});

test("defect 9: leaving an application out does not break what is copied from it, nor is its source missed", async () => {
  const world = await make({ supplied: {} });
  await world.put(HOOK, "live");
  const exclude = [`${P}/mobu/**`];
  expect((await auditWorld(world, { exclude })).report).not.toContain("Unresolved");
  await world.apply({ exclude });
  expect(await world.value(COPY)).toBe("live");
});

test("defect 10: what is missing blocks what follows from it and nothing else; a cycle is named as one", async () => {
  const world = await make({ supplied: {} });
  expect(decisions(await world.plan())).toEqual({
    [HASH]: "create missing",
    [PLAIN]: "create missing",
    [HOOK]: "blocked missing",
    [COPY]: `blocked input_missing on ${HOOK}`,
  });
  await world.apply({ allow: { blocked: 2 } });
  expect(await world.value(HASH)).toMatch(/^\$2b\$04\$/);
  await world.put(HOOK, "live");
  expect(decisions(await world.plan())[COPY]).toBe("create missing");
  const cycle = { [`${P}/a/b`]: { copy: `${P}/c/d` }, [`${P}/c/d`]: { copy: `${P}/a/b` } };
  const problems = await makeWorld({ parameters: cycle }).catch(({ problems }) => problems);
  expect(problems[0].summary).toBe(`cycle: ${P}/a/b → ${P}/c/d → ${P}/a/b`);
});

const SECRET = "dummy-password-of-dev";
async function readFile(text: string) {
  const folder = await valuesFolder({ "secrets.yaml": text });
  const sources = [
    { kind: "phalanx" as const, path: `${folder}/secrets.yaml`, names: "/phalanx/dev/{application}/{key}" },
  ];
  return read({ folder, names: [HOOK], sources });
}

test("defect 11: a malformed file of secrets is told by its places, and nothing of it is printed", async () => {
  for (const entry of [
    "{value: 1234567890}",
    `{vlaue: ${SECRET}}`,
    SECRET,
    `{value: [${SECRET}]}`,
    `{value: "\\q${SECRET}`,
  ]) {
    const problems = await problemsOf(readFile(`applications:\n  mobu:\n    hook: ${entry}\n`));
    expect(problems.join()).toMatch(/^secrets\.yaml:\d+:\d+: /);
    expect(problems.join()).not.toMatch(/dummy|1234567890/);
  }
});

test("defect 12: an empty value is an error, and an unknown entry is found", async () => {
  const [problem] = await problemsOf(readFile("applications: {mobu: {hook: {value: ''}}}"));
  expect(problem).toContain(`the value of ${HOOK} in file secrets.yaml is empty`);
  const { findings } = await readFile("applications: {mobu: {hok: {value: x}}, muob: {hook: {value: x}}}");
  expect(findings.map(({ code }) => code)).toEqual(["unknown_entry", "unknown_entry"]);
});

test("defect 13: one file serves several environments", () => {
  const environment = (name: string) => ({
    environment: name,
    store: { kind: "embedded" },
    owner: "platform",
    digestKey: { kmsKey: "alias/paraform" },
    replicationKey: "alias/replication",
    variables: { ENV: name },
    configs: ["../common/*.json"],
  });
  const variable = "$" + "{ENV}";
  const cwd = folderOf({
    "configs/common/shared.json": { parameters: { [`/shared/${variable}/hook`]: {} } },
    "configs/dev/environment.json": environment("dev"),
    "configs/prod/environment.json": environment("prod"),
  });
  const namesOf = (name: string) => [
    ...compile({ configs: "configs", environment: name, cwd }).graph.parameters.keys(),
  ];
  expect([namesOf("dev"), namesOf("prod")]).toEqual([["/shared/dev/hook"], ["/shared/prod/hook"]]);
});

test("defect 14: a mount other than secret/ is the one that is asked", async () => {
  const server = await jsonServer(
    fakeVault({ token: "dummy-token", mounts: { "kv/team": { mobu: { hook: SECRET } } } }),
  );
  onTestFinished(() => server.close());
  const supplied = (mount: string) =>
    read({
      names: [HOOK],
      sources: [
        { kind: "vault", mount, map: [{ names: `${P}/{app}/{key}`, path: "{app}", field: "{key}" }] },
      ],
      environmentVariables: { VAULT_ADDR: server.url, VAULT_TOKEN: "dummy-token" },
    });
  expect((await supplied("kv/team")).values.get(parameterName(HOOK))?.value.expose()).toBe(SECRET);
  expect(await problemsOf(supplied("secret"))).toEqual([
    expect.stringContaining("Vault has no KV engine of version 2 at secret"),
  ]);
});

test("defect 14: a condition that leads through no mapping, and two rules in one, are told with their place", async () => {
  const cwd = folderOf({
    "environments/values.yaml": "applications:\n  portal: true\n",
    "environments/values-dev.yaml": "vaultPathPrefix: secret/dev\n",
    "applications/portal/values.yaml": "config: null\n",
    "applications/portal/secrets.yaml":
      "a:\n  description: text\n  if: config.enabled.deep\nb:\n  description: text\n  value: x\n  generate: {type: password}\n",
  });
  const { code, stderr } = await paraform(cwd, "import", "phalanx", ".", "--env", "dev");
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /applications\/portal\/secrets\.yaml:3:\d+: .*config\.enabled\.deep leads through what is no mapping/,
  );
  expect(stderr).toMatch(/applications\/portal\/secrets\.yaml:4:\d+: .*has value and generate/);
});

test("defect 15: a review sees what a change of the config does to the environment, and no value", async () => {
  const world = await make();
  await world.apply();
  world.declare({ parameters: { ...PARAMETERS, [`${P}/portal/hook`]: { copy: HOOK } } });
  world.impose({ deny: ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"] });
  const plan = await world.plan(NO_INPUTS);
  expect(changeOf(plan, `${P}/portal/hook`)).toMatchObject({
    change: { actions: ["create"], after_sensitive: { value: true } },
    action_reason: "missing",
  });
  expect(JSON.stringify(plan)).not.toContain("dummy-hook");
});
