import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import type { Structure } from "../../src/model/rule.ts";
import { problemsOf, read, shown, valuesFolder } from "./values-folder.ts";

const FIXTURES = fileURLToPath(new URL("../../../shared/fixtures/phalanx", import.meta.url));
const withFixtures = existsSync(FIXTURES);
if (!withFixtures)
  console.warn("the Phalanx fixtures are not beside this checkout: their files are not read");

const SECRET = "dummy-password-of-dev";
const OIDC = "/phalanx/dev/gafaelfawr/oidc-server-secrets";
const PULL = "/phalanx/dev/pull-secret/.dockerconfigjson";
const STRUCTURES = new Map<string, Structure>([
  [OIDC, "oidc-clients"],
  [PULL, "dockerconfigjson"],
]);

async function reading(text: string, names: readonly string[]) {
  const folder = await valuesFolder({ "secrets.yaml": text });
  return read({
    folder,
    names,
    structures: new Map(
      [...STRUCTURES].flatMap(([name, one]) => (names.includes(name) ? [[parameterName(name), one]] : [])),
    ),
    sources: [{ kind: "phalanx", path: `${folder}/secrets.yaml`, names: "/phalanx/dev/{application}/{key}" }],
  });
}

const valuesOf = async (text: string, names: readonly string[]) =>
  Object.fromEntries(
    Object.entries(shown(await reading(text, names))).map(([name, [value]]) => [name, value]),
  );

describe("applications", () => {
  test("a secret is found by the name that its application and key make, characters replaced as an import does", async () => {
    const text = `applications:
  mobu:
    ALERT_HOOK: {description: a hook, warning: encode it, value: ${SECRET}}
    "tls@key": {value: second}
`;
    expect(
      shown(await reading(text, ["/phalanx/dev/mobu/ALERT_HOOK", "/phalanx/dev/mobu/tls_40key"])),
    ).toEqual({
      "/phalanx/dev/mobu/ALERT_HOOK": [SECRET, "file secrets.yaml"],
      "/phalanx/dev/mobu/tls_40key": ["second", "file secrets.yaml"],
    });
  });

  test("null is no value yet, nor is a section without anything", async () => {
    const text =
      "applications:\n  mobu:\n    a: {value: null}\n    b: {description: text}\n  argocd:\nvault-write-token: null\n";
    expect(await valuesOf(text, ["/phalanx/dev/mobu/a", "/phalanx/dev/mobu/b"])).toEqual({});
    expect(await valuesOf("", ["/phalanx/dev/mobu/a"])).toEqual({});
  });

  test("unknown applications and keys are found, by their lines alone", async () => {
    const text = `applications:\n  mobu:\n    a: {value: x}\n    ${SECRET}: {value: x}\n  ${SECRET}:\n    a: {value: x}\n`;
    const { findings } = await reading(text, ["/phalanx/dev/mobu/a"]);
    expect(findings.map(({ code, summary }) => [code, summary])).toEqual([
      ["unknown_entry", "2 entries belong to no static parameter (lines 4, 6)"],
    ]);
  });

  test("a trailing line break and a placeholder are found, an empty value is an error", async () => {
    const text = 'applications:\n  mobu:\n    a: {value: "x\\n"}\n    b: {value: changeme}\n';
    const { findings } = await reading(text, ["/phalanx/dev/mobu/a", "/phalanx/dev/mobu/b"]);
    expect(findings.map(({ code }) => code)).toEqual(["trailing_newline", "placeholder"]);
    expect(
      await problemsOf(reading("applications: {mobu: {a: {value: ''}}}", ["/phalanx/dev/mobu/a"])),
    ).toEqual(["secrets.yaml:1:34: the value of /phalanx/dev/mobu/a in file secrets.yaml is empty"]);
  });

  test.each([
    [
      "a number",
      `applications: {mobu: {a: {value: 1234567890}}}`,
      "1:34: the value of /phalanx/dev/mobu/a is no string",
    ],
    ["a scalar for a secret", `applications: {mobu: {a: ${SECRET}}}`, "1:26: a secret is no mapping"],
    ["a scalar for an application", `applications: {mobu: ${SECRET}}`, "1:22: an application is no mapping"],
    ["a misspelt field", `applications: {mobu: {a: {vlaue: ${SECRET}}}}`, "1:27: this is no key of a secret"],
    ["an unknown section", `aplications: {mobu: {}}`, "1:1: this is no key of a file of static secrets"],
    ["a list for a file", `- ${SECRET}`, "1:1: a file of static secrets is no mapping"],
    ["an alias", `applications: {mobu: {a: &x {value: y}, b: *x}}`, "1:44: a secret is no mapping"],
    ["broken YAML", `applications: {mobu: [${SECRET}`, "not YAML"],
    [
      "a client without secret",
      `oidc-clients: {x: {id: ${SECRET}, return_uri: u}}`,
      "1:16: an OpenID Connect client has no secret that is a text",
    ],
    [
      "a registry's number",
      `pull-secret: {registries: {ghcr.io: {username: u, password: 12345678}}}`,
      "1:61: a registry has no password that is a text",
    ],
    [
      "two that meet",
      `applications: {mobu: {a@b: {value: x}, a_40b: {value: y}}}`,
      "1:40: another secret comes to the same name, on line 1",
    ],
  ])("%s is a problem with its place, and nothing of it is repeated", async (_, text, expected) => {
    const problems = await problemsOf(reading(text, ["/phalanx/dev/mobu/a"]));
    expect(problems.join("\n")).toContain(expected);
    expect(problems.join("\n")).not.toMatch(/dummy|12345678/);
  });
});

