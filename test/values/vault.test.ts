import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { type FakeVault, fakeVault } from "./fake-vault.ts";
import { hasty, type JsonServer, jsonServer, MISHAPS } from "./json-server.ts";
import { problemsOf, read, shown, type Unplaced } from "./values-folder.ts";

const TOKEN = "dummy-vault-token";
const CANARY = "dummy-password-of-dev";
const PLACE = "configs/dev/environment.json:1:1: ";

let server: JsonServer;
afterEach(() => server.close());

type Location = Extract<Unplaced, { kind: "vault" }>;

const SOURCE: Location = {
  kind: "vault",
  mount: "secret",
  map: [{ names: "/phalanx/dev/{app}/{key}", path: "k8s/dev/{app}", field: "{key}" }],
};

async function vault(options: Partial<FakeVault>): Promise<void> {
  server = await jsonServer(fakeVault({ token: TOKEN, mounts: {}, ...options }));
}

function ask(source: Location, names: readonly string[], more: Partial<Parameters<typeof read>[0]> = {}) {
  return read({
    names,
    sources: [source],
    environmentVariables: { VAULT_ADDR: server.url, VAULT_TOKEN: TOKEN },
    clock: hasty,
    ...more,
  });
}

test("a secret is read once for all names that have their value in it", async () => {
  await vault({
    mounts: {
      secret: {
        "k8s/dev/mobu": { a: CANARY, b: "other", port: 3306, unasked: "x" },
        "k8s/dev/argo": { a: "argo" },
        "k8s/dev/gone": "deleted",
      },
    },
  });
  const names = ["mobu/a", "mobu/b", "mobu/port", "mobu/absent", "argo/a", "gone/a", "never/a"];
  const supplied = await ask(SOURCE, [...names.map((name) => `/phalanx/dev/${name}`), "/else/where"]);
  expect(shown(supplied)).toEqual({
    "/phalanx/dev/mobu/a": [CANARY, "Vault secret/k8s/dev/mobu"],
    "/phalanx/dev/mobu/b": ["other", "Vault secret/k8s/dev/mobu"],
    "/phalanx/dev/mobu/port": ["3306", "Vault secret/k8s/dev/mobu"],
    "/phalanx/dev/argo/a": ["argo", "Vault secret/k8s/dev/argo"],
  });
  expect(server.requests.map(({ url }) => url.pathname).sort()).toEqual(
    ["argo", "gone", "mobu", "never"].map((app) => `/v1/secret/data/k8s/dev/${app}`),
  );
});

test("any mount, any path, a namespace, and an address of the config above that of the environment", async () => {
  await vault({ namespace: "teams/dba", mounts: { "kv/team one": { "a b/é": { key: CANARY } } } });
  const source = {
    ...SOURCE,
    address: `${server.url}/`,
    namespace: "teams/dba",
    mount: "kv/team one",
    map: [{ names: "/app/x", path: "a b/é", field: "key" }],
  };
  const environmentVariables = { VAULT_ADDR: "https://vault.example.org", VAULT_TOKEN: TOKEN };
  expect(shown(await ask(source, ["/app/x"], { environmentVariables }))).toEqual({
    "/app/x": [CANARY, "Vault kv/team one/a b/é"],
  });
  const { namespace: _, ...unnamed } = source;
  const fromVariable = { ...environmentVariables, VAULT_NAMESPACE: "teams/dba" };
  expect((await ask(unnamed, ["/app/x"], { environmentVariables: fromVariable })).values.size).toBe(1);
});

test.each([
  ["/app/svc-../a", "/app/svc-{s}/{key}", "teams/mine/{s}/prod", "teams/mine/../prod"],
  ["/app/..-x/..-x/a", "/app/{a}-x/{b}-x/{key}", "{a}/{b}/{key}", "../../a"],
  ["/app/svc-./a", "/app/svc-{s}/{key}", "teams/mine/{s}", "teams/mine/."],
])(
  "%s leads to no other path than its template's, and nothing is asked for",
  async (name, names, path, to) => {
    await vault({ mounts: { secret: {} } });
    expect(await problemsOf(ask({ ...SOURCE, map: [{ names, path, field: "{key}" }] }, [name]))).toEqual([
      `${PLACE}the value of ${name} would be looked for in Vault secret/${to}, which leads out of its template`,
    ]);
    expect(server.requests).toEqual([]);
  },
);

