import { expect, test } from "vitest";
import type { ParameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Reading } from "../../src/store/store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { problemsOf, read, shown, type Unplaced } from "./values-folder.ts";

const PLACE = "configs/dev/environment.json:1:1: ";

const SOURCE: Unplaced = {
  kind: "parameter",
  map: [{ names: "/app/{service}/{rest**}", parameter: "/legacy/{service}-{rest}" }],
};

function storeWith(values: Readonly<Record<string, string | "denied">>) {
  const asked: ParameterName[] = [];
  const readingOf = (text: string | undefined): Reading => {
    if (text === undefined) return { kind: "absent" };
    if (text === "denied") return { kind: "denied", code: "AccessDeniedException" };
    const value = new Secret(text);
    return { kind: "value", value, type: "SecureString", version: 1, lastModified: 0, arn: "arn" };
  };
  return {
    asked,
    read: async (selectors: readonly { name: ParameterName }[]) => {
      asked.push(...selectors.map(({ name }) => name));
      return selectors.map(({ name }) => readingOf(values[name]));
    },
  };
}

test("a value is that of another parameter, whose name is made from the wanted one", async () => {
  const store = storeWith({ "/legacy/shop-a": "one", "/legacy/shop-db/password": "two" });
  const names = ["/app/shop/a", "/app/shop/db/password", "/app/shop/absent", "/else"];
  expect(shown(await read({ names, sources: [SOURCE], store }))).toEqual({
    "/app/shop/a": ["one", "parameter /legacy/shop-a"],
    "/app/shop/db/password": ["two", "parameter /legacy/shop-db/password"],
  });
  expect(store.asked).toEqual(["/legacy/shop-a", "/legacy/shop-db/password", "/legacy/shop-absent"]);
});

test("one that may not be read is a problem, each with its name", async () => {
  const store = storeWith({ "/legacy/shop-a": "denied", "/legacy/shop-b": "denied" });
  expect(await problemsOf(read({ names: ["/app/shop/a", "/app/shop/b"], sources: [SOURCE], store }))).toEqual(
    [`${PLACE}parameter /legacy/shop-a may not be read`, `${PLACE}parameter /legacy/shop-b may not be read`],
  );
});

test("a store that does not answer is a problem", async () => {
  const store = {
    read: async () => {
      throw new StoreError("unreachable", "GetParameters", "ECONNRESET");
    },
  };
  expect(await problemsOf(read({ names: ["/app/shop/a"], sources: [SOURCE], store }))).toEqual([
    `${PLACE}GetParameters failed: the connection broke off (ECONNRESET)`,
  ]);
});

test.each(["/{service}/{rest}", "/paraform/dev/digest-key", "/legacy//{rest}", "/aws/{rest}"])(
  "%s leads to itself, to paraform's own or to no name, and is not read",
  async (parameter) => {
    const store = storeWith({});
    const source: Unplaced = {
      kind: "parameter",
      map: [{ names: "/{service}/{rest**}", parameter }],
    };
    expect(await problemsOf(read({ names: ["/app/x"], sources: [source], store }))).toEqual([
      `${PLACE}/app/x cannot be read from where the map says`,
    ]);
    expect(store.asked).toEqual([]);
  },
);
