import { mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { documentOf, filesIn, folderOf, paraform, parametersOf, write } from "./in-process.ts";

type Files = Readonly<Record<string, string>>;

const ENVIRONMENTS: Files = {
  "environments/values.yaml": "applications:\n  a: true\n  b: true\n  disabled: false\nvaultPathPrefix: ''\n",
  "environments/values-dev.yaml":
    "name: dev\nvaultUrl: https://vault.example/\nvaultPathPrefix: secret/dev\n",
  "applications/a/values.yaml": "config: {active: true, idle: false, text: 'false', none: null, list: []}\n",
  "applications/b/values.yaml": "",
  "applications/disabled/values.yaml": "",
};

/** Imports `dev` of a checkout with these files and says what was written and what reported, one line a report. */
async function importOf(files: Files, ...more: readonly string[]) {
  const cwd = folderOf(
    Object.fromEntries(
      Object.entries({ ...ENVIRONMENTS, ...files }).map(([name, text]) => [`phalanx/${name}`, text]),
    ),
  );
  const said = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev", ...more);
  if (said.code === 1) return { cwd, said, parameters: {}, reports: [] };
  const { "environment.json": _, ...replication } = filesIn(path.join(cwd, "configs/dev"));
  const parameters: ReturnType<typeof parametersOf> = Object.assign(
    {},
    ...Object.values(replication).map(parametersOf),
  );
  const reports = said.stderr.split("\n").filter((line) => !/^(?: {2}hint: |Next: |$)/.test(line));
  return { cwd, said, parameters, reports };
}

const secretsOfA = (yaml: string) => importOf({ "applications/a/secrets.yaml": yaml });
const static_ = { description: "d" };

describe("conditions", () => {
  const holding = async (condition: string, values = "") => {
    const { parameters, reports } = await importOf({
      "applications/a/secrets.yaml": `x: {description: d, if: ${condition}}\n`,
      "applications/a/values-dev.yaml": values,
      "applications/a/values-other.yaml": "config: {elsewhere: true}\n",
    });
    return { holds: "/phalanx/dev/a/x" in parameters, reports };
  };

  it.each([
    ["config.active", "", true],
    ["config.idle", "", false],
    ["config.text", "", true],
    ["config.none", "", false],
    ["config.list", "", false],
    ["config", "", true],
    ["config.idle", "config: {idle: yes}", true],
    ["config.active", "config: {active: 0}", false],
    ["config.active", "config: {other: 1}", true],
    ["config.list", "config: {list: [1]}", true],
    ["config", "config: {}", true],
    ["config.elsewhere", "", false],
    ["config.sub.active", "config: {sub: {active: 0o0}}", true],
  ])("%s with values %j: %s", async (condition, values, holds) => {
    expect(await holding(condition, values)).toEqual({ holds, reports: [] });
  });

  it("is reported when no values file of any environment has its path", async () => {
    expect(await holding("config.tpyo")).toEqual({
      holds: false,
      reports: [
        "phalanx/applications/a/secrets.yaml:1:21: warning: a/x: condition config.tpyo is in no values file of a, so it is never true",
      ],
    });
  });

  it.each(["config.active.deeper", "config.none.deeper", "config.list.deeper"])(
    "is reported with its place when %s leads through what is no mapping",
    async (condition) => {
      const { holds, reports } = await holding(condition);
      expect(holds).toBe(false);
      expect(reports).toEqual([
        `phalanx/applications/a/secrets.yaml:1:21: warning: a/x: condition ${condition} leads through what is no mapping at phalanx/applications/a/values.yaml:1; it is taken for false`,
      ]);
    },
  );

  it("drops a stanza alone where the stanza bears it", async () => {
    const { parameters } = await secretsOfA(
      "x: {description: d, generate: {type: password, if: config.idle}}\ny: {description: d, generate: {type: password, if: config.active}}\n",
    );
    expect(parameters).toEqual({
      "/phalanx/dev/a/x": static_,
      "/phalanx/dev/a/y": { ...static_, generate: { type: "password" } },
    });
  });
});

describe("the environment's own secrets file", () => {
  it("replaces whole entries and adds others", async () => {
    const { parameters } = await importOf({
      "applications/a/secrets.yaml":
        "x: {description: old, generate: {type: password}}\ny: {description: y}\n",
      "applications/a/secrets-dev.yaml": "x: {description: new}\nz: {description: z}\n",
      "applications/a/secrets-other.yaml": "w: {description: w}\n",
    });
    expect(parameters).toEqual({
      "/phalanx/dev/a/x": { description: "new" },
      "/phalanx/dev/a/y": { description: "y" },
      "/phalanx/dev/a/z": { description: "z" },
    });
  });
});

describe("conflicts: value before copy before generate before static", () => {
  it.each([
    [
      "value: v, copy: {application: b, key: y, if: config.active}",
      { value: "v" },
      "has value and copy: value is kept",
    ],
    ["value: v, generate: {type: password}", { value: "v" }, "has value and generate: value is kept"],
    [
      "copy: {application: b, key: y}, generate: {type: password}",
      { copy: "/phalanx/dev/b/y" },
      "has copy and generate: copy is kept",
    ],
  ])("%s", async (stanzas, rule, reason) => {
    const { parameters, reports } = await importOf({
      "applications/a/secrets.yaml": `x: {description: d, ${stanzas}}\n`,
      "applications/b/secrets.yaml": "y: {description: y}\n",
    });
    expect(parameters["/phalanx/dev/a/x"]).toEqual({ ...static_, ...rule });
    expect(reports).toEqual([`phalanx/applications/a/secrets.yaml:1:1: warning: a/x: ${reason}`]);
  });

  it("is none where a condition leaves one of them", async () => {
    const { parameters, reports } = await secretsOfA(
      "x: {description: d, copy: {application: b, key: y, if: config.idle}, generate: {type: password, if: config.active}}\n",
    );
    expect(reports).toEqual([]);
    expect(parameters["/phalanx/dev/a/x"]).toEqual({ ...static_, generate: { type: "password" } });
  });
});

describe("what follows from nothing is static, and told apart", () => {
  it.each([
    ["application: b, key: gone", "copies b/gone, which is in no secrets file"],
    ["application: disabled, key: y", "copies disabled/y, and disabled is not enabled"],
    ["application: nowhere, key: y", "copies nowhere/y, and there is no application nowhere"],
    ["application: b, key: conditional", "copies b/conditional, whose condition b.idle is false"],
    ["application: ../..,  key: y", "copies ../../y, and there is no application ../.."],
  ])("copy: {%s}", async (copy, reason) => {
    const { parameters, reports } = await importOf({
      "applications/a/secrets.yaml": `x: {description: d, copy: {${copy}}}\nrest: {description: d}\n`,
      "applications/b/secrets.yaml": "conditional: {description: y, if: b.idle}\n",
      "applications/b/values.yaml": "b: {idle: false}\n",
    });
    expect(parameters).toEqual({ "/phalanx/dev/a/x": static_, "/phalanx/dev/a/rest": static_ });
    expect(reports).toEqual([`phalanx/applications/a/secrets.yaml:1:21: warning: a/x: ${reason}`]);
  });

  it("a derived secret without its source", async () => {
    const { parameters, reports } = await secretsOfA(
      "x: {description: d, generate: {type: mtime, source: gone}}\n",
    );
    expect(parameters).toEqual({ "/phalanx/dev/a/x": static_ });
    expect(reports[0]).toMatch(/a\/x: is generated from a\/gone, which is in no secrets file$/);
  });

  it("a copy of a copy is none of them", async () => {
    const { parameters, reports } = await importOf({
      "applications/a/secrets.yaml":
        "x: {description: d, copy: {application: b, key: y}}\nz: {description: d, copy: {application: a, key: x}}\n",
      "applications/b/secrets.yaml": "y: {description: d}\n",
    });
    expect(reports).toEqual([]);
    expect(parameters["/phalanx/dev/a/z"]?.copy).toBe("/phalanx/dev/a/x");
  });

  it("a cycle, each of its secrets with the way around", async () => {
    const { cwd, parameters, reports } = await importOf({
      "applications/a/secrets.yaml":
        "x: {copy: {application: b, key: y}}\nself: {copy: {application: a, key: self}}\nrest: {copy: {application: b, key: y}}\n",
      "applications/b/secrets.yaml": "y: {copy: {application: a, key: x}}\n",
    });
    expect(reports).toEqual([
      "phalanx/applications/a/secrets.yaml:1:1: warning: a/x: follows from itself: a/x → b/y → a/x",
      "phalanx/applications/a/secrets.yaml:2:1: warning: a/self: follows from itself: a/self → a/self",
      "phalanx/applications/b/secrets.yaml:1:1: warning: b/y: follows from itself: a/x → b/y → a/x",
    ]);
    expect(parameters["/phalanx/dev/a/rest"]).toEqual({ copy: "/phalanx/dev/b/y" });
    const { graph } = compile({ configs: "configs", environment: "dev", cwd });
    expect(graph.parameters.size).toBe(4);
  });
});

describe("entries that Phalanx would refuse", () => {
  it.each([
    ["x: {}", "description must be set"],
    ["x: text", "the secret is no mapping"],
    ["x: {description: d, surprise: 1}", "an unknown key of the secret is left out"],
    ["x: {description: [d]}", "description is no text and is left out"],
    ["x: {description: d, if: {a: b}}", "if is no text and is left out"],
    ["x: {description: d, copy: {application: b}}", "copy names no application and key and is left out"],
    ["x: {description: d, generate: {type: dice}}", "generate has no type that is known and is left out"],
    [
      "x: {description: d, generate: {type: mtime}}",
      "generate of type mtime names no source and is left out",
    ],
    ["x: {description: d, value: 5432}", "value is no text and is left out"],
    ["x: {description: d, value: ''}", "its value is empty, and Parameter Store keeps none"],
    ["x: {description: d, value: 'a {{b}}'}", "its value holds {{…}}, which Parameter Store refuses"],
  ])("%s", async (yaml, reason) => {
    const { cwd, parameters, reports } = await secretsOfA(`${yaml}\nrest: {description: d}\n`);
    expect(reports.join("\n")).toContain(`a/x: ${reason}`);
    expect(Object.keys(parameters)).toEqual(["/phalanx/dev/a/rest", "/phalanx/dev/a/x"]);
    expect(parameters["/phalanx/dev/a/x"]).not.toHaveProperty("generate");
    expect(compile({ configs: "configs", environment: "dev", cwd }).graph.parameters.size).toBe(2);
  });

  it("a source too many, and a key that is no text", async () => {
    const { parameters, reports } = await secretsOfA(
      "x: {description: d, generate: {type: password, source: y}}\n7: {description: d}\n",
    );
    expect(parameters).toEqual({ "/phalanx/dev/a/x": { ...static_, generate: { type: "password" } } });
    expect(reports.map((line) => line.replace(/^.*warning: /, ""))).toEqual([
      "a/x: generate of type password takes no source, which is left out",
      "a secret's key is no text and is left out",
    ]);
  });
});

describe("names", () => {
  it("keep dots, and write every other character as _ and hex digits", async () => {
    const { parameters, reports } = await secretsOfA(
      '".dockerconfigjson": {description: d}\n"tls@key": {description: d}\n"ä": {description: d}\n"..": {description: d}\n',
    );
    expect(Object.keys(parameters)).toEqual([
      "/phalanx/dev/a/.dockerconfigjson",
      "/phalanx/dev/a/_2e_2e",
      "/phalanx/dev/a/_c3_a4",
      "/phalanx/dev/a/tls_40key",
    ]);
    expect(reports).toHaveLength(3);
    expect(reports.join("\n")).toContain("a/tls@key: becomes /phalanx/dev/a/tls_40key");
  });

  it("are left out where two come to one, or there can be none", async () => {
    const { parameters, reports } = await secretsOfA(
      `"x@": {description: d}\n"x_40": {description: d}\n"": {description: d}\n${"k".repeat(1000)}: {description: d}\n`,
    );
    expect(Object.keys(parameters)).toEqual(["/phalanx/dev/a/x_40"]);
    expect(reports.filter((line) => line.includes("is left out:"))).toHaveLength(3);
  });

  it("begin with the prefix that is asked for", async () => {
    const { parameters } = await importOf(
      { "applications/a/secrets.yaml": "x: {description: d}\n" },
      "--prefix",
      "/k8s/dev/",
    );
    expect(Object.keys(parameters)).toEqual(["/k8s/dev/a/x"]);
  });

  it.each(["dev", "/", "/aws/x", "/paraform/dev", "/a//b"])("cannot begin with %s", async (prefix) => {
    const { said } = await importOf({}, "--prefix", prefix);
    expect(said).toMatchObject({ code: 1, stdout: "" });
    expect(said.stderr).toContain("--prefix is no prefix of names");
  });

  it("a description is cut to 1024 characters, and no character in two", async () => {
    const { parameters, reports } = await secretsOfA(`x: {description: ${"d".repeat(1023)}😀}\n`);
    expect(parameters["/phalanx/dev/a/x"]?.description).toBe("d".repeat(1023));
    expect(reports[0]).toContain("a/x: its description is cut to 1024 characters");
  });
});

describe("prefixes that meet", () => {
  it("in Vault, with the environment and whose server it is", async () => {
    const { reports } = await importOf({
      "environments/values-same.yaml": "vaultUrl: https://vault.example/\nvaultPathPrefix: secret/dev\n",
      "environments/values-other.yaml": "vaultUrl: https://other.example/\nvaultPathPrefix: secret/dev\n",
      "environments/values-below.yaml":
        "vaultUrl: https://vault.example/\nvaultPathPrefix: secret/dev/below\n",
      "environments/values-apart.yaml":
        "vaultUrl: https://vault.example/\nvaultPathPrefix: secret/development\n",
    });
    expect(reports).toEqual([
      "phalanx/environments/values-dev.yaml:3:18: warning: the secrets of below lie under secret/dev/below too, on the same Vault server; here each has a prefix of its own",
      "phalanx/environments/values-dev.yaml:3:18: warning: the secrets of other lie under secret/dev too, on another Vault server; here each has a prefix of its own",
      "phalanx/environments/values-dev.yaml:3:18: warning: the secrets of same lie under secret/dev too, on the same Vault server; here each has a prefix of its own",
    ]);
  });

  it("in Parameter Store, where another environment sweeps the same names of the same account", async () => {
    const { cwd } = await importOf({});
    const other = (account: string) => ({
      environment: "other",
      store: { kind: "parameter-store", account, region: "eu-west-1" },
      owner: "x",
      scopes: ["/phalanx/"],
      digestKey: { kmsKey: "alias/x" },
    });
    write(path.join(cwd, "configs/other/environment.json"), other("111111111111"));
    const again = () => paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev");
    expect((await again()).stderr).toBe("");
    write(path.join(cwd, "configs/dev/environment.json"), { ...other("111111111111"), environment: "dev" });
    expect((await again()).stderr).toContain(
      "configs/other/environment.json:1:1: warning: environment other sweeps names under /phalanx/dev/ too",
    );
    write(path.join(cwd, "configs/other/environment.json"), other("222222222222"));
    expect((await again()).stderr).toBe("");
  });

  it.each([
    [
      "of any account, for it may come to lie there",
      { kind: "parameter-store", account: "111111111111", region: "eu-west-1" },
      true,
    ],
    ["but not of an embedded store, which is another's", { kind: "embedded" }, false],
  ])("where nothing is written yet, %s", async (_, store, claimed) => {
    const other = {
      environment: "other",
      store,
      owner: "x",
      scopes: ["/phalanx/"],
      digestKey: { kmsKey: "alias/x" },
    };
    const cwd = folderOf({
      ...Object.fromEntries(Object.entries(ENVIRONMENTS).map(([name, text]) => [`phalanx/${name}`, text])),
      "configs/other/environment.json": other,
    });
    const { stderr } = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev");
    expect(/environment other sweeps names under/.test(stderr)).toBe(claimed);
  });

  it("nowhere, where the environment that is there sweeps elsewhere", async () => {
    const { cwd } = await importOf({});
    const { scopes: _, ...rest } = documentOf(filesIn(cwd)["configs/dev/environment.json"] ?? "");
    write(path.join(cwd, "configs/dev/environment.json"), { ...rest, scopes: ["/app/"] });
    const { stderr } = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev");
    expect(stderr).toMatch(
      /^configs\/dev\/environment\.json:1:1: warning: no scope covers \/phalanx\/dev\/: /,
    );
  });
});

describe("files", () => {
  const files = {
    "applications/a/secrets.yaml": "x: {description: d}\n",
    "applications/b/secrets.yaml": "y: {description: d}\n",
  };

  it("that would change are named and kept without --force, and none is written", async () => {
    const { cwd } = await importOf(files);
    write(path.join(cwd, "configs/dev/a.json"), "{}");
    write(path.join(cwd, "phalanx/applications/b/secrets.yaml"), "other: {description: d}\n");
    const before = filesIn(path.join(cwd, "configs"));
    const refused = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(
      "error: configs/dev/a.json, configs/dev/b.json exist with another content",
    );
    expect(filesIn(path.join(cwd, "configs"))).toEqual(before);
    const forced = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev", "--force");
    expect(forced.stdout).toBe(
      "Kept configs/dev/environment.json\nWrote configs/dev/a.json: 1 parameter\nWrote configs/dev/b.json: 1 parameter\n",
    );
    const secrets = ["--secrets", "secrets.json"];
    const late = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev", ...secrets);
    expect(late.stderr).toContain(
      'configs/dev/environment.json:1:1: warning: --secrets is not written: the file is kept, and has no such source\n  hint: write {"kind":"phalanx","path":"../../secrets.json"',
    );
  });

  it("of an application that is disabled since are named and stay", async () => {
    const { cwd } = await importOf(files);
    write(path.join(cwd, "phalanx/environments/values-dev.yaml"), "applications: {b: false}\n");
    const again = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev");
    expect(again.stderr).toMatch(/^configs\/dev\/b\.json:1:1: warning: this file is of an earlier import/);
    expect(filesIn(cwd)).toHaveProperty(["configs/dev/b.json"]);
  });

  it("never replace environment.json, also for an application of that name", async () => {
    const { cwd } = await importOf({
      "environments/values-dev.yaml": "applications: {environment: true}\n",
      "applications/environment/secrets.yaml": "x: {description: d}\n",
    });
    const written = filesIn(path.join(cwd, "configs/dev"));
    expect(Object.keys(written)).toEqual(["environment-secrets.json", "environment.json"]);
    expect(documentOf(written["environment.json"] ?? "")).toHaveProperty("owner", "phalanx");
  });

  it("are each written once, where the names of two come to the same", async () => {
    const { cwd } = await importOf(
      {
        "environments/values-dev.yaml":
          "applications: {environment: true, environment-secrets: true, pull-secret: true}\n",
        "applications/environment/secrets.yaml": "x: {description: d}\n",
        "applications/environment-secrets/secrets.yaml": "y: {description: d}\n",
        "applications/pull-secret/secrets.yaml": "z: {description: d}\n",
      },
      "--pull-secret",
    );
    const { "environment.json": _, ...written } = filesIn(path.join(cwd, "configs/dev"));
    const names = Object.entries(written).map(([file, text]) => [file, Object.keys(parametersOf(text))]);
    expect(Object.fromEntries(names)).toEqual({
      "environment-secrets.json": ["/phalanx/dev/environment/x"],
      "environment-secrets-2.json": ["/phalanx/dev/environment-secrets/y"],
      "pull-secret.json": ["/phalanx/dev/pull-secret/z"],
      "pull-secret-2.json": ["/phalanx/dev/pull-secret/.dockerconfigjson"],
    });
    const again = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "dev", "--pull-secret");
    expect(again).toMatchObject({ code: 0, stdout: expect.not.stringContaining("Wrote") });
  });

  it("of an enabled application without a folder are none, and that is said", async () => {
    const { reports } = await importOf({
      "environments/values-dev.yaml": "applications: {ghost: true, ../../etc: true}\n",
    });
    expect(reports.map((line) => line.replace(/^.*warning: /, ""))).toEqual([
      "../../etc is enabled, but is no folder of applications/",
      "ghost is enabled, but is no folder of applications/",
    ]);
  });

  it("of values are read only where a secret has a condition", async () => {
    const { reports } = await importOf({ ...files, "applications/a/values.yaml": "[broken" });
    expect(reports).toEqual([]);
  });

  it("with broken YAML are errors, all of them, and nothing is written", async () => {
    const { said, cwd } = await importOf({
      "applications/a/secrets.yaml": "x: [dummy-secret-text\n",
      "applications/b/secrets.yaml": "y: {description: d, if: config}\n",
      "applications/b/values.yaml": "- a list\n",
    });
    expect(said).toMatchObject({ code: 1, stdout: "" });
    expect(said.stderr).toMatch(/^phalanx\/applications\/a\/secrets\.yaml:2:1: not YAML \([A-Z_]+\)/);
    expect(said.stderr).toContain("phalanx/applications/b/values.yaml:1:1: this is no mapping");
    expect(said.stderr).not.toContain("dummy-secret-text");
    expect(Object.keys(filesIn(cwd)).some((name) => name.startsWith("configs"))).toBe(false);
  });
});

describe("what is no checkout", () => {
  it("is refused, and so is an environment that it does not have", async () => {
    const { cwd } = await importOf({});
    mkdirSync(path.join(cwd, "empty"));
    const refused = async (...argv: string[]) => (await paraform(cwd, "import", "phalanx", ...argv)).stderr;
    expect(await refused("empty", "--env", "dev")).toContain("error: empty is no Phalanx checkout");
    expect(await refused("phalanx", "--env", "prod")).toContain(
      "no environments/values-prod.yaml\n  hint: it has dev\n",
    );
    expect(await refused("phalanx", "--env", "../x")).toContain("error: --env is no name of an environment");
  });
});
