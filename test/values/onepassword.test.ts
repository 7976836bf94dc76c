import { afterEach, describe, expect, test } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import { type FakeConnect, fakeConnect } from "./fake-connect.ts";
import { hasty, type JsonServer, jsonServer, MISHAPS } from "./json-server.ts";
import { problemsOf, read, shown, type Unplaced } from "./values-folder.ts";

const TOKEN = "dummy-connect-token";
const CANARY = "dummy-password-of-dev";
const BASE64 = Buffer.from(CANARY, "utf8").toString("base64");
const PLACE = "configs/dev/environment.json:1:1: ";

let server: JsonServer;
afterEach(() => server.close());

type Location = Extract<Unplaced, { kind: "onepassword" }>;

async function connect(answer: Parameters<typeof jsonServer>[0]): Promise<Location> {
  server = await jsonServer(answer);
  return {
    kind: "onepassword",
    connect: server.url,
    vault: "RSP dev",
    map: [{ names: "/phalanx/dev/{app}/{key}", item: "{app}", field: "{key}" }],
  };
}

const withItems = (vaults: FakeConnect["vaults"], more: Partial<FakeConnect> = {}) =>
  connect(fakeConnect({ token: TOKEN, vaults, ...more }));

function ask(source: Location, names: readonly string[], more: Partial<Parameters<typeof read>[0]> = {}) {
  return read({
    names,
    sources: [source],
    environmentVariables: { OP_CONNECT_TOKEN: TOKEN },
    clock: hasty,
    ...more,
  });
}

const paths = () => server.requests.map(({ url }) => decodeURIComponent(url.pathname + url.search));

test("an item is a title and a value one of its fields; both are derived from the parameter's name", async () => {
  const source = await withItems({
    "RSP dev": [
      {
        title: "mobu",
        fields: [
          { label: "ALERT_HOOK", value: "hook" },
          { label: "other", value: "x" },
        ],
      },
      { title: "argocd", fields: [{ label: "dex.clientSecret", value: CANARY }] },
      { title: "unasked", fields: [{ label: "key", value: "x" }] },
    ],
  });
  const supplied = await ask(source, [
    "/phalanx/dev/argocd/dex.clientSecret",
    "/phalanx/dev/mobu/ALERT_HOOK",
    "/phalanx/dev/mobu/absent",
    "/phalanx/dev/gone/key",
    "/elsewhere/mobu/ALERT_HOOK",
  ]);
  expect(shown(supplied)).toEqual({
    "/phalanx/dev/argocd/dex.clientSecret": [CANARY, "1Password item argocd"],
    "/phalanx/dev/mobu/ALERT_HOOK": ["hook", "1Password item mobu"],
  });
  expect(supplied.findings).toEqual([]);
  expect(paths().slice(0, 1)).toEqual(['/v1/vaults?filter=name eq "RSP dev"']);
  expect(
    paths()
      .filter((path) => path.includes("title eq"))
      .map((path) => path.split("eq ")[1]),
  ).toEqual(['"argocd"', '"mobu"', '"gone"']);
  expect(paths()).toHaveLength(6);
});

test("a field that is encoded is decoded, by the first entry of the map that has the name", async () => {
  const source = await withItems({
    "RSP dev": [
      {
        title: "mobu",
        fields: [
          { label: "a", value: BASE64 },
          { label: "b", value: BASE64 },
        ],
      },
    ],
  });
  const encoded = { names: "/phalanx/dev/mobu/a", item: "mobu", field: "a", encoded: true };
  const supplied = await ask({ ...source, map: [encoded, ...source.map] }, [
    "/phalanx/dev/mobu/a",
    "/phalanx/dev/mobu/b",
  ]);
  expect(shown(supplied)).toEqual({
    "/phalanx/dev/mobu/a": [CANARY, "1Password item mobu"],
    "/phalanx/dev/mobu/b": [BASE64, "1Password item mobu"],
  });
});

test.each([
  ["no base64", "invalid base64"],
  ["base64 that is cut", BASE64.slice(0, -1)],
  ["base64 of Latin-1", Buffer.from(`${CANARY}é`, "latin1").toString("base64")],
])("%s in an encoded field is a problem that names the parameter alone", async (_, value) => {
  const source = await withItems({ "RSP dev": [{ title: "mobu", fields: [{ label: "a", value }] }] });
  const map = source.map.map((entry) => ({ ...entry, encoded: true }));
  expect(await problemsOf(ask({ ...source, map }, ["/phalanx/dev/mobu/a"]))).toEqual([
    `${PLACE}the value of /phalanx/dev/mobu/a in 1Password item mobu is no base64 of a text`,
  ]);
});

