import { expect, it } from "vitest";
import { suppliersOf } from "../../src/access/suppliers.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { DesiredGraph } from "../../src/graph/graph.ts";

it("no policy opens paraform's own parameters, whatever a source of values names", () => {
  const environment = {
    sources: [
      {
        kind: "parameter",
        map: [
          { names: "/dba/own/{name}", parameter: "/paraform/test/{name}" },
          { names: "/dba/{name}", parameter: "/ops/{name}" },
        ],
      },
    ],
  } as unknown as Environment;
  const names = ["/dba/own/digest-key", "/dba/token", "/dba/made"];
  const parameters = new Map(
    names.map((name) => [
      name,
      { name, rule: name === "/dba/made" ? { kind: "value", value: "1" } : { kind: "static" } },
    ]),
  );
  expect(suppliersOf(environment, { parameters } as unknown as DesiredGraph)).toEqual(["/ops/token"]);
});
