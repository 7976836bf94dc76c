import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { documentOf, filesIn, folderOf, paraform, write } from "./in-process.ts";

const CANARY = 'dummy-canary of 2031 \u00fc"\\ line\nbreak';
const FORMS = [
  CANARY,
  JSON.stringify(CANARY).slice(1, -1),
  Buffer.from(CANARY).toString("base64"),
  encodeURIComponent(CANARY),
  "dummy-canary",
];

const EXPORT = {
  "export/argocd.json": { "admin.password": CANARY, "server.secretkey": CANARY },
  "export/pull-secret.json": { ".dockerconfigjson": CANARY },
};

async function importOf(files: Readonly<Record<string, string | object>>, ...more: string[]) {
  const cwd = folderOf(files);
  const said = await paraform(
    cwd,
    "import",
    "vault",
    "export",
    "--env",
    "dev",
    "--prefix",
    "/k8s/dev",
    ...more,
  );
  return { cwd, said, written: filesIn(cwd)["configs/dev/vault.json"] };
}

it("makes a static parameter of each key, and adopts nothing unasked", async () => {
  const { cwd, said, written = "" } = await importOf(EXPORT);
  expect(said).toEqual({
    code: 0,
    stdout: "Wrote configs/dev/environment.json\nWrote configs/dev/vault.json: 3 parameters\n",
    stderr: "Next: paraform init --env dev, once, then paraform plan --env dev\n",
  });
  expect(documentOf(written)).toEqual({
    $schema: "../../node_modules/paraform/schemas/replication.schema.json",
    parameters: {
      "/k8s/dev/argocd/admin.password": {},
      "/k8s/dev/argocd/server.secretkey": {},
      "/k8s/dev/pull-secret/.dockerconfigjson": {},
    },
  });
  expect(compile({ configs: "configs", environment: "dev", cwd }).graph.parameters.size).toBe(3);
});

it("--adopt takes over all of it, also what is declared elsewhere, whose rule stays", async () => {
  const { cwd } = await importOf(EXPORT);
  const environment = filesIn(cwd)["configs/dev/environment.json"] ?? "";
  const other = folderOf({
    ...EXPORT,
    "configs/dev/environment.json": { ...documentOf(environment), ignore: ["/k8s/dev/pull-secret/**"] },
    "configs/dev/argocd.json": {
      parameters: { "/k8s/dev/argocd/server.secretkey": { generate: { type: "password" } } },
    },
  });
  const argv = ["import", "vault", "export", "--env", "dev", "--prefix", "/k8s/dev", "--adopt"];
  const said = await paraform(other, ...argv);
  expect(said.stderr).toContain(
    "export/pull-secret.json:2:2: warning: this key is left out: the environment ignores its name",
  );
  const written = filesIn(other)["configs/dev/vault.json"] ?? "";
  expect(documentOf(written)).toEqual({
    $schema: "../../node_modules/paraform/schemas/replication.schema.json",
    parameters: { "/k8s/dev/argocd/admin.password": {} },
    adopt: [{ name: "/k8s/dev/argocd/admin.password" }, { name: "/k8s/dev/argocd/server.secretkey" }],
  });
  const { graph } = compile({ configs: "configs", environment: "dev", cwd: other });
  expect(graph.parameters.get("/k8s/dev/argocd/server.secretkey" as never)?.adopt).toBeDefined();
  expect((await paraform(other, ...argv)).stdout).toContain("Unchanged configs/dev/vault.json");
});

it("reports keys that are no names, by their place alone", async () => {
  const { said, written = "" } = await importOf({
    "export/app.json": { "": "x", "tls@key": "x", tls_40key: "x", ["dummy-canary ".repeat(100)]: "x" },
  });
  expect(Object.keys(documentOf(written).parameters as object)).toEqual(["/k8s/dev/app/tls_40key"]);
  expect(said.stderr.match(/warning: this key /g)).toHaveLength(4);
  expect(said.stderr).not.toContain("dummy-canary");
});

describe("no value leaves the reader", () => {
  it.each<[string, string | object]>([
    ["as it should be", { key: CANARY }],
    ["nested", { key: { deeper: [CANARY] } }],
    ["no object", [CANARY]],
    ["cut short", `{"key": ${JSON.stringify(CANARY)}`],
    ["a text alone", JSON.stringify(CANARY)],
    ["unquoted", `{key: ${CANARY}}`],
    ["twice", `{"key": ${JSON.stringify(CANARY)}, "key": ${JSON.stringify(CANARY)}}`],
    ["no text", "\ufffd\u0000"],
  ])("of a file that is %s", async (_, content) => {
    const { cwd, said } = await importOf(
      { "export/app.json": content, "export/b.json": { key: CANARY } },
      "--adopt",
    );
    const configs = Object.entries(filesIn(cwd)).filter(([name]) => name.startsWith("configs"));
    for (const form of FORMS) expect(said.stdout + said.stderr + JSON.stringify(configs)).not.toContain(form);
    expect(said.code).toBe(configs.length === 0 ? 1 : 0);
  });
});

it("an empty or missing folder is an error", async () => {
  expect((await importOf({ "export/readme.txt": "x" })).said.stderr).toContain(
    "error: the folder export holds no export",
  );
  expect((await importOf({})).said.stderr).toContain("error: the folder export cannot be read (ENOENT)");
});

it("keys that a stale file of its own declares are imported again", async () => {
  const { cwd } = await importOf(EXPORT);
  write(path.join(cwd, "export/argocd.json"), { other: "x" });
  const argv = ["import", "vault", "export", "--env", "dev", "--prefix", "/k8s/dev", "--force"];
  expect((await paraform(cwd, ...argv)).code).toBe(0);
  const names = Object.keys(documentOf(filesIn(cwd)["configs/dev/vault.json"] ?? "").parameters as object);
  expect(names).toEqual(["/k8s/dev/argocd/other", "/k8s/dev/pull-secret/.dockerconfigjson"]);
});

const FIXTURE = fileURLToPath(new URL("../../../shared/fixtures/phalanx/vault/idfdev", import.meta.url));
if (!existsSync(FIXTURE))
  console.warn("the Phalanx fixtures are not beside this checkout: their export is not imported");

it.skipIf(!existsSync(FIXTURE))("Phalanx's own export has twenty names", async () => {
  const cwd = folderOf({});
  const said = await paraform(
    cwd,
    "import",
    "vault",
    FIXTURE,
    "--env",
    "idfdev",
    "--prefix",
    "/phalanx/idfdev",
  );
  expect(said.stdout).toContain("Wrote configs/idfdev/vault.json: 20 parameters");
  const text = JSON.stringify(filesIn(cwd));
  for (const value of ["some-ldap-password", "hooks.slack.com", "secret-for-unknown-application"])
    expect(text + said.stdout + said.stderr).not.toContain(value);
});