describe("a label that stands in several sections", () => {
  const field = (value: string, section?: string) => ({
    label: "password",
    value,
    ...(section === undefined ? {} : { section: { id: section } }),
  });
  const sections = [
    { id: "s1", label: "ghcr.io" },
    { id: "s2", label: "hub" },
  ];
  const inItem = (...fields: ReturnType<typeof field>[]) =>
    withItems({ "RSP dev": [{ title: "pull", sections, fields }] });
  const NAME = "/phalanx/dev/pull/password";

  test("is the one that the map's section names", async () => {
    const source = await inItem(field("one", "s1"), field("two", "s2"));
    const map = [{ ...source.map[0], names: NAME, item: "pull", section: "hub", field: "password" }];
    expect(shown(await ask({ ...source, map }, [NAME]))).toEqual({ [NAME]: ["two", "1Password item pull"] });
  });

  test("is the one outside of all sections, or else the only one", async () => {
    expect(shown(await ask(await inItem(field("one", "s1"), field("top")), [NAME]))).toEqual({
      [NAME]: ["top", "1Password item pull"],
    });
    await server.close();
    expect(shown(await ask(await inItem(field("one", "s1")), [NAME]))).toEqual({
      [NAME]: ["one", "1Password item pull"],
    });
  });

  test("is a problem where nothing decides", async () => {
    const source = await inItem(field("one", "s1"), field("two", "s2"));
    expect(await problemsOf(ask(source, [NAME]))).toEqual([
      `${PLACE}the value of ${NAME} in 1Password item pull is one of several with its label`,
    ]);
  });
});

test("an item that is archived or deleted is not there, nor in the way of another with its title", async () => {
  const source = await withItems({
    "RSP dev": [
      { title: "old", state: "ARCHIVED", fields: [{ label: "key", value: "x" }] },
      { title: "gone", state: "DELETED", fields: [{ label: "key", value: "x" }] },
      { title: "mobu", state: "ARCHIVED", fields: [{ label: "key", value: "former" }] },
      { title: "mobu", fields: [{ label: "key", value: "x" }] },
    ],
  });
  const supplied = await ask(source, [
    "/phalanx/dev/old/key",
    "/phalanx/dev/gone/key",
    "/phalanx/dev/mobu/key",
  ]);
  expect(shown(supplied)).toEqual({ "/phalanx/dev/mobu/key": ["x", "1Password item mobu"] });
  expect(Object.fromEntries(supplied.lacking)).toEqual({
    "/phalanx/dev/old/key": "item",
    "/phalanx/dev/gone/key": "item",
  });
});

test("a field without a value is an empty one", async () => {
  const source = await withItems({ "RSP dev": [{ title: "mobu", fields: [{ label: "key" }] }] });
  expect(await problemsOf(ask(source, ["/phalanx/dev/mobu/key"]))).toEqual([
    `${PLACE}the value of /phalanx/dev/mobu/key in 1Password item mobu is empty`,
  ]);
});

describe("what keeps 1Password from answering is an error, never an absence", () => {
  const NAMES = ["/phalanx/dev/mobu/a", "/phalanx/dev/argocd/b"];
  const items = { "RSP dev": [{ title: "mobu", fields: [{ label: "a", value: CANARY }] }] };

  test("a wrong token, and nothing is asked twice with it", async () => {
    const source = await withItems(items);
    const environmentVariables = { OP_CONNECT_TOKEN: "another-dummy-token" };
    expect(await problemsOf(ask(source, NAMES, { environmentVariables }))).toEqual([
      `${PLACE}1Password Connect refuses to show vault RSP dev (401)`,
    ]);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [{}, "1Password Connect needs OP_CONNECT_TOKEN, which is not set"],
    [{ OP_CONNECT_TOKEN: `${TOKEN}\n` }, "OP_CONNECT_TOKEN holds a character that no token has"],
  ])("no token that could be sent", async (environmentVariables, summary) => {
    const source = await withItems(items);
    expect(await problemsOf(ask(source, NAMES, { environmentVariables }))).toEqual([PLACE + summary]);
    expect(server.requests).toEqual([]);
  });

  test("a vault that is not there, not to be seen, or there twice", async () => {
    const source = await withItems(items, { outOfScope: ["RSP dev"] });
    expect(await problemsOf(ask(source, NAMES))).toEqual([
      `${PLACE}1Password Connect refuses to show item mobu (403)`,
    ]);
    expect(await problemsOf(ask({ ...source, vault: "RSP prod" }, NAMES))).toEqual([
      `${PLACE}1Password Connect shows no vault RSP prod`,
    ]);
  });

  test("two items of one title", async () => {
    const [item] = items["RSP dev"];
    const source = await withItems({ "RSP dev": item === undefined ? [] : [item, item] });
    expect(await problemsOf(ask(source, NAMES))).toEqual([`${PLACE}1Password has more than one item mobu`]);
  });

  test("a server that is not there", async () => {
    const source = await withItems(items);
    await server.close();
    expect(await problemsOf(ask(source, NAMES))).toEqual([
      `${PLACE}1Password Connect could not be reached (ECONNREFUSED), 4 times`,
    ]);
  });

  test.each(Object.keys(MISHAPS))("%s", async (mishap) => {
    const source = await connect((_, response) => MISHAPS[mishap]?.(response, CANARY));
    const problems = await problemsOf(ask(source, NAMES, { requestTimeout: 100 }));
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain(CANARY);
  });

  test.each([
    ["the vault was found", 1],
    ["the item was found", 2],
  ])("any of them after %s", async (_, served) => {
    const good = fakeConnect({ token: TOKEN, vaults: items });
    for (const mishap of Object.values(MISHAPS)) {
      const source = await connect((request, response, count) =>
        count < served ? good(request, response, count) : mishap(response, CANARY),
      );
      const problems = await problemsOf(ask(source, ["/phalanx/dev/mobu/a"], { requestTimeout: 100 }));
      expect(problems).toHaveLength(1);
      expect(problems.join()).not.toContain(CANARY);
      await server.close();
    }
  });
});

