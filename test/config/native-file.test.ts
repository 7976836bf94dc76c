import { describe, expect, it } from "vitest";
import { environment, load, problemsOf, problemsOfFile, show } from "./config-folder.ts";

function read(parameters: object, extra: object = {}) {
  const { config, problems } = load({
    "dev/environment.json": environment(extra),
    "dev/a.json": { parameters },
  });
  expect(show(problems)).toBe("");
  return config;
}

const ruleOf = (entry: object, extra: object = {}) => read({ "/app/x": entry }, extra)?.declarations[0]?.rule;

describe("the rules", () => {
  it("are none, a literal, a copy, a generated value", () => {
    expect(ruleOf({})).toEqual({ kind: "static" });
    expect(ruleOf({ value: "" })).toEqual({ kind: "value", value: "" });
    expect(ruleOf({ copy: "/dba/x" })).toEqual({ kind: "copy", source: "/dba/x" });
    expect(ruleOf({ generate: { type: "uuid" } })).toEqual({ kind: "generate", recipe: { type: "uuid" } });
  });

  it("are a merge of literals and references, one per item", () => {
    const merge = [
      "mysql://",
      `\${/a}`,
      `\${/a:uri}`,
      `\${/a:rfc3986}`,
      `\${/a:base64}`,
      `\${/a:json}`,
      `\${a}`,
      "",
    ];
    expect(ruleOf({ merge })).toEqual({
      kind: "merge",
      parts: [
        { kind: "literal", text: "mysql://" },
        { kind: "reference", name: "/a", encoding: "none" },
        { kind: "reference", name: "/a", encoding: "uri" },
        { kind: "reference", name: "/a", encoding: "rfc3986" },
        { kind: "reference", name: "/a", encoding: "base64" },
        { kind: "reference", name: "/a", encoding: "json" },
        { kind: "literal", text: `\${a}` },
        { kind: "literal", text: "" },
      ],
    });
  });

  it("are left to others by exists", () => {
    const config = read({ "/app/x": { exists: true } });
    expect(config?.declarations).toEqual([]);
    expect(config?.references).toEqual([
      { name: "/app/x", origin: { file: "configs/dev/a.json", line: 1, column: 16 } },
    ]);
  });
});

describe("a common slip has its remedy", () => {
  it.each<[object | string, string]>([
    [{ generate: { type: "passwort" } }, 'did you mean "password"?'],
    [{ generate: "password" }, 'write it as "generate": {"type": "password"}'],
    [{ generate: { type: "password", length: "32" } }, "write it without quotes"],
    [{ type: "secureString" }, 'did you mean "SecureString"?'],
    [{ tier: "advanced" }, 'did you mean "Advanced"?'],
    [{ value: 5 }, "put it in double quotes"],
    [{ tags: { team: true } }, "put it in double quotes"],
    [{ copy: ["/dba/x"] }, 'a copy has one source, as in "copy": "/source"; several are joined by "merge"'],
    [{ merge: "text" }, "put it in brackets: a list may have one item"],
    [{ merge: [`\${dba/x}`] }, `a reference is written \${/name}`],
    [{ exists: "true" }, "write true, without quotes"],
    ["text", 'an entry is an object: {"value": "text"}, {"copy": "/source"}, or {} for what its owner puts'],
  ])("%j", (entry, hint) => {
    const problems = problemsOfFile({ parameters: { "/app/x": entry } });
    expect(problems).toMatch(/\n {2}hint: /);
    expect(problems.split("\n  hint: ").slice(1)).toEqual([hint]);
  });

  it("Windows line ends and a byte order mark are none", () => {
    expect(problemsOfFile('\ufeff{"parameters": {\r\n  "/app/x": {"value": "x"}\r\n}}\r\n')).toBe("");
  });
});

it("keeps attributes as written, policies in one spelling", () => {
  const expiration = {
    Version: "1.0",
    Type: "Expiration",
    Attributes: { Timestamp: "2030-12-02T21:34:33.000Z" },
  };
  const attributes = {
    description: "the user",
    type: "String",
    key: "alias/a",
    tier: "Advanced",
    allowedPattern: "^a",
    dataType: "text",
    tags: { team: "dba" },
  };
  const config = read({ "/app/x": { ...attributes, policies: [expiration] } });
  expect(config?.declarations[0]?.attributes).toEqual({
    ...attributes,
    policies: '[{"Attributes":{"Timestamp":"2030-12-02T21:34:33.000Z"},"Type":"Expiration","Version":"1.0"}]',
  });
});

