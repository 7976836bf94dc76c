import fc from "fast-check";
import { expect, it } from "vitest";
import { type PrincipalKind, roleName } from "../../src/access/principal.ts";

const WORD = fc.constantFrom("prod", "owner", "service", "x", "replicator", "planner", "Prod", "eu");
const NAME = fc.array(WORD, { minLength: 1, maxLength: 3 }).map((words) => words.join("-"));
const KIND = fc.constantFrom<PrincipalKind>("owner", "service", "replicator");

it("no two environments of one account have roles of the same name, whatever they and their owners are called", () => {
  expect(roleName("prod", { kind: "owner", name: "owner-x" })).toBe("paraform-prod-owner-owner-x");
  const one = fc.oneof(
    fc.tuple(NAME, KIND, NAME),
    fc.tuple(NAME, fc.constant<PrincipalKind>("planner"), fc.constant("")),
  );
  fc.assert(
    fc.property(fc.uniqueArray(one, { minLength: 2, maxLength: 40, selector: String }), (principals) => {
      // As IAM tells them apart.
      const names = principals.map(([environment, kind, name]) =>
        roleName(environment, { kind, name }).toLowerCase(),
      );
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});

it("an environment's role is called after it, and has no hash without need", () => {
  const planner = { kind: "planner", name: "" } as const;
  expect(["prod", "prod-eu", "owner"].map((each) => roleName(each, planner))).toEqual([
    "paraform-prod-planner",
    "paraform-prod-eu-planner",
    "paraform-owner-planner",
  ]);
  expect(roleName("prod-owner", planner)).toMatch(/^paraform-prod-owner-planner-[0-9a-f]{8}$/);
});
