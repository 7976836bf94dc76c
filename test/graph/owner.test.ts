import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { ownerOf, ownersOf } from "../../src/graph/owner.ts";
import { parameterName } from "../../src/model/name.ts";

const environment = {
  keys: [
    { path: "/dba/vault/**", key: "alias/vault" },
    { path: "/dba/**", key: "alias/dba" },
    { path: "/dba/*/spare", key: "alias/spare" },
    { path: "/**", key: "alias/rest" },
  ],
} as unknown as Environment;

describe("owners", () => {
  it("are the beginnings of the paths in keys, without what an earlier entry takes", () => {
    expect(ownersOf(environment)).toEqual([
      { name: "dba--vault", keys: ["alias/vault"], path: "/dba/vault/", excluded: [] },
      { name: "dba", keys: ["alias/dba", "alias/spare"], path: "/dba/", excluded: ["/dba/vault/"] },
      { name: "all", keys: ["alias/rest"], path: "/", excluded: ["/dba/vault/", "/dba/"] },
    ]);
  });

  it("own what is theirs by the first match, as keys do", () => {
    const owner = ownerOf(environment);
    expect(["/dba/vault/a", "/dba/a", "/app/a"].map((name) => owner(parameterName(name)))).toEqual([
      "dba--vault",
      "dba",
      "all",
    ]);
    expect(ownerOf({ ...environment, keys: [] })(parameterName("/app/a"))).toBe("unowned");
  });

  it("own nothing that is deeper and another's, whichever comes first", () => {
    const keys = [
      { path: "/dba/*-admin", key: "alias/admin" },
      { path: "/dba/mysql/**", key: "alias/mysql" },
      { path: "/dba/mysql/replica/**", key: "alias/never" },
    ];
    expect(ownersOf({ ...environment, keys })).toEqual([
      { name: "dba", keys: ["alias/admin"], path: "/dba/", excluded: ["/dba/mysql/"] },
      { name: "dba--mysql", keys: ["alias/mysql"], path: "/dba/mysql/", excluded: [] },
    ]);
  });

  it.each(["/dba/*/admin", "/dba/**/admin", "/dba/{mysql,mongo}/*", "/dba/my*/*"])(
    "are refused where %s takes names out of a deeper path that a later entry begins",
    (path) => {
      const first = { path, key: "alias/admin" };
      const second = { path: "/dba/mysql/**", key: "alias/mysql" };
      expect(() => ownersOf({ ...environment, keys: [first, second] })).toThrow(
        `keys has ${path} before /dba/mysql/**`,
      );
      expect(ownersOf({ ...environment, keys: [second, first] })).toHaveLength(2);
    },
  );

  it.each([
    ["/dba/*", "/**"],
    ["/dba/mysql/root", "/dba/**"],
    ["/dba/mysql/*/root", "/dba/*/**"],
    ["/dba/my*", "/{dba,ops}/**"],
  ])(
    "are refused where %s leaves to %s what lies beside it: its folder would be its owner's",
    (path, wider) => {
      const [entry, other] = [
        { path, key: "alias/own" },
        { path: wider, key: "alias/wider" },
      ];
      const whole = { path: path.startsWith("/dba/mysql/") ? "/dba/mysql/**" : "/dba/**", key: "alias/own" };
      expect(() => ownersOf({ ...environment, keys: [entry, other] })).toThrow(
        `keys has ${path} before ${wider}`,
      );
      expect(ownersOf({ ...environment, keys: [whole, other] })).toHaveLength(2);
      expect(ownersOf({ ...environment, keys: [entry, whole, other] })).toHaveLength(2);
      // Of what no entry matches nobody else is the owner.
      expect(ownersOf({ ...environment, keys: [entry] })).toHaveLength(1);
    },
  );

  it("are told of a single name that a parameter may have a key of its own", () => {
    const keys = [
      { path: "/dba/mysql/root", key: "alias/root" },
      { path: "/**", key: "alias/rest" },
    ];
    expect(() => ownersOf({ ...environment, keys })).toThrow(
      expect.objectContaining({
        hint: 'write /dba/mysql/**, or take it out and say "key" where /dba/mysql/root is declared',
      }) as Error,
    );
  });

  it("have names of their own, whatever their paths, which no other path in keys changes", () => {
    const segment = fc.stringMatching(/^[a-b.-]{1,3}$/);
    const folder = fc.oneof(
      fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/")),
      fc.constantFrom("all", "unowned", "a-and-b", "a/b", "a-b", "a--b", "a-b-0a1b2c3d"),
    );
    const namesOf = (folders: readonly string[]) =>
      folders.map((each) => {
        const keys = [{ path: `/${each}/x*`, key: "alias/a" }];
        return ownersOf({ ...environment, keys })[0]?.name ?? "";
      });
    fc.assert(
      fc.property(fc.uniqueArray(folder, { maxLength: 12 }), (folders) => {
        const names = ["all", "unowned", ...namesOf(folders)];
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
    expect(namesOf(["dba", "my-team", "dba_2"])).toEqual(["dba", "my-team", "dba_2"]);
  });
});