it("puts variables into names, sources and references, and nowhere else", () => {
  const extra = { variables: { SERVICE: "demo", TEAM: "dba/mysql" } };
  const user = `/app/\${SERVICE}/user`;
  const config = read(
    {
      [user]: { copy: `/\${TEAM}/\${SERVICE}/user`, description: `of \${SERVICE}` },
      "/app/url": { merge: [`\${SERVICE}`, `\${/app/\${SERVICE}/user:uri}`] },
      "/app/literal": { value: `\${SERVICE}` },
    },
    extra,
  );
  expect(config?.declarations.map(({ name, rule, attributes }) => ({ name, rule, attributes }))).toEqual([
    {
      name: "/app/demo/user",
      rule: { kind: "copy", source: "/dba/mysql/demo/user" },
      attributes: { description: `of \${SERVICE}` },
    },
    {
      name: "/app/url",
      rule: {
        kind: "merge",
        parts: [
          { kind: "literal", text: `\${SERVICE}` },
          { kind: "reference", name: "/app/demo/user", encoding: "uri" },
        ],
      },
      attributes: {},
    },
    { name: "/app/literal", rule: { kind: "value", value: `\${SERVICE}` }, attributes: {} },
  ]);
});

it("lists every undefined variable, once per file", () => {
  const text = `{ "parameters": {
  "/app/\${ONE}/x": { "copy": "/dba/\${TWO}" },
  "/app/\${ONE}/y": { "merge": ["\${/dba/\${THREE}:uri}"] }
} }`;
  expect(problemsOfFile(text, { variables: { FOUR: "x" } })).toBe(
    `configs/dev/a.json:2:3: variable ONE is not defined
  hint: add it to "variables" in configs/dev/environment.json
configs/dev/a.json:2:30: variable TWO is not defined
  hint: add it to "variables" in configs/dev/environment.json
configs/dev/a.json:3:32: variable THREE is not defined
  hint: add it to "variables" in configs/dev/environment.json`,
  );
});

describe("names that are none", () => {
  const long = `/${"x".repeat(1999)}`;
  it.each([
    ["app/x", "a name begins with a slash"],
    ["", "a name begins with a slash"],
    ["/", "a name has no empty segment"],
    ["/app/two words", "a name holds only letters, digits and _ . - /"],
    ["/app/../dba", "a name has no . or .. segment"],
    ["/app/übung", "a name holds only letters, digits and _ . - /"],
    ["/app/\ud83d\udd11", "a name holds only letters, digits and _ . - /"],
    ["/app/x:3", "a name holds only letters, digits and _ . - /"],
    ["/aws/x", "names that begin with aws or ssm are reserved"],
    [`/1${"/x".repeat(15)}`, "a name has at most 15 levels"],
    [long, "a name has at most 954 characters"],
  ])("case %#", (name, fault) => {
    const problem = (what: string) =>
      `this ${what} is no parameter name: ${fault}\n  hint: names look like /team/service/key`;
    const placed = (text: string) => problemsOfFile(text).replace(/^.*?: /, "");
    expect(placed(JSON.stringify({ parameters: { [name]: {} } }))).toBe(problem("key"));
    expect(placed(JSON.stringify({ parameters: { "/a": { copy: name } } }))).toBe(problem("source"));
    expect(placed(JSON.stringify({ adopt: [{ name }] }))).toBe(problem("name"));
    expect(placed(JSON.stringify({ replicate_figs: { "/a": name } }))).toBe(problem("destination"));
  });

  it("keeps paraform's own records out of every place", () => {
    const own = (column: number) =>
      `configs/dev/a.json:1:${column}: /paraform/dev/digest-key is not for configs: paraform keeps its own records under /paraform/\n  hint: choose another path`;
    const name = "/paraform/dev/digest-key";
    expect(problemsOfFile({ parameters: { [name]: {} } })).toBe(own(16));
    expect(problemsOfFile({ parameters: { [name]: { exists: true } } })).toBe(own(16));
    expect(problemsOfFile({ parameters: { "/a": { copy: name } } })).toBe(own(29));
    expect(problemsOfFile({ parameters: { "/a": { merge: [`\${${name}}`] } } })).toBe(own(31));
    expect(problemsOfFile({ replicate_figs: { [name]: "/app/a" } })).toBe(own(20));
  });
});

