import { expect, test } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { readerOf, servicesAmong } from "../../src/graph/reader.ts";
import { parameterName } from "../../src/model/name.ts";

const environment = {
  namespaces: { service: "/app", shared: "/shared" },
  keys: [
    { path: "/dba/vault/**", key: "alias/vault" },
    { path: "/dba/*", key: "alias/dba" },
    { path: "/**", key: "alias/rest" },
  ],
} as unknown as Environment;

test.each([
  ["/app/a/replicated/pw", "service", "/app/a"],
  ["/app/direct", "owner", "/app"],
  ["/application/x", "owner", "/application"],
  ["/shared/tls/cert", "shared", "/shared"],
  ["/dba/vault/key", "owner", "/dba/vault"],
  ["/dba/password", "owner", "/dba"],
  ["/team/deep/down", "owner", "/team"],
  ["/top", "owner", "/"],
])("%s is read by the %s %s", (name, kind, path) => {
  expect(readerOf(environment)(parameterName(name))).toEqual({ kind, path });
  expect(readerOf({ ...environment, keys: [] })(parameterName(name)).kind).toBe(kind);
});

test("the services that policies are made for are the readers of the kind service", () => {
  const names = ["/app/b/x", "/app/a/x", "/app/a/y", "/app/direct", "/dba/x"].map(parameterName);
  expect(servicesAmong(environment, names)).toEqual(["a", "b"]);
});
