import { expect, it } from "vitest";
import { keyPolicy } from "../../src/access/key-policy.ts";
import type { Place } from "../../src/access/place.ts";
import type { Principal } from "../../src/access/principal.ts";

const KEY = "arn:aws:kms:eu-west-1:444455556666:key/replication";
const PLACE: Place = {
  partition: "aws",
  account: "444455556666",
  region: "eu-west-1",
  environment: "prod",
  keyArn: (key) => key,
};

function services(count: number): Principal[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "service",
    name: `service-number-${index}`,
    statements: [{ Sid: "OpenOwn", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [KEY] }],
  }));
}

/** The roles that may use the key as services, and the length of its policy. */
function policyOf(count: number) {
  const policy = keyPolicy(PLACE, KEY, services(count));
  const statement = policy.Statement.find(({ Sid }) => Sid === "LetService");
  return {
    roles: statement?.Condition?.ArnLike?.["aws:PrincipalArn"] ?? [],
    length: JSON.stringify(policy).length,
  };
}

it("a key's policy names each service that uses it, as long as KMS takes it", () => {
  const { roles } = policyOf(200);
  expect(roles).toHaveLength(200);
  expect(roles[7]).toBe(
    "arn:aws:iam::444455556666:role/paraform/prod/service/paraform-prod-service-service-number-7",
  );
  expect(roles.join()).not.toContain("*");
});

it("a key's policy tells services by the path of their roles where they are too many for KMS", () => {
  const { roles, length } = policyOf(2_000);
  expect(roles).toEqual(["arn:aws:iam::444455556666:role/paraform/prod/service/*"]);
  expect(length).toBeLessThanOrEqual(32_768);
});
