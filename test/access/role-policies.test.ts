import { describe, expect, it } from "vitest";
import type { Principal } from "../../src/access/principal.ts";
import { rolePolicies } from "../../src/access/role-policies.ts";

/** Somebody who reads so many parameters, each by its name of about 100 characters. */
function reader(count: number): Principal {
  const Resource = Array.from(
    { length: count },
    (_, index) =>
      `arn:aws:ssm:eu-west-1:123456789012:parameter/app/${"a-long-name".repeat(4)}/${10_000 + index}`,
  );
  const read = { Sid: "Read", Effect: "Allow", Action: ["ssm:GetParameter"], Resource } as const;
  return { kind: "replicator", name: "dba", statements: [read] };
}

describe("a role's policies", () => {
  it("are managed ones, and where these do not do the role's own", () => {
    expect(rolePolicies(reader(500))).toMatchObject({ managed: { length: 9 }, inline: [] });
    const { managed, inline } = rolePolicies(reader(600));
    expect([managed.length, inline.length]).toEqual([10, 1]);
    const listed = [...managed, ...inline].flatMap(({ Statement }) =>
      Statement.map(({ Resource = [] }) => Resource),
    );
    expect(listed.flat()).toHaveLength(600);
  });

  it("are refused where AWS gives no room for them, with what to do", () => {
    expect(() => rolePolicies(reader(2000))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^replicator-dba needs \d\d policies, and a role has 10/) as string,
        hint: expect.stringContaining("split the environment") as string,
      }) as Error,
    );
  });
});
