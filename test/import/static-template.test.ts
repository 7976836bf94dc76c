import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { applicationKey } from "../../src/import/application-key.ts";
import { foldedScalar } from "../../src/import/folded-scalar.ts";
import { staticTemplate, type WantedSecret } from "../../src/import/static-template.ts";
import { folderOf, paraform } from "./in-process.ts";

const wanted = (more: Partial<WantedSecret> = {}): WantedSecret => ({
  application: "a",
  key: "x",
  description: "",
  encoded: false,
  ...more,
});

describe("the template", () => {
  it("is Phalanx's whole file, also where nothing is wanted", () => {
    expect(staticTemplate([], { beside: true })).toMatch(
      /^applications: \{\}\noidc-clients: \{\}\npull-secret:\n {2}description: >-\n/,
    );
    expect(staticTemplate([], { beside: true })).toMatch(
      /\n {2}registries: \{\}\nvault-write-token: null\n$/,
    );
  });

  it("sorts applications and keys, and leaves out what there is not", () => {
    const secrets = [
      wanted({ key: "b" }),
      wanted({ application: "B" }),
      wanted({ key: "B", description: "d" }),
    ];
    expect(staticTemplate(secrets, { beside: true }).split("oidc-clients")[0]).toBe(
      "applications:\n  B:\n    x:\n      value: null\n  a:\n    B:\n      description: >-\n        d\n      value: null\n    b:\n      value: null\n",
    );
  });

  it.each([
    "yes",
    "NO",
    "1",
    "0x1f",
    "1.5",
    ".5",
    "1e3",
    "null",
    "-",
    "---",
    "2024-01-01",
    "0b1",
    "1_000",
    ".inf",
  ])("quotes %s, which is no text for YAML 1.1", (key) => {
    const { applications } = parse(staticTemplate([wanted({ application: key, key })], { beside: false }), {
      version: "1.1",
    });
    expect(applications).toEqual({ [key]: { [key]: { value: null } } });
  });
});

describe("a folded scalar", () => {
  const line = fc.string({ unit: fc.constantFrom(..."ab:#-'\"{é ".split(""), "word", "  "), maxLength: 60 });
  const text = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => lines.join("\n"));

  it("is read back as the text it was", () => {
    fc.assert(
      fc.property(text, (given) => {
        const yaml = `top:\n  key: ${foldedScalar(given, 4, 20)}\n  next: 1\n`;
        expect(parse(yaml)).toEqual({ top: { key: given, next: 1 } });
      }),
      { numRuns: 500 },
    );
  });

  const pyyaml = () =>
    execFileSync("python3", ["-c", "import yaml; print(yaml.__version__)"], { stdio: "pipe" });
  const installed = (() => {
    try {
      return pyyaml().length > 0;
    } catch {
      return false;
    }
  })();
  if (!installed) console.warn("PyYAML is not installed: its folding is not compared with ours");

  it.skipIf(!installed)("has the bytes of PyYAML's", () => {
    const ascii = line.map((one) => one.replaceAll("é", "e").trim());
    const texts = fc.sample(
      fc.array(ascii, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n").trim()),
      300,
    );
    const script = `
import json, sys, yaml
class Folded(str): pass
yaml.add_representer(Folded, lambda d, x: d.represent_scalar("tag:yaml.org,2002:str", x, style=">"))
print(json.dumps([yaml.dump({"k": {"d": Folded(x)}}, width=20) for x in json.load(sys.stdin)]))`;
    const foldable = texts.filter((one) => one !== "");
    const theirs: string[] = JSON.parse(
      execFileSync("python3", ["-c", script], { input: JSON.stringify(foldable), encoding: "utf8" }),
    );
    expect(foldable.map((one) => `k:\n  d: ${foldedScalar(one, 4, 20)}\n`)).toEqual(theirs);
  });
});

