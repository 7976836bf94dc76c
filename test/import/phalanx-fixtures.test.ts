import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { applicationKey } from "../../src/import/application-key.ts";
import { byApplicationAndKey } from "../../src/import/static-template.ts";
import { documentOf, filesIn, folderOf, paraform, parametersOf } from "./in-process.ts";

const CHECKOUT = fileURLToPath(new URL("../../../shared/fixtures/phalanx", import.meta.url));
const withFixtures = existsSync(CHECKOUT);
if (!withFixtures)
  console.warn("the Phalanx fixtures are not beside this checkout: their import is not tested");

const golden = (name: string) => readFileSync(path.join(CHECKOUT, "expected", name), "utf8");

async function imported(environment: string, ...more: readonly string[]) {
  const cwd = folderOf({});
  const said = await paraform(cwd, "import", "phalanx", CHECKOUT, "--env", environment, ...more);
  const files = filesIn(path.join(cwd, "configs", environment));
  const { "environment.json": _, ...replication } = files;
  const parameters = Object.assign({}, ...Object.values(replication).map(parametersOf)) as ReturnType<
    typeof parametersOf
  >;
  return { cwd, said, files, parameters };
}

/** What `phalanx secrets list` prints, of names. */
function listed(names: readonly string[], scope: string): string {
  return names
    .map((name) => applicationKey(name, [scope]))
    .sort(byApplicationAndKey)
    .map(({ application, key }) => `${application} ${key}\n`)
    .join("");
}

describe.skipIf(!withFixtures)("the import of Phalanx's own test checkout", () => {
  it("makes services of the applications", async () => {
    const { files } = await imported("idfdev");
    expect(documentOf(files["environment.json"] ?? "").namespaces).toEqual({ service: "/phalanx/idfdev" });
  });

  it("has exactly the secrets of idfdev", async () => {
    const { said, parameters } = await imported("idfdev");
    expect(said.code).toBe(0);
    expect(listed(Object.keys(parameters), "/phalanx/idfdev/")).toBe(golden("list"));
    const kinds = Object.values(parameters).map(({ copy, generate, value }) =>
      copy !== undefined
        ? "copy"
        : generate !== undefined
          ? "generate"
          : value !== undefined
            ? "value"
            : "static",
    );
    expect(count(kinds)).toEqual({ static: 10, generate: 15, copy: 3 });
  });

  it("has sixteen secrets of minikube, and its pull secret where that is asked for", async () => {
    expect(Object.keys((await imported("minikube")).parameters)).toHaveLength(16);
    const { parameters, files } = await imported("minikube", "--pull-secret");
    expect(Object.keys(parameters)).toHaveLength(17);
    expect(parameters).toHaveProperty(["/phalanx/minikube/pull-secret/.dockerconfigjson"]);
    expect(parameters["/phalanx/minikube/pull-secret/.dockerconfigjson"]?.generate).toEqual({
      type: "dockerconfigjson",
    });
    expect(documentOf(files["environment.json"] ?? "").ignore).not.toContain(
      "/phalanx/minikube/pull-secret/**",
    );
  });

  it("leaves the secrets of disabled applications alone, and says so", async () => {
    const { files } = await imported("minikube", "--pull-secret");
    expect(documentOf(files["environment.json"] ?? "").ignore).toEqual([
      "/phalanx/minikube/nublado/**",
      "/phalanx/minikube/portal/**",
      "/phalanx/minikube/tap/**",
    ]);
    expect(files["environment.json"]).toContain("// What is disabled is not removed");
  });

  it("takes the file of static secrets for the source where it is told one", async () => {
    const { files } = await imported("minikube", "--secrets", "minikube-secrets.yaml");
    expect(documentOf(files["environment.json"] ?? "").sources).toEqual([
      {
        kind: "phalanx",
        path: "../../minikube-secrets.yaml",
        names: "/phalanx/minikube/{application}/{key}",
      },
    ]);
  });

  it("writes each kind as what it is", async () => {
    const { parameters } = await imported("idfdev");
    expect(parameters["/phalanx/idfdev/postgres/nublado3_password"]).toEqual({
      copy: "/phalanx/idfdev/nublado/hub_db_password",
      description: "Password for the Nublado v3 JupyterHub session database.",
    });
    expect(parameters["/phalanx/idfdev/argocd/admin.passwordMtime"]?.generate).toEqual({
      type: "mtime",
      source: "/phalanx/idfdev/argocd/admin.plaintext_password",
    });
    expect(parameters["/phalanx/idfdev/gafaelfawr/oidc-server-secrets"]?.generate).toEqual({
      type: "oidc-clients",
    });
    // Its generate stanza has a condition that idfdev does not meet.
    expect(parameters["/phalanx/idfdev/gafaelfawr/database-password"]).not.toHaveProperty("generate");
  });

  it("takes minikube's 1Password vault for a source, encoded fields first", async () => {
    const { files } = await imported("minikube");
    const { sources } = JSON.parse(files["environment.json"]?.replaceAll(/^\/\/.*\n/gm, "") ?? "");
    expect(sources).toEqual([
      {
        kind: "onepassword",
        connect: "https://roundtable-dev.lsst.cloud/1password/minikube/",
        vault: "RSP minikube.lsst.codes",
        map: [
          { names: "/phalanx/minikube/gafaelfawr/oidc-server-secrets", item: "oidc-clients" },
          { names: "/phalanx/minikube/mobu/ALERT_HOOK", item: "mobu", field: "ALERT_HOOK", encoded: true },
          { names: "/phalanx/minikube/{application}/{key}", item: "{application}", field: "{key}" },
        ],
      },
    ]);
  });

  it("names the conditions that no values file could make true, and nothing else", async () => {
    const { said } = await imported("idfdev");
    const reported = [...said.stderr.matchAll(/warning: (\S+): condition (\S+) is in no values file/g)];
    expect(reported.map(([, id]) => id)).toEqual([
      "postgres/exposurelog_password",
      "postgres/jupyterhub_password",
      "postgres/lovelog_password",
      "postgres/narrativelog_password",
      "postgres/timessquare_password",
    ]);
    expect(said.stderr.match(/warning:/g)).toHaveLength(5);
  });

  it("is the same again, byte for byte", async () => {
    const first = await imported("idfdev");
    expect((await imported("idfdev")).files).toEqual(first.files);
    const again = await paraform(first.cwd, "import", "phalanx", CHECKOUT, "--env", "idfdev");
    expect(again.stdout).toMatch(/^Kept .*environment\.json\n(Unchanged .*\n){6}$/);
  });
});

describe.skipIf(!withFixtures)("the imported environments compile", () => {
  it.each(["idfdev", "minikube"])("%s, to the listed secrets", async (environment) => {
    const { cwd, parameters } = await imported(environment);
    const { graph, warnings } = compile({ configs: path.join(cwd, "configs"), environment, cwd });
    expect(warnings).toEqual([]);
    expect([...graph.parameters.keys()].sort()).toEqual(Object.keys(parameters).sort());
  });

  it("print Phalanx's list and template, byte for byte", async () => {
    const { cwd } = await imported("idfdev");
    expect(await paraform(cwd, "list", "--env", "idfdev")).toEqual({
      code: 0,
      stdout: golden("list"),
      stderr: "",
    });
    expect(await paraform(cwd, "static-template", "--env", "idfdev")).toEqual({
      code: 0,
      stdout: golden("static-template"),
      stderr: "",
    });
  });
});

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