describe("documents", () => {
  const clients = `oidc-clients:
  zebra: {return_uri: "https://z.example/ü", secret: ${SECRET}, id: z}
  aardvark: {id: a, secret: 'quoted "x"', return_uri: u}
`;
  const registries = `pull-secret:
  description: text
  registries:
    zoo.example: {password: p, username: u}
    ghcr.io: {username: token, password: ${SECRET}}
`;

  test("clients are sorted by name, in Python's JSON", async () => {
    expect(await valuesOf(clients, [OIDC])).toEqual({
      [OIDC]: `[{"id": "a", "secret": "quoted \\"x\\"", "return_uri": "u"}, {"id": "z", "secret": "${SECRET}", "return_uri": "https://z.example/\\u00fc"}]`,
    });
  });

  test("registries keep their order", async () => {
    const auth = (text: string) => Buffer.from(text).toString("base64");
    expect(await valuesOf(registries, [PULL])).toEqual({
      [PULL]: `{"auths": {"zoo.example": {"auth": "${auth("u:p")}", "username": "u", "password": "p"}, "ghcr.io": {"auth": "${auth(`token:${SECRET}`)}", "username": "token", "password": "${SECRET}"}}}`,
    });
  });

  test("no client is an empty list where nothing is live, no registry is no pull secret", async () => {
    const { values } = await reading("oidc-clients: {}\npull-secret: {registries: {}}\n", [OIDC, PULL]);
    expect([...values].map(([name, { value, whenAbsent }]) => [name, value.expose(), whenAbsent])).toEqual([
      [OIDC, "[]", true],
    ]);
  });

  test("what stands for nothing gives way to a later source that has something", async () => {
    const folder = await valuesFolder({ "a.yaml": "{}", "b.yaml": clients });
    const location = (file: string) => ({
      kind: "phalanx" as const,
      path: `${folder}/${file}`,
      names: "/phalanx/dev/{application}/{key}",
    });
    const structures = new Map([[parameterName(OIDC), "oidc-clients" as const]]);
    const sources = [location("a.yaml"), location("b.yaml")];
    const { values } = await read({ folder, names: [OIDC], structures, sources });
    expect(values.get(parameterName(OIDC))).toMatchObject({ from: "file b.yaml" });
    expect(values.get(parameterName(OIDC))).not.toHaveProperty("whenAbsent");
  });

  test.skipIf(!withFixtures)("are those that Phalanx writes for its own fixture", async () => {
    const text = readFileSync(`${FIXTURES}/onepassword/minikube.yaml`, "utf8");
    const golden = (name: string) =>
      JSON.parse(readFileSync(`${FIXTURES}/expected/output-minikube/${name}.json`, "utf8"));
    const values = await valuesOf(text, [OIDC, PULL]);
    expect(JSON.parse(values[OIDC] ?? "")).toEqual(golden("oidc-clients"));
    expect(values[PULL]).toBe(golden("pull-secret")[".dockerconfigjson"]);
  });
});