it("names everything that is wrong at once, repeating no value", () => {
  const text = `{
  "parameters": {
    "/a": { "value": "dummy", "copy": "/b" },
    "/b": { "exists": true, "description": "dummy" },
    "/c": { "exists": false },
    "/d": { "type": "Secret", "tier": 3, "key": "alias/b c" },
    "/e": { "generate": { "type": "pasword" } },
    "/f": { "merge": [] },
    "/g": { "merge": ["\${/a}\${/b}", "\${/a:url}", "\${/a}/x", 7] },
    "/h": { "tags": { "aws:x": "dummy" }, "dummy-password": 1 },
    "/i": { "policies": [{ "Type": "Expiration", "Version": "1.0", "Attributes": { "Timestamp": "soon" } }] },
    "/j": "dummy",
    "/k": { "merge": ["\${/a}\${/b}", "\${/a:url}", "x\${/a}"] }
  },
  "adopt": [{ "name": "/e" }, { "name": "/z" }, { "name": "/k", "owner": "two words" }],
  "renamed": []
}`;
  expect(problemsOfFile(text)).toBe(
    `configs/dev/a.json:3:39: an entry has one rule, not value and copy
  hint: keep one of them
configs/dev/a.json:4:44: description cannot stand beside exists
  hint: somebody else writes this parameter: remove it
configs/dev/a.json:5:23: parameters["/c"].exists must be true
  hint: write true, without quotes
configs/dev/a.json:6:21: parameters["/d"].type must be "String" or "StringList" or "SecureString"
configs/dev/a.json:6:39: parameters["/d"].tier must be "Standard" or "Advanced" or "Intelligent-Tiering"
configs/dev/a.json:6:49: parameters["/d"].key must be a KMS key: alias/NAME, an id or an ARN
configs/dev/a.json:7:35: parameters["/e"].generate.type must be "password" or "gafaelfawr-token" or "fernet-key" or "uuid" or "random-bytes" or "rsa-private-key" or "ed25519-private-key" or "ssh-key-pair" or "tls-self-signed" or "bcrypt-password-hash" or "mtime" or "ssh-public-key" or "tls-certificate" or "oidc-clients" or "dockerconfigjson"
  hint: did you mean "password"?
configs/dev/a.json:8:22: parameters["/f"].merge must have at least one item
configs/dev/a.json:9:61: parameters["/g"].merge[3] must be a string
  hint: put it in double quotes
configs/dev/a.json:10:21: parameters["/h"].tags must have keys of 1 to 128 letters, digits, spaces and _.:/=+-@, none of which begins with aws:
configs/dev/a.json:10:43: unknown key (not shown) in parameters["/h"]
  hint: known here: value, copy, merge, generate, exists, description, type, key, tier, policies, allowedPattern, dataType, tags
configs/dev/a.json:11:97: parameters["/i"].policies[0].Attributes.Timestamp must be a time such as 2030-12-02T21:34:33.000Z
configs/dev/a.json:12:11: parameters["/j"] must be an object
  hint: an entry is an object: {"value": "text"}, {"copy": "/source"}, or {} for what its owner puts
configs/dev/a.json:13:23: this item holds several references
  hint: give each reference an item of its own
configs/dev/a.json:13:37: this reference has an unknown suffix
  hint: known: :uri, :rfc3986, :base64, :json
configs/dev/a.json:13:50: a reference stands within this item
  hint: give it an item of its own: ["…", "\${/a}", "…"]; to mean this very text, end an item after its $
configs/dev/a.json:15:41: /z is adopted but not declared
  hint: give it an entry with the rule that it shall have
configs/dev/a.json:15:74: adopt[2].owner must have 1 to 64 characters of letters, digits and . _ / -
configs/dev/a.json:16:3: unknown key "renamed"
  hint: known here: $schema, parameters, adopt, groups, moved, removed, twig, app_figs, shared_figs, replicate_figs, merged_figs, merge_figs, replicate_from, import`,
  );
});

