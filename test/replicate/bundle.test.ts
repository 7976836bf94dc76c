import { expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { bundleOfOwner, bundleText, readBundle } from "../../src/replicate/bundle.ts";
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

test("an owner's replicator knows as replicas only what follows from that owner's sources", () => {
  const replicasOf = (owner: string) => [...bundleOfOwner(bundle(), owner).replicas].sort();
  expect(replicasOf("dba")).toEqual(["/app/a/password", "/app/b/both"]);
  expect(replicasOf("ops")).toEqual(["/app/a/token", "/app/b/both"]);
});

test("and reconciles no source that nothing of it follows from", () => {
  const names = sourcesIn(bundleOfOwner(bundle(), "dba")).map(({ name }) => name);
  expect(names).toContain("/dba/password");
  expect(sourcesIn(bundle()).map(({ name }) => name)).toContain("/ops/token");
  expect(bundleOfOwner(bundle(), "dba").graph.parameters.has("/app/a/token" as never)).toBe(false);
});

test("knows its groups whole: whose members and replicas the other owner's are, it does not ask", () => {
  const grouped = bundle({ groups: [{ members: ["/dba/password", "/ops/token"] }] });
  const { graph, replicas } = bundleOfOwner(grouped, "dba");
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

test("an owner of nothing that is replicated is an error, not silence", () => {
  expect(() => bundleOfOwner(bundle(), "app")).toThrow("nothing of the replicator's owner is replicated");
});
