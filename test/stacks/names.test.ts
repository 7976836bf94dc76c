import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Resources, stackOf } from "./project.ts";
import { synthesizeInto } from "./synthesized.ts";

const copy = (source: string) => ({ copy: source });

function logicalIds(resource: Resources, type: string): string[] {
  return Object.keys(resource[type] ?? {});
}

/** As AWS tells them apart: roles and policies without regard to capitals. */
function namesOf(resource: Resources, type: string): string[] {
  return Object.values(resource[type] ?? {}).map(({ name }) => String(name).toLowerCase());
}

describe("what a stack makes has names of its own", () => {
  it("for services whose folders differ in a sign or in capitals alone", () => {
    const folders = ["a.b", "ab", "a-b", "a_b", "AB"];
    const { resource } = stackOf(
      {},
      {
        "/dba/password": {},
        ...Object.fromEntries(folders.map((folder) => [`/app/${folder}/password`, copy("/dba/password")])),
      },
    );
    const services = logicalIds(resource, "aws_iam_role").filter((id) => id.startsWith("role-service-"));
    expect(services).toHaveLength(folders.length);
    expect(services).toEqual(
      expect.arrayContaining(["role-service-ab", "role-service-a-b", "role-service-a_b", "role-service-AB"]),
    );
    for (const type of ["aws_iam_role", "aws_iam_policy"]) {
      const names = namesOf(resource, type);
      expect(new Set(names).size).toBe(names.length);
    }
    const policies = Object.values(resource.aws_iam_policy ?? {}).map(({ policy }) => String(policy));
    for (const folder of folders) {
      const reading = policies.filter((text) => text.includes(`parameter/app/${folder}/*`));
      expect([folder, reading.length]).toEqual([folder, 1]);
    }
  });

  it("for keys and owners whose paths are written alike", () => {
    const keys = [
      { path: "/a/b/**", key: "alias/a/b" },
      { path: "/a-b/**", key: "alias/a-b" },
      { path: "/unowned/**", key: "alias/u" },
      { path: "/all/**", key: "alias/all" },
      { path: "/app/*/own/**", key: "alias/app" },
    ];
    const sources = ["/a/b/x", "/a-b/x", "/unowned/x", "/all/x", "/nobody/x"];
    const { resource } = stackOf(
      { keys },
      Object.fromEntries(
        sources.flatMap((source, index) => [
          [source, {}],
          [`/app/${index}/x`, copy(source)],
        ]),
      ),
    );
    expect(logicalIds(resource, "aws_kms_key")).toEqual(
      expect.arrayContaining(["key-a--b", "key-a-b", "key-u", "key-all", "key-app"]),
    );
    const roles = logicalIds(resource, "aws_iam_role");
    expect(roles).toEqual(expect.arrayContaining(["role-owner-a--b", "role-owner-a-b"]));
    expect(roles.filter((id) => /^role-owner-(all|unowned)-[0-9a-f]{8}$/.test(id))).toHaveLength(2);
    // What nobody owns is replicated apart from what /unowned/ has.
    expect(roles.filter((id) => id.startsWith("role-replicator-"))).toHaveLength(sources.length);
    expect(roles).toContain("role-replicator-unowned");
  });

  it("for the second policy of one and the first of another", () => {
    const many = Array.from(
      { length: 70 },
      (_, index) => `/dba/of-the-service-with-the-number-${index}/password`,
    );
    const keys = [
      { path: "/dba/**", key: "alias/dba" },
      { path: "/dba-2/**", key: "alias/dba-2" },
    ];
    const { resource } = stackOf(
      { keys },
      {
        "/dba-2/password": {},
        "/app/a/password": copy("/dba-2/password"),
        ...Object.fromEntries(
          many.flatMap((source, index) => [
            [source, {}],
            [`/app/a-${index}/password`, copy(source)],
          ]),
        ),
      },
    );
    const policies = logicalIds(resource, "aws_iam_policy");
    expect(policies).toEqual(
      expect.arrayContaining(["policy-replicator-dba", "policy-2-replicator-dba", "policy-replicator-dba-2"]),
    );
    const names = namesOf(resource, "aws_iam_policy");
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("who may assume an owner's role", () => {
  it("is told of one environment, and says nothing of another that has an owner of the same name", () => {
    const trusted = ["arn:aws:iam::111122223333:role/stage-developers"];
    const stacks = synthesizeInto(fileURLToPath(new URL("../..", import.meta.url)), {
      owners: { stage: { dba: trusted } },
    });
    const trusts = ["prod", "stage"].map((name) => stacks.stack(name).text.includes("stage-developers"));
    stacks.remove();
    expect(trusts).toEqual([false, true]);
  });
});

describe("two environments", () => {
  const synthesize = (stage: object) => () =>
    stackOf({}, { "/dba/password": {} }, undefined, [{ environment: "stage", ...stage }]);

  it("of one account and region may not both make an alias", () => {
    expect(synthesize({})).toThrow(
      "prod and stage lie in one account and region, and the stack of each makes alias/dba",
    );
  });

  it("of two accounts, or regions, may", () => {
    const store = { kind: "parameter-store", account: "111122223333", region: "eu-west-1" };
    expect(synthesize({ store })).not.toThrow();
    expect(synthesize({ store: { ...store, account: "444455556666", region: "eu-west-2" } })).not.toThrow();
  });
});

describe("settings that name what no environment has", () => {
  const synthesize = (context: object) => () => stackOf({}, { "/dba/password": {} }, context);

  it("are refused: an owner that is misspelt would have a role for the whole account", () => {
    const trusted = ["arn:aws:iam::444455556666:role/dba-team"];
    expect(synthesize({ owners: { prod: { DBA: trusted } } })).toThrow("has DBA, which is not an owner");
    expect(synthesize({ owners: { prod: { dbs: trusted } } })).toThrow(
      expect.objectContaining({ hint: "did you mean dba?" }) as Error,
    );
    expect(synthesize({ owners: { production: { dba: trusted } } })).toThrow("which is not an environment");
    expect(synthesize({ owners: { prod: { dba: trusted } } })).not.toThrow();
  });

  it("are refused of an owner without its environment, who would be trusted in all of them", () => {
    expect(synthesize({ owners: { dba: ["arn:aws:iam::444455556666:role/dba-team"] } })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("by environment") as string }) as Error,
    );
  });

  it("are refused of keys to be deleted", () => {
    expect(synthesize({ retiring: { production: ["alias/dba"] } })).toThrow("which is not an environment");
  });
});
