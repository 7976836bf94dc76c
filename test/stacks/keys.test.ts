import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { stackOf } from "./project.ts";
import { CONTEXT, synthesizeInto } from "./synthesized.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ALIASES = ["alias/prod-app", "alias/prod-dba", "alias/prod-paraform", "alias/prod-replication"];

interface Key {
  readonly lifecycle?: object;
  readonly policy: string;
}

/** The keys of prod by their aliases. */
function keysWith(retiring: readonly string[]): Map<string, Key> {
  const context = retiring.length === 0 ? CONTEXT : { ...CONTEXT, retiring: { prod: retiring } };
  const stacks = synthesizeInto(ROOT, context);
  const { resource } = JSON.parse(stacks.stack("prod").text) as {
    resource: {
      aws_kms_key: Record<string, Key>;
      aws_kms_alias: Record<string, { name: string; target_key_id: string }>;
    };
  };
  stacks.remove();
  return new Map(
    Object.values(resource.aws_kms_alias).flatMap(({ name, target_key_id }) => {
      const key = resource.aws_kms_key[/aws_kms_key\.([\w-]+)\./.exec(target_key_id)?.[1] ?? ""];
      return key === undefined ? [] : [[name, key]];
    }),
  );
}

describe("a key", () => {
  it("is refused by its alias' ARN, to which no policy grants anything", () => {
    const alias = "arn:aws:kms:eu-west-1:444455556666:alias/dba";
    const keyed = (key: string) => () =>
      stackOf({ keys: [{ path: "/dba/**", key }] }, { "/dba/password": {} });
    expect(keyed(alias)).toThrow(`${alias} names a key by its alias' ARN`);
    expect(keyed("arn:aws:kms:eu-west-1:444455556666:key/1234abcd")).not.toThrow();
  });

  it("is destroyed neither by Terraform nor by who administers it", () => {
    const keys = keysWith([]);
    expect([...keys.keys()].sort()).toEqual(ALIASES);
    for (const { lifecycle, policy } of keys.values()) {
      expect(lifecycle).toEqual({ prevent_destroy: true });
      expect(policy).not.toContain("kms:DeleteAlias");
      expect(policy).not.toContain("kms:ScheduleKeyDeletion");
    }
  });

  it("can be deleted once it is retiring, also where no config names it any more", () => {
    const keys = keysWith(["alias/prod-dba", "alias/prod-former"]);
    for (const alias of ["alias/prod-dba", "alias/prod-former"]) {
      expect(keys.get(alias)).not.toHaveProperty("lifecycle");
      expect(keys.get(alias)?.policy).toContain("kms:ScheduleKeyDeletion");
    }
    expect(keys.get("alias/prod-former")?.policy).not.toContain("kms:Decrypt");
    expect(keys.get("alias/prod-app")).toHaveProperty("lifecycle", { prevent_destroy: true });
  });
});