test.each([[["list"]], [{ an: "object" }], [null], [true], [1.5]])("%j is no string", async (value) => {
  await vault({ mounts: { secret: { "k8s/dev/mobu": { a: value } } } });
  expect(await problemsOf(ask(SOURCE, ["/phalanx/dev/mobu/a"]))).toEqual([
    `${PLACE}the value of /phalanx/dev/mobu/a in Vault secret/k8s/dev/mobu is no string`,
  ]);
});

test("a field of an object's prototype is none of the secret's", async () => {
  await vault({ mounts: { secret: { "k8s/dev/mobu": { a: "x" } } } });
  expect((await ask(SOURCE, ["/phalanx/dev/mobu/constructor"])).values.size).toBe(0);
});

describe("what keeps Vault from answering is an error, never an absence", () => {
  const NAMES = ["/phalanx/dev/mobu/a", "/phalanx/dev/argo/a"];
  const mounts = { secret: { "k8s/dev/mobu": { a: CANARY }, "k8s/dev/argo": { a: CANARY } } };

  test.each([
    [
      "another token",
      { VAULT_TOKEN: "another-dummy-token" },
      "Vault refuses to show secret/k8s/dev/mobu (403)",
    ],
    ["another namespace", { VAULT_NAMESPACE: "x" }, "Vault refuses to show secret/k8s/dev/mobu (403)"],
    ["no token", { VAULT_TOKEN: "" }, "Vault needs VAULT_TOKEN, which is not set"],
    ["half a token", { VAULT_TOKEN: `${TOKEN} x` }, "VAULT_TOKEN holds a character that no token has"],
    ["no address", { VAULT_ADDR: undefined }, "Vault's address is not known"],
    ["plain http", { VAULT_ADDR: "http://vault.example.org" }, "VAULT_ADDR is no https: URL"],
    [
      "a password in the address",
      { VAULT_ADDR: `https://me:${CANARY}@127.0.0.1` },
      "VAULT_ADDR is no https: URL",
    ],
  ])("%s", async (_, variables, summary) => {
    await vault({ mounts });
    const environmentVariables = { VAULT_ADDR: server.url, VAULT_TOKEN: TOKEN, ...variables };
    expect(await problemsOf(ask(SOURCE, NAMES, { environmentVariables }))).toEqual([PLACE + summary]);
  });

  test("one path that the token's policies leave out", async () => {
    await vault({ mounts, denied: ["k8s/dev/argo"] });
    expect(await problemsOf(ask(SOURCE, NAMES))).toEqual([
      `${PLACE}Vault refuses to show secret/k8s/dev/argo (403)`,
    ]);
  });

  test("a mount where nothing is", async () => {
    await vault({ mounts });
    expect(await problemsOf(ask({ ...SOURCE, mount: "kv" }, NAMES))).toEqual([
      `${PLACE}Vault has no KV engine of version 2 at kv`,
    ]);
  });

  test("an engine of version 1", async () => {
    server = await jsonServer((_, response) => {
      response.end(JSON.stringify({ data: { a: CANARY }, lease_duration: 2764800 }));
    });
    expect(await problemsOf(ask(SOURCE, NAMES))).toEqual([
      `${PLACE}the answer for secret/k8s/dev/mobu is not one of a KV engine of version 2`,
    ]);
  });

  test("a sealed server", async () => {
    await vault({ sealed: true });
    expect(await problemsOf(ask(SOURCE, NAMES))).toEqual([`${PLACE}Vault answered 503, 4 times`]);
  });

  test("an answer that is too large once it is unpacked", async () => {
    server = await jsonServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(Buffer.alloc(9 * 2 ** 20, " ")));
    });
    expect(await problemsOf(ask(SOURCE, NAMES))).toEqual([
      `${PLACE}Vault answers more than 8 MiB for secret/k8s/dev/mobu`,
    ]);
  });

  test("a redirect, after which the token does not go", async () => {
    const thief = await jsonServer(fakeVault({ token: TOKEN, mounts }));
    server = await jsonServer(({ url }, response) => {
      response.writeHead(307, { location: thief.url + url.pathname });
      response.end();
    });
    expect(await problemsOf(ask(SOURCE, NAMES))).toEqual([`${PLACE}Vault redirects elsewhere (307)`]);
    expect(thief.requests).toEqual([]);
    await thief.close();
  });

  test.each(Object.keys(MISHAPS))("%s", async (mishap) => {
    server = await jsonServer((_, response) => MISHAPS[mishap]?.(response, CANARY));
    const problems = await problemsOf(ask(SOURCE, NAMES, { requestTimeout: 100 }));
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain(CANARY);
  });
});