it("takes no literal that was meant to hold a reference, and shows how it is written", () => {
  const problem = (item: string) => problemsOfFile({ parameters: { "/a": { merge: ["x", item] } } });
  const within =
    "configs/dev/a.json:1:35: a reference stands within this item\n  hint: give it an item of its own: ";
  const verbatim = "; to mean this very text, end an item after its $";
  expect(problem(`mysql://\${/dba/a/password}@x`)).toBe(
    `${within}["…", "\${/dba/a/password}", "…"]${verbatim}`,
  );
  expect(problem(`user=\${/dba/\${ENV}/b:uri}`)).toBe(`${within}["…", "\${/name}", "…"]${verbatim}`);
  expect(problem(`\${dba/b}`)).toBe(
    `configs/dev/a.json:1:35: the name of a reference begins with a slash\n  hint: a reference is written \${/name}`,
  );
  expect(problemsOfFile({ parameters: { "/a": { merge: ["user=$", "{/b}"] } } })).toBe("");
});

it("knows a file of values that no source names by its keys", () => {
  expect(problemsOfFile({ "/dba/a/password": "dummy" })).toBe(
    `configs/dev/a.json:1:2: unknown key "/dba/a/password"
  hint: names stand under "parameters"; a file of values is named under "sources" in environment.json`,
  );
});

it("takes an alias with its folder only, an id or an ARN for a KMS key", () => {
  const problem = (key: string) => problemsOfFile({ parameters: { "/a": { key } } });
  expect(problem("app")).toContain(
    `must be a KMS key: alias/NAME, an id or an ARN\n  hint: an alias is written "alias/app"`,
  );
  for (const key of [
    "alias/app",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "mrk-1234abcd12ab34cd56ef1234567890ab",
    "arn:aws:kms:eu-west-1:123456789012:alias/app",
    "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  ])
    expect(problem(key)).toBe("");
});

describe("two rules for one name", () => {
  it("names both places, also across files and behind variables", () => {
    const files = {
      "dev/environment.json": environment({ variables: { S: "svc" } }),
      "dev/a.json": `{"parameters": {"/app/svc/x": {"copy": "/dba/one"},\n"/app/\${S}/x": {"copy": "/dba/two"}}}`,
      "dev/b.json": `{"parameters": {"/app/svc/x": {"copy": "/dba/one"}}}`,
      "dev/c.json": `{"parameters": {"/app/svc/x": {}}}`,
      "dev/d.json": `{"replicate_figs": {"/dba/three": "/app/svc/x"}}`,
    };
    const hint = "\n  hint: a name has one rule; the first is at configs/dev/a.json:1:17";
    expect(problemsOf(files)).toBe(
      `configs/dev/a.json:2:1: /dba/one and /dba/two are both copied to /app/svc/x${hint}
configs/dev/b.json:1:17: /dba/one is copied to /app/svc/x twice${hint}
configs/dev/c.json:1:17: /app/svc/x has two rules: a copy of /dba/one and a static value${hint}
configs/dev/d.json:1:35: /dba/one and /dba/three are both copied to /app/svc/x${hint}`,
    );
  });

  it("does not mind references beside a rule, or several of them", () => {
    const files = {
      "dev/environment.json": environment(),
      "dev/a.json": { parameters: { "/app/x": { exists: true }, "/app/y": { copy: "/app/x" } } },
      "dev/b.json": { parameters: { "/app/x": { exists: true } } },
      "dev/c.json": { parameters: { "/app/x": { generate: { type: "password" } } } },
    };
    expect(problemsOf(files)).toBe("");
  });
});

it("takes one leave to adopt for each name", () => {
  const adopt = [{ name: "/a", owner: "platform/team" }, { name: "/a" }];
  expect(problemsOfFile({ parameters: { "/a": {} }, adopt })).toBe(
    "configs/dev/a.json:1:80: /a is adopted twice\n  hint: the first is at configs/dev/a.json:1:42",
  );
});

it("keeps the two languages apart, and still reads both", () => {
  expect(problemsOfFile({ parameters: { "/a b": {} }, replicate_figs: { "/c": "/other/c" } })).toBe(
    `configs/dev/a.json:1:16: this key is no parameter name: a name holds only letters, digits and _ . - /
  hint: names look like /team/service/key
configs/dev/a.json:1:27: replicate_figs is a key of Figgy's in a native file, which has parameters
  hint: one file holds one language: move it to a file of its own
configs/dev/a.json:1:50: /other/c lies outside /app/
  hint: Figgy files write to services only; a native file may write elsewhere`,
  );
});