describe("application and key of a name", () => {
  it.each([
    ["/phalanx/dev/argocd/admin.password", ["/phalanx/dev/"], "argocd", "admin.password"],
    ["/phalanx/dev/a/b/c", ["/phalanx/dev/"], "a", "b/c"],
    ["/app/svc/x", ["/app/", "/dba/"], "app/svc", "x"],
    ["/app/svc/x", ["/app/", "/app/svc/"], "/app/svc", "x"],
    ["/app/x", ["/app/"], "/app", "x"],
    ["/shared/tls/key", ["/app/"], "/shared/tls", "key"],
    ["/top", [], "/", "top"],
  ])("%s under %j: %s %s", (name, scopes, application, key) => {
    expect(applicationKey(name, scopes)).toEqual({ application, key });
  });

  it("are no other name's", () => {
    const segment = fc.constantFrom("a", "app", "dba", "x", "y");
    const names = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 4 }).map((all) => `/${all.join("/")}`),
    );
    const scopes = fc.uniqueArray(fc.constantFrom("/a/", "/app/", "/dba/", "/a/x/", "/dba/app/"));
    fc.assert(
      fc.property(names, scopes, (all, given) => {
        const pairs = all.map((name) => JSON.stringify(applicationKey(name, given)));
        expect(new Set(pairs).size).toBe(all.length);
      }),
    );
  });
});

describe("the commands", () => {
  const SUPPLIED = { "configs/dev/values.json": { "/app/svc/supplied": "dummy-canary-value" } };
  const project = (environment: object = {}, files: Readonly<Record<string, object>> = {}) =>
    folderOf({
      ...files,
      "configs/dev/environment.json": {
        environment: "dev",
        store: { kind: "embedded" },
        owner: "x",
        scopes: ["/app/"],
        keys: [{ path: "/**", key: "alias/x" }],
        replicationKey: "alias/x",
        digestKey: { kmsKey: "alias/x" },
        sources: [{ kind: "file", path: "values.json" }],
        ...environment,
      },
      "configs/dev/a.json": {
        parameters: {
          "/app/svc/supplied": { description: "s" },
          "/app/svc/wanted": { description: "w" },
          "/app/svc/made": { generate: { type: "password" } },
          "/app/svc/copied": { copy: "/app/other/source" },
          "/app/svc/theirs": { exists: true },
        },
      },
    });
  const keys = (stdout: string) => {
    const { applications } = parse(stdout) as { applications: Record<string, object> };
    return Object.entries(applications).map(([name, secrets]) => [name, Object.keys(secrets)]);
  };

  it("static-template has what no source has, sources of copies too", async () => {
    const { code, stdout, stderr } = await paraform(project({}, SUPPLIED), "static-template", "--env", "dev");
    expect({ code, stderr: stderr.includes("error") }).toEqual({ code: 0, stderr: false });
    expect(keys(stdout)).toEqual([
      ["other", ["source"]],
      ["svc", ["wanted"]],
    ]);
    expect(stdout).not.toContain("dummy-canary");
  });

  it("static-template has clients, pull secrets and Vault's token for an environment of Phalanx's alone", async () => {
    const phalanx = {
      scopes: [{ path: "/phalanx/dev", exclusive: true }],
      namespaces: { service: "/phalanx/dev" },
    };
    const beside = async (cwd: string) => {
      const { stdout } = await paraform(cwd, "static-template", "--env", "dev", "--all");
      return Object.keys(parse(stdout) as object).slice(1);
    };
    expect(await beside(project())).toEqual([]);
    expect(await beside(project(phalanx))).toEqual(["oidc-clients", "pull-secret", "vault-write-token"]);
  });

  it("static-template --all asks no source", async () => {
    const cwd = project({ sources: [{ kind: "file", path: "gone.json" }] });
    expect((await paraform(cwd, "static-template", "--env", "dev")).code).toBe(1);
    const { stdout } = await paraform(cwd, "static-template", "--env", "dev", "--all");
    expect(keys(stdout)).toEqual([
      ["other", ["source"]],
      ["svc", ["supplied", "wanted"]],
    ]);
  });

  it("static-template warns of what 1Password holds encoded", async () => {
    const source = {
      kind: "onepassword",
      connect: "https://op.example",
      vault: "v",
      map: [{ names: "/app/svc/{key}", item: "svc", field: "{key}", encoded: true }],
    };
    const { stdout } = await paraform(
      project({ sources: [source] }),
      "static-template",
      "--env",
      "dev",
      "--all",
    );
    expect(stdout.match(/warning: >-/g)).toHaveLength(2);
  });

  it("list has what is declared, and no reference", async () => {
    const { stdout } = await paraform(project({}, SUPPLIED), "list", "--env", "dev");
    expect(stdout).toBe("svc copied\nsvc made\nsvc supplied\nsvc wanted\n");
  });
});
