import { describe, expect, it } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { importLive, type LiveImport, liveFile } from "../../src/import/live.ts";
import { parameterName } from "../../src/model/name.ts";
import { parsePythonList } from "../../src/model/python-list.ts";
import { bearsStamp } from "../../src/plan/stamp.ts";
import { makeWorld } from "../support/world.ts";
import { documentOf, folderOf, paraform } from "./in-process.ts";

async function worldWithParameters() {
  const world = await makeWorld({ environment: { scopes: ["/app/"] } });
  await world.put("/app/svc/password", "dummy-canary-value", {
    Description: "of the service",
    KeyId: "alias/app",
  });
  await world.put("/app/svc/host", "dummy-canary-value", { Type: "String", AllowedPattern: "^d" });
  await world.put("/app/svc/list", "a,dummy-canary-value", { Type: "StringList", Tier: "Advanced" });
  await world.put("/app/svc/replica", "dummy-canary-value", {
    KeyId: "alias/replication",
    Description: "Replicated from: /dba/pw by: steve",
  });
  await world.put("/app/svc/url", "dummy-canary-value", {
    KeyId: "alias/other",
    Description: "Replicated from: ['x://', '${/app/svc/replica:uri}', \"it's\"] by: steve",
  });
  await world.put("/app/svc2/x", "dummy-canary-value");
  return world;
}

type Existing = Partial<LiveImport["existing"]>;

async function importOf(world: Awaited<ReturnType<typeof makeWorld>>, existing: Existing = {}) {
  const described = await world.session.store.describe({ prefixes: ["/app/svc/"], names: [] });
  const { environment } = world.session.config;
  return importLive({
    environment,
    prefix: "/app/svc",
    parameters: [...described.values()],
    existing: { declared: new Set(), adopted: new Set(), isIgnored: () => false, ...existing },
    isStamped: bearsStamp,
  });
}

describe("what lives under a prefix", () => {
  it("is declared with its attributes and adopted, but Figgy's replicas, which follow", async () => {
    const { files, reports } = await importOf(await worldWithParameters());
    expect(reports).toEqual([]);
    expect(files.map(({ name, parameters }) => [name, parameters])).toEqual([["live-app-svc.json", 5]]);
    expect(documentOf(files[0]?.text ?? "")).toEqual({
      parameters: {
        "/app/svc/host": { type: "String", allowedPattern: "^d" },
        "/app/svc/list": { type: "StringList", tier: "Advanced" },
        "/app/svc/password": { key: "alias/app", description: "of the service" },
        "/app/svc/replica": { copy: "/dba/pw" },
        "/app/svc/url": { merge: ["x://", "${/app/svc/replica:uri}", "it's"], key: "alias/other" },
      },
      adopt: [{ name: "/app/svc/host" }, { name: "/app/svc/list" }, { name: "/app/svc/password" }],
    });
    expect(files[0]?.text).not.toContain("dummy-canary");
  });

  it("plans to nothing but adoptions and rewritten replicas", async () => {
    const world = await worldWithParameters();
    await world.put("/dba/pw", "dummy-canary-value");
    const { files } = await importOf(world);
    world.declare({ files: { "live.json": files[0]?.text } });
    const plan = await world.plan();
    expect(plan.blocked).toEqual([]);
    expect(plan.conflicts).toEqual([]);
    const changes = plan.resource_changes.filter(({ change }) => change.actions[0] !== "no-op");
    expect(changes.map(({ address, action_reason }) => [address, action_reason])).toEqual(
      ["host", "list", "password", "replica", "url"].map((key) => [`/app/svc/${key}`, "adopted"]),
    );
  });

  it("is left to the rule that a config has for it, and adopted", async () => {
    const { files } = await importOf(await worldWithParameters(), {
      declared: new Set(["/app/svc/host", "/app/svc/list", "/app/svc/replica"]),
      adopted: new Set(["/app/svc/list"]),
    });
    const { parameters, adopt } = documentOf(files[0]?.text ?? "");
    expect(Object.keys(parameters as object)).toEqual(["/app/svc/password", "/app/svc/url"]);
    expect(adopt).toEqual([{ name: "/app/svc/host" }, { name: "/app/svc/password" }]);
  });

  it("is left out where it bears a stamp or is ignored", async () => {
    const world = await worldWithParameters();
    world.declare({ parameters: { "/app/svc/ours": { value: "x" } } });
    await world.apply();
    const { files, reports } = await importOf(world, { isIgnored: (name) => name.endsWith("/list") });
    const names = Object.keys(documentOf(files[0]?.text ?? "").parameters as object);
    expect(names).not.toContain("/app/svc/ours");
    expect(names).not.toContain("/app/svc/list");
    expect(reports.map(({ summary }) => summary)).toEqual([
      "/app/svc/ours is left out: it bears a stamp of paraform",
    ]);
  });

  it("is static where descriptions go in a circle", () => {
    const live = (name: string, source: string) => ({
      name: parameterName(name),
      type: "SecureString" as const,
      version: 1,
      lastModified: 0,
      description: `Replicated from: ${source} by: steve`,
      tier: "Standard" as const,
      dataType: "text",
    });
    const { files, reports } = importLive({
      environment: { name: "dev", file: "configs/dev/environment.json" } as Environment,
      prefix: "/app",
      parameters: [live("/app/a", "/app/b"), live("/app/b", "/app/a"), live("/app/c", "no name")],
      existing: { declared: new Set(), adopted: new Set(), isIgnored: () => false },
      isStamped: bearsStamp,
    });
    expect(reports[0]?.summary).toContain("/app/a → /app/b → /app/a");
    const { parameters, adopt } = documentOf(files[0]?.text ?? "");
    expect(Object.values(parameters as object).every(({ copy }) => copy === undefined)).toBe(true);
    expect(adopt).toHaveLength(3);
  });

  it("has a file for each prefix", () => {
    expect([liveFile("/app/svc"), liveFile("/app")]).toEqual(["live-app-svc.json", "live-app.json"]);
  });
});

it("the command reads the environment's store, and no source of its values", async () => {
  const cwd = folderOf({
    "configs/dev/environment.json": {
      environment: "dev",
      store: { kind: "embedded" },
      owner: "x",
      digestKey: { kmsKey: "alias/x" },
      sources: [{ kind: "file", path: "gone.json" }],
    },
    "configs/dev/a.json": { parameters: {} },
  });
  expect(await paraform(cwd, "import", "live", "/app", "--env", "dev")).toEqual({
    code: 0,
    stdout: "",
    stderr: "Nothing to import lives under /app/.\n",
  });
  expect((await paraform(cwd, "import", "live", "app", "--env", "dev")).stderr).toContain(
    "the prefix is no prefix of names",
  );
});

describe("a list as Python's repr writes it", () => {
  it.each([
    ["['a']", ["a"]],
    [String.raw`['it\'s', "it's", 'a\\b', '\n\x41\u00e9\U0001f600']`, ["it's", "it's", "a\\b", "\nAé😀"]],
    ["['a, b', '']", ["a, b", ""]],
  ])("%s", (text, items) => {
    expect(parsePythonList(text)).toEqual(items);
  });

  it.each(["[]", "['a'", "['a' 'b']", "[a]", "['a',]", "/a/b", "['a'], ['b']"])("%s is none", (text) => {
    expect(parsePythonList(text)).toBeUndefined();
  });
});