test("what passes is asked again", async () => {
  const items = fakeConnect({
    token: TOKEN,
    vaults: { "RSP dev": [{ title: "mobu", fields: [{ label: "a", value: CANARY }] }] },
  });
  const source = await connect((request, response, count) => {
    const mishap = [MISHAPS["a 500"], MISHAPS["a reset"], MISHAPS["an answer that stops half-way"]][count];
    if (mishap === undefined) items(request, response, count);
    else mishap(response, CANARY);
  });
  const supplied = await ask(source, ["/phalanx/dev/mobu/a"], { requestTimeout: 200 });
  expect(shown(supplied)).toEqual({ "/phalanx/dev/mobu/a": [CANARY, "1Password item mobu"] });
});

test("without a name that it could have, it is not asked and needs no token", async () => {
  const source = await withItems({});
  const supplied = await ask(source, ["/elsewhere/x/y"], { environmentVariables: {} });
  expect(supplied.values.size).toBe(0);
  expect(server.requests).toEqual([]);
});

describe("documents", () => {
  const names = ["/phalanx/dev/gafaelfawr/oidc-server-secrets", "/phalanx/dev/pull-secret/.dockerconfigjson"];
  const [oidc = "", pull = ""] = names;
  const structures = new Map([
    [parameterName(oidc), "oidc-clients" as const],
    [parameterName(pull), "dockerconfigjson" as const],
  ]);
  const map = [
    { names: oidc, item: "oidc-clients" },
    { names: pull, item: "pull-secret" },
  ];
  const item = (title: string, sections: Readonly<Record<string, Readonly<Record<string, string>>>>) => ({
    title,
    sections: Object.keys(sections).map((label, index) => ({ id: `s${index}`, label })),
    fields: [
      { label: "notesPlain", value: "" },
      ...Object.values(sections).flatMap((fields, index) =>
        Object.entries(fields).map(([label, value]) => ({ label, value, section: { id: `s${index}` } })),
      ),
    ],
  });
  const documents = async (items: FakeConnect["vaults"][string]) =>
    ask({ ...(await withItems({ "RSP dev": items })), map }, names, { structures });

  test("are composed of an item whose sections are clients or registries", async () => {
    const supplied = await documents([
      item("oidc-clients", {
        b: { secret: CANARY, id: "2", return_uri: "u" },
        a: { id: "1", secret: "s", return_uri: "u" },
      }),
      item("pull-secret", { "ghcr.io": { username: "token", password: CANARY } }),
    ]);
    const auth = Buffer.from(`token:${CANARY}`).toString("base64");
    expect(shown(supplied)).toEqual({
      [oidc]: [
        `[{"id": "1", "secret": "s", "return_uri": "u"}, {"id": "2", "secret": "${CANARY}", "return_uri": "u"}]`,
        "1Password item oidc-clients",
      ],
      [pull]: [
        `{"auths": {"ghcr.io": {"auth": "${auth}", "username": "token", "password": "${CANARY}"}}}`,
        "1Password item pull-secret",
      ],
    });
  });

  test("without an item there is no client, and nothing is said of registries", async () => {
    const { values, lacking } = await documents([]);
    expect([...values].map(([name, { value, whenAbsent }]) => [name, value.expose(), whenAbsent])).toEqual([
      [oidc, "[]", true],
    ]);
    expect([...lacking]).toEqual([]);
  });

  test("a section that is not complete is a problem that quotes nothing", async () => {
    const problems = await problemsOf(documents([item("oidc-clients", { [CANARY]: { id: CANARY } })]));
    expect(problems).toEqual([
      `${PLACE}the value of ${oidc} in 1Password item oidc-clients has a section that is not complete`,
    ]);
  });
});

test("what it does not have is told: whether the item, or only the field", async () => {
  const source = await withItems({ "RSP dev": [{ title: "mobu", fields: [{ label: "a", value: "x" }] }] });
  const { lacking } = await ask(source, [
    "/phalanx/dev/mobu/a",
    "/phalanx/dev/mobu/b",
    "/phalanx/dev/argocd/c",
    "/elsewhere/d",
  ]);
  expect(Object.fromEntries(lacking)).toEqual({
    "/phalanx/dev/mobu/b": "field",
    "/phalanx/dev/argocd/c": "item",
  });
});
