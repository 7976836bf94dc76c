import { afterEach, describe, expect, it } from "vitest";
import { type ParameterName, parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { filterChains } from "../../src/store/filter-chains.ts";
import type { Store } from "../../src/store/store.ts";
import { type EmbeddedStore, embeddedStore } from "./embedded.ts";
import { type FakeServer, fakeServer, json, storeAt } from "./fake-server.ts";

const names = (count: number, root = "/dba/"): ParameterName[] =>
  Array.from({ length: count }, (_, index) => parameterName(`${root}p${index}`));

describe("filterChains", () => {
  it("is one chain for all prefixes and as many names as have room", () => {
    expect(filterChains({ prefixes: ["/dba/", "/app/"], names: names(3, "/out/") })).toEqual([
      { Key: "Name", Option: "BeginsWith", Values: ["/dba/", "/app/", "/out/p0", "/out/p1", "/out/p2"] },
    ]);
  });

  it("leaves out what another prefix covers, and what is said twice", () => {
    const query = {
      prefixes: ["/dba/", "/dba/deep/", "/dba/"],
      names: [...names(2), ...names(1, "/out/"), ...names(1, "/out/")],
    };
    expect(filterChains(query)).toEqual([
      { Key: "Name", Option: "BeginsWith", Values: ["/dba/", "/out/p0"] },
    ]);
  });

  it("asks for the names beyond fifty values exactly, while that is one chain more", () => {
    const chains = filterChains({ prefixes: ["/dba/"], names: names(90, "/out/") });
    expect(chains.map(({ Option, Values }) => [Option, Values.length])).toEqual([
      ["BeginsWith", 50],
      ["Equals", 41],
    ]);
    expect(new Set(chains.flatMap(({ Values }) => Values)).size).toBe(91);
  });

  it("asks for names alone exactly", () => {
    expect(filterChains({ prefixes: [], names: names(50) }).map(({ Option }) => Option)).toEqual(["Equals"]);
  });

  it("asks for more names than two chains hold by the folders that they lie in, with one chain for all", () => {
    const many = [...names(120, "/out/a/"), ...names(120, "/out/b/"), parameterName("/out/c")];
    expect(filterChains({ prefixes: ["/dba/"], names: many })).toEqual([
      { Key: "Name", Option: "BeginsWith", Values: ["/dba/", "/out/a/", "/out/b/", "/out/c"] },
    ]);
  });

  it("takes folders further up where the deepest are too many, and names where all are", () => {
    const spread = (root: string) =>
      Array.from({ length: 60 }, (_, index) => parameterName(`${root}${index}/password`));
    expect(filterChains({ prefixes: [], names: spread("/app/service-") })).toEqual([
      { Key: "Name", Option: "BeginsWith", Values: ["/app/"] },
    ]);
    expect(filterChains({ prefixes: [], names: spread("/team-") }).map(({ Option }) => Option)).toEqual([
      "Equals",
      "Equals",
    ]);
  });

  it("asks for both spellings of a name of one segment", () => {
    expect(filterChains({ prefixes: [], names: [parameterName("/token")] })).toEqual([
      { Key: "Name", Option: "Equals", Values: ["/token", "token"] },
    ]);
  });

  it("has room for more prefixes than one filter", () => {
    const prefixes = Array.from({ length: 60 }, (_, index) => `/scope${index}/`);
    expect(
      filterChains({ prefixes, names: names(1, "/out/") }).map(({ Option, Values }) => [
        Option,
        Values.length,
      ]),
    ).toEqual([
      ["BeginsWith", 50],
      ["BeginsWith", 11],
    ]);
  });
});

describe("describing the embedded store", () => {
  let open: EmbeddedStore | undefined;
  afterEach(() => {
    open?.close();
    open = undefined;
  });

  const populated = async (
    count: number,
    options: Parameters<typeof embeddedStore>[0] = {},
  ): Promise<EmbeddedStore> => {
    open = await embeddedStore(options);
    await fill(open.store, names(count));
    open.called.length = 0;
    return open;
  };

  it.each([
    [0, 1],
    [1, 1],
    [50, 1],
    [51, 2],
    [1000, 20],
  ])("reads %i parameters in %i calls", async (count, calls) => {
    const { store, called } = await populated(count);
    const before = store.calls;
    const live = await store.describe({
      prefixes: ["/dba/"],
      names: [parameterName("/dba/p0"), parameterName("/out/x")],
    });
    expect(live.size).toBe(count);
    expect(called).toEqual(Array.from({ length: calls }, () => "DescribeParameters"));
    expect(store.calls - before).toBe(calls);
  });

  it("follows pages that are empty and pages that are short", async () => {
    const { store } = await populated(120, {
      faults: [
        {
          operation: "DescribeParameters",
          which: { from: 1, to: 1 },
          fault: { kind: "page", page: "empty" },
        },
        {
          operation: "DescribeParameters",
          which: { from: 3, to: 3 },
          fault: { kind: "page", page: "short" },
        },
      ],
    });
    const before = store.calls;
    const live = await store.describe({ prefixes: ["/dba/"], names: [] });
    expect([...live.keys()].toSorted()).toEqual(names(120).toSorted());
    expect(store.calls - before).toBeGreaterThan(3 + 1);
  });
});

describe("describing a server with odd pages", () => {
  let server: FakeServer | undefined;
  afterEach(() => server?.close());

  const parameter = (name: string) => ({
    Name: name,
    Type: "String",
    Version: 1,
    LastModifiedDate: 1_900_000_000,
  });
  const serve = async (pages: { Parameters: object[]; NextToken?: string }[]): Promise<Store> => {
    server = await fakeServer(({ input }, response) =>
      json(response, pages[Number(input.NextToken ?? 0)] ?? {}),
    );
    return storeAt(server.url);
  };
  const describeIt = (store: Store) => store.describe({ prefixes: ["/dba/"], names: [] });

  it("ends with an empty token and with none", async () => {
    const store = await serve([
      { Parameters: [], NextToken: "1" },
      { Parameters: [parameter("/dba/a"), parameter("/other/a")], NextToken: "2" },
      { Parameters: [], NextToken: "3" },
      { Parameters: [parameter("/dba/b")], NextToken: "" },
    ]);
    expect([...(await describeIt(store)).keys()]).toEqual(["/dba/a", "/dba/b"]);
    expect(server?.received).toHaveLength(4);
  });

  it("fails when a token comes again, right away or later", async () => {
    const stuck = await serve([
      { Parameters: [], NextToken: "1" },
      { Parameters: [parameter("/dba/a")], NextToken: "1" },
    ]);
    await expect(describeIt(stuck)).rejects.toMatchObject({ failure: "broken" });
    await server?.close();
    const circling = await serve([
      { Parameters: [], NextToken: "1" },
      { Parameters: [], NextToken: "2" },
      { Parameters: [], NextToken: "1" },
    ]);
    await expect(describeIt(circling)).rejects.toMatchObject({ failure: "broken" });
  });

  it("fails when a later page fails", async () => {
    const store = await serve([{ Parameters: [parameter("/dba/a")], NextToken: "1" }]);
    await expect(describeIt(store)).rejects.toMatchObject({ failure: "broken" });
  });

  it("always asks for whole pages", async () => {
    const store = await serve([{ Parameters: [] }]);
    await describeIt(store);
    expect(server?.received.map(({ input }) => input.MaxResults)).toEqual([50]);
  });
});

async function fill(store: Store, wanted: readonly ParameterName[]): Promise<void> {
  for (const name of wanted) {
    const outcome = await store.put({
      name,
      value: new Secret("value-of-dev"),
      type: "String",
      description: "",
      overwrite: false,
      tier: "Standard",
      dataType: "text",
    });
    if (outcome.kind !== "written") throw new Error("the parameter was not written");
  }
}
