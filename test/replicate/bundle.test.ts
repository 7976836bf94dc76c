import { expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { bundleOf, bundleText, readBundle } from "../../src/replicate/bundle.ts";
import { sourcesIn } from "../../src/replicate/work.ts";
import { makeProject, servedBy } from "../support/binary-project.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/ops/token": {},
  "/app/a/password": { copy: "/dba/password" },
  "/app/a/token": { copy: "/ops/token" },
  "/app/b/both": { merge: ["${/app/a/password}", ":", "${/ops/token}"] },
};

function bundle({ parameters = PARAMETERS, groups = [] }: { parameters?: object; groups?: object[] } = {}) {
  const project = makeProject({
    environment: {
      store: servedBy("http://127.0.0.1:9"),
      scopes: ["/dba/", "/ops/", "/app/"],
      keys: ["dba", "ops", "app"].map((owner) => ({ path: `/${owner}/**`, key: `alias/${owner}` })),
      replicationKey: "alias/replication",
    },
  });
  project.write("configs/dev/main.json", { parameters, groups });
  return readBundle(
    bundleText(compile({ configs: project.path("configs"), environment: "dev", cwd: project.folder })),
  );
}

test("a replicator knows as replicas only what is made of its owners' values", () => {
  const replicasOf = (replication: string) => [...bundleOf(bundle(), replication).replicas].sort();
  expect(replicasOf("dba")).toEqual(["/app/a/password"]);
  expect(replicasOf("ops")).toEqual(["/app/a/token"]);
  expect(replicasOf("dba-and-ops")).toEqual(["/app/b/both"]);
});

test("and reconciles no source that nothing of it follows from", () => {
  const sourcesOf = (replication: string) =>
    sourcesIn(bundleOf(bundle(), replication))
      .map(({ name }) => name)
      .sort();
  expect(sourcesOf("dba")).toEqual(["/dba/password"]);
  expect(sourcesOf("dba-and-ops")).toEqual(["/app/a/password", "/dba/password", "/ops/token"]);
  expect(bundleOf(bundle(), "dba").graph.parameters.has("/ops/token" as never)).toBe(false);
});

test("a replication that the bundle does not have is an error, not silence", () => {
  expect(() => bundleOf(bundle(), "app")).toThrow("the bundle does not have the replicator's part");
});

test("a bundle names no source of values, nobody to act as, and nothing that no replica follows from", () => {
  const project = makeProject({
    parameters: { ...PARAMETERS, "/dba/unfollowed": { generate: { type: "password" } } },
    environment: {
      store: {
        ...servedBy("http://127.0.0.1:9"),
        profile: "a-profile",
        roleArn: "arn:aws:iam::123456789012:role/r",
      },
      scopes: ["/dba/", "/ops/", "/app/"],
      sources: [{ kind: "file", path: "values-of-somebody.json" }],
    },
    values: {},
  });
  const text = bundleText(
    compile({ configs: project.path("configs"), environment: "dev", cwd: project.folder }),
  );
  const { environment, parameters } = JSON.parse(text) as {
    environment: { store: object; sources: unknown[] };
    parameters: { name: string; rule: { kind: string } }[];
  };
  expect(environment.sources).toEqual([]);
  expect(Object.keys(environment.store).sort()).toEqual(["account", "endpoint", "kind", "region"]);
  expect(parameters.map(({ name }) => name).sort()).toEqual(Object.keys(PARAMETERS).sort());
});

test("knows its groups whole: whose members and replicas the other owner's are, it does not ask", () => {
  const grouped = bundle({ groups: [{ members: ["/dba/password", "/ops/token"] }] });
  const { graph, replicas } = bundleOf(grouped, "dba");
  for (const name of ["/ops/token", "/app/a/token"]) {
    expect(graph.parameters.has(name as never)).toBe(true);
    expect(replicas.has(name as never)).toBe(false);
  }
});

test("what a replica follows from is in the bundle by its own rule", () => {
  const parameters = {
    "/dba/made": { generate: { type: "password" } },
    "/dba/host": { value: "the host" },
    "/app/b/url": { merge: ["${/dba/host}", "${/dba/made}"] },
  };
  const rules = [...bundle({ parameters }).graph.parameters.values()].map(({ name, rule }) => [
    name,
    rule.kind,
  ]);
  expect(Object.fromEntries(rules)).toMatchObject({ "/dba/made": "generate", "/dba/host": "value" });
});
