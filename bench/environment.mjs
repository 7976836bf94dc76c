import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Names in one replication file, as a team's file would hold them. */
const FILE = 100;

/**
 * A folder with `configs/bench`: `count` parameters, of each ten two static ones whose values lie in a file, a
 * literal, a generated one, four copies and two merges.
 */
export function writeEnvironment(count) {
  const all = Array.from({ length: count }, (_, index) => parameter(index));
  const values = all.filter(({ rule }) => Object.keys(rule).length === 0);
  return writeConfigs(all, Object.fromEntries(values.map(({ name }) => [name, `dummy of ${name}`])));
}

/** The names that `writeEnvironment` declares. */
export function parameterNames(count) {
  return Array.from({ length: count }, (_, index) => parameter(index).name);
}

/** Where the environment of `root` keeps its store. */
export function storeFile(root) {
  return join(root, "store.db");
}

/** Leads the environment of `root` to what serves its store at `endpoint`. */
export function useEndpoint(root, endpoint) {
  const store = { kind: "parameter-store", account: "123456789012", region: "us-east-1", endpoint };
  writeEnvironmentFile(root, store);
}

/** A folder with `configs/bench` for compiling alone: `count` parameters, a fifth of them static, and `edges` inputs of merges. */
export function writeDenseEnvironment(count, edges) {
  const sources = count / 5;
  const perMerge = edges / (count - sources);
  const nameOf = (index) =>
    index < sources ? `/dba/source-${index}` : `/app/service-${index % 100}/merge-${index}`;
  const all = Array.from({ length: count }, (_, index) => {
    if (index < sources) return { name: nameOf(index), rule: {} };
    const merge = index - sources;
    const [from, to] = [Math.round(merge * perMerge), Math.round((merge + 1) * perMerge)];
    const inputs = Array.from({ length: to - from }, (_, input) => nameOf((from + input) % sources));
    // One input is a merge of the rank before, so that the graph is eighty ranks deep.
    if (merge >= 100) inputs[0] = nameOf(index - 100);
    return { name: nameOf(index), rule: { merge: inputs.map((name) => `\${${name}}`) } };
  });
  return writeConfigs(all, {});
}

function parameter(index) {
  const group = Math.floor(index / 10);
  const [user, password] = [`/dba/service-${group}/user`, `/dba/service-${group}/password`];
  const own = `/app/service-${group}`;
  return [
    { name: user, rule: {} },
    { name: password, rule: {} },
    { name: `${own}/host`, rule: { value: `db-${group}.internal` } },
    { name: `${own}/session-key`, rule: { generate: { type: "password" } } },
    { name: `${own}/replicated/user`, rule: { copy: user } },
    { name: `${own}/replicated/password`, rule: { copy: password } },
    { name: `${own}/batch/replicated/user`, rule: { copy: user } },
    { name: `${own}/batch/replicated/password`, rule: { copy: password } },
    {
      name: `${own}/url`,
      rule: { merge: ["mysql://", `\${${user}:uri}`, ":", `\${${password}:uri}`, "@db"] },
    },
    { name: `${own}/dsn`, rule: { merge: [`\${${own}/host}`, "/", `\${${own}/replicated/user}`] } },
  ][index % 10];
}

function writeConfigs(parameters, values) {
  const root = mkdtempSync(join(tmpdir(), "paraform-bench-"));
  const folder = join(root, "configs", "bench");
  mkdirSync(join(folder, "files"), { recursive: true });
  writeEnvironmentFile(root, { kind: "embedded", path: storeFile(root) });
  writeFileSync(join(folder, "values.json"), JSON.stringify(values), { mode: 0o600 });
  for (let start = 0; start < parameters.length; start += FILE) {
    const some = parameters.slice(start, start + FILE).map(({ name, rule }) => [name, rule]);
    const content = { parameters: Object.fromEntries(some) };
    writeFileSync(join(folder, "files", `${start / FILE}.json`), JSON.stringify(content, null, 2));
  }
  return root;
}

function writeEnvironmentFile(root, store) {
  const content = {
    environment: "bench",
    store,
    owner: "bench",
    scopes: ["/dba/", "/app/"],
    configs: ["files/*.json"],
    keys: [{ path: "/**", key: "alias/owner" }],
    replicationKey: "alias/replication",
    digestKey: { kmsKey: "alias/paraform" },
    sources: [{ kind: "file", path: "values.json" }],
  };
  writeFileSync(join(root, "configs", "bench", "environment.json"), JSON.stringify(content, null, 2));
}
