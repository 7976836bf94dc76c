import { describe, expect, it } from "vitest";
import { environment, load, problemsOfFile, show } from "./config-folder.ts";

const HEX = "0123456789abcdef";

/** The declarations of one entry by name, as the graph is made of them. */
function declared(generate: object, extra: object = {}, entry: object = {}) {
  const { config, problems } = load({
    "dev/environment.json": environment(extra),
    "dev/a.json": { parameters: { "/app/x": { ...entry, generate } } },
  });
  expect(show(problems)).toBe("");
  return new Map(config?.declarations.map((one) => [one.name as string, one]));
}

const recipeOf = (generate: object, extra: object = {}) => {
  const rule = declared(generate, extra).get("/app/x")?.rule;
  return rule?.kind === "generate" ? rule.recipe : undefined;
};

describe("a recipe", () => {
  it.each<[object, object]>([
    [{ type: "password" }, { type: "password", length: 64, alphabet: HEX }],
    [
      { type: "password", length: 20 },
      { type: "password", length: 20, alphabet: HEX },
    ],
    [
      { type: "password", alphabet: "letters", length: 12 },
      {
        type: "password",
        length: 12,
        alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
      },
    ],
    [
      { type: "password", length: 64, alphabet: "#abca#" },
      { type: "password", length: 64, alphabet: "#abc" },
    ],
    [{ type: "rsa-private-key" }, { type: "rsa-private-key", bits: 2048 }],
    [
      { type: "random-bytes", bytes: 32, encoding: "base64" },
      { type: "random-bytes", bytes: 32, encoding: "base64" },
    ],
    [
      { type: "bcrypt-password-hash", source: "/app/y" },
      { type: "bcrypt-password-hash", source: "/app/y", rounds: 15 },
    ],
    [
      { type: "tls-certificate", source: "/app/y", commonName: "db" },
      { type: "tls-certificate", source: "/app/y", commonName: "db", dnsNames: [], days: 365 },
    ],
  ])("%j has its defaults filled in", (written, recipe) => {
    expect(recipeOf(written)).toEqual(recipe);
  });

  it("names its source with variables, as a copy does", () => {
    const mtime = { type: "mtime", source: `/${"${RUN}"}/password` };
    expect(recipeOf(mtime, { variables: { RUN: "dev" } })).toEqual({
      type: "mtime",
      source: "/dev/password",
    });
  });

  it("of a pair declares the other half, which is derived from it and has its tags", () => {
    const ssh = { type: "ssh-key-pair", public: "/app/x.pub" };
    const both = declared(ssh, {}, { description: "private", tags: { team: "dba" } });
    expect(both.get("/app/x")?.rule).toEqual({ kind: "generate", recipe: { type: "ssh-key-pair" } });
    expect(both.get("/app/x.pub")).toEqual({
      name: "/app/x.pub",
      rule: { kind: "generate", recipe: { type: "ssh-public-key", source: "/app/x" } },
      attributes: { tags: { team: "dba" } },
      origin: { file: "configs/dev/a.json", line: 1, column: expect.any(Number) },
    });
    const tls = { type: "tls-self-signed", certificate: "/app/crt", commonName: "db", days: 7 };
    expect(declared(tls).get("/app/crt")?.rule).toEqual({
      kind: "generate",
      recipe: { type: "tls-certificate", source: "/app/x", commonName: "db", dnsNames: [], days: 7 },
    });
  });
});

describe("what is wrong with a recipe is said with its place and a remedy", () => {
  const problems = (generate: object) =>
    problemsOfFile(`{ "parameters": {\n"/app/x": { "generate": ${JSON.stringify(generate)} } } }`);
  const at = (column: number) => `configs/dev/a.json:2:${column}: `;
  const stanza = 'parameters["/app/x"].generate';

  it.each<[object, string]>([
    [{ type: "password", length: 3 }, `${at(53)}${stanza}.length must be 8 or more`],
    [
      { type: "password", length: 12, alphabet: "digits" },
      `${at(25)}a password of 12 characters from 10 can be guessed: it has 39 bits, and needs 64
  hint: give it a length of 20 or more, or more characters to choose from`,
    ],
    [
      { type: "password", alphabet: "aaa" },
      `${at(55)}${stanza}.alphabet must hold two different characters or more`,
    ],
    [
      { type: "password", alphabet: "ab c" },
      `${at(55)}${stanza}.alphabet must hold visible ASCII characters, none of them a brace`,
    ],
    [{ type: "mtime" }, `${at(25)}${stanza}.source is missing`],
    [
      { type: "mtime", source: "x" },
      `${at(50)}this source is no parameter name: a name begins with a slash
  hint: names look like /team/service/key`,
    ],
    [
      { type: "uuid", length: 64 },
      `${at(40)}unknown key "length" in ${stanza}
  hint: known here: type`,
    ],
    [
      { type: "password", lenght: 64 },
      `${at(44)}unknown key "lenght" in ${stanza}
  hint: did you mean "length"?`,
    ],
    [
      { type: "mtime", source: "/app/x" },
      `configs/dev/a.json:2:1: cycle: /app/x → /app/x
  hint: a value cannot follow from itself: give one of these another rule`,
    ],
    [
      { type: "ssh-key-pair", public: "/app/x" },
      `${at(57)}/app/x has two rules: a generated value and derived from /app/x
  hint: a name has one rule; the first is at configs/dev/a.json:2:1`,
    ],
    [
      { type: "bcrypt-password-hash", source: "/app/y", rounds: 31 },
      `${at(83)}${stanza}.rounds must be at most 17`,
    ],
    [{ type: "rsa-private-key", bits: 1024 }, `${at(58)}${stanza}.bits must be 2048 or 3072 or 4096`],
    [
      { type: "tls-self-signed", certificate: "/app/c", commonName: "db", dnsNames: ["not a name"] },
      `${at(104)}${stanza}.dnsNames[0] must be a DNS name such as db.example.org or *.example.org`,
    ],
  ])("%j", (generate, said) => {
    expect(problems(generate)).toBe(said);
  });

  it("and an unknown one lists those that are known", () => {
    expect(problems({ type: "pasword" })).toMatch(
      /generate\.type must be "password" or "gafaelfawr-token" or .* or "tls-certificate" or "oidc-clients" or "dockerconfigjson"\n {2}hint: did you mean "password"\?$/,
    );
  });

  it("a derived value needs a grant, as a copy does", () => {
    const text = { parameters: { "/app/y": { generate: { type: "mtime", source: "/dba/x" } } } };
    expect(problemsOfFile(text, { grants: [{ source: "/dba/y", to: "/app/**" }] })).toContain(
      "no grant lets /dba/x reach /app/y",
    );
    expect(problemsOfFile(text, { grants: [{ source: "/dba/x", to: "/app/**" }] })).toBe("");
  });
});
