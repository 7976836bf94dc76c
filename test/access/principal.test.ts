import fc from "fast-check";
import { expect, it } from "vitest";
import { type PrincipalKind, roleName } from "../../src/access/principal.ts";

const KINDS: readonly PrincipalKind[] = ["planner", "replicator", "owner", "service"];
const WORDS = fc.array(fc.constantFrom<string>("prod", "x", ...KINDS), { minLength: 2, maxLength: 7 });

/** Every environment and principal whose names, one behind the other, are these words. */
function readings(words: readonly string[]) {
  return words.flatMap((word, index) => {
    const kind = KINDS.find((each) => each === word);
    const [environment, name] = [words.slice(0, index).join("-"), words.slice(index + 1).join("-")];
    return kind === undefined || environment === "" || (name === "") !== (kind === "planner")
      ? []
      : [{ environment, kind, name }];
  });
}

it("no two environments of one account have roles of the same name, whatever they and their owners are called", () => {
  expect(readings(["prod", "owner", "owner", "x"])).toHaveLength(2);
  fc.assert(
    fc.property(WORDS, (words) => {
      const names = readings(words).map(({ environment, ...principal }) => roleName(environment, principal));
      expect(new Set(names).size).toBe(names.length);
    }),
    { numRuns: 500 },
  );
});

it("environments whose names differ in capitals alone have roles that IAM tells apart", () => {
  const [one, other] = ["prod", "Prod"].map((environment) =>
    roleName(environment, { kind: "planner", name: "" }),
  );
  expect(one?.toLowerCase()).not.toBe(other?.toLowerCase());
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
