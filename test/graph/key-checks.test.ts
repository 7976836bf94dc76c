import { expect, it } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { checkReplicationKeys } from "../../src/graph/key-checks.ts";

const ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const HERE = "arn:aws:kms:eu-west-1:444455556666";
const THERE = "arn:aws:kms:us-east-1:444455556666";

function warned(key: string, replicationKey: string): boolean {
  const environment = {
    file: "configs/prod/environment.json",
    store: { kind: "parameter-store", account: "444455556666", region: "eu-west-1" },
    keys: [
      { path: "/dba/**", key: "alias/dba" },
      { path: "/app/**", key },
    ],
    replicationKey,
  } as unknown as Environment;
  const problems = checkReplicationKeys(environment);
  for (const { severity, summary } of problems) {
    expect([severity, summary]).toEqual(["warning", expect.stringContaining("also the key of /app/**")]);
  }
  return problems.length > 0;
}

it.each([
  ["alias/app", "alias/app"],
  ["alias/app", `${HERE}:alias/app`],
  [ID, `${HERE}:key/${ID}`],
  [`${HERE}:key/${ID}`, `key/${ID}`],
])("a replication key that is an owner's, %s and %s, is warned of", (key, replicationKey) => {
  expect(warned(key, replicationKey)).toBe(true);
});

it("the former replication key is asked too", () => {
  const environment = {
    file: "configs/prod/environment.json",
    store: { kind: "embedded", path: "store.db" },
    keys: [{ path: "/app/**", key: "alias/app" }],
    replicationKey: "alias/replication",
    formerReplicationKey: "alias/app",
  } as unknown as Environment;
  expect(checkReplicationKeys(environment).map(({ summary }) => summary)).toEqual([
    expect.stringMatching(/^formerReplicationKey is also the key of/),
  ]);
});

it.each([
  ["alias/app", "alias/replication"],
  ["alias/app", `${THERE}:alias/app`],
  [ID, `${THERE}:key/${ID}`],
])("one of its own, %s beside %s, is not", (key, replicationKey) => {
  expect(warned(key, replicationKey)).toBe(false);
});
