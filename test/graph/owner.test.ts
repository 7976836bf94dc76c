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
      { name: "dba-vault", keys: ["alias/vault"], path: "/dba/vault/", excluded: [] },
      { name: "dba", keys: ["alias/dba", "alias/spare"], path: "/dba/", excluded: ["/dba/vault/"] },
      { name: "all", keys: ["alias/rest"], path: "/", excluded: ["/dba/vault/", "/dba/"] },
    ]);
  });

  it("own what is theirs by the first match, as keys do", () => {
    const owner = ownerOf(environment);
    expect(["/dba/vault/a", "/dba/a", "/app/a"].map((name) => owner(parameterName(name)))).toEqual([
      "dba-vault",
      "dba",
      "all",
    ]);
    expect(ownerOf({ ...environment, keys: [] })(parameterName("/app/a"))).toBe("unowned");
  });
});
