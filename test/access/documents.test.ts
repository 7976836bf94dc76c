import fc from "fast-check";
import { expect, it } from "vitest";
import { keysNamed, principalsOf } from "../../src/access/access.ts";
import { documentParts } from "../../src/access/document-parts.ts";
import { keyPolicy } from "../../src/access/key-policy.ts";
import { keyArnOfId, placeOf } from "../../src/access/place.ts";
import type { PolicyDocument, Statement } from "../../src/access/policy-document.ts";
import { principalId } from "../../src/access/principal.ts";
import { compile } from "../../src/graph/compile.ts";
import { expectLaw } from "../laws/law.ts";
import { makeProject } from "../support/binary-project.ts";

/** Of managed policies and of key policies, in characters (IAM and KMS, "Quotas"). */
const LONGEST = { managed: 6_144, key: 32_768 };
const OPERATORS = ["ArnLike", "StringEquals", "StringLike"];
const OWNERS = ["dba", "ops", "app"];
/** Some differ only in what a Sid cannot say, or in a digit at the end; one is AWS's own. */
const KEYS = ["alias/prod-db", "alias/prod_db", "alias/prod/db", "alias/prod-db1", "alias/aws/ssm"];

const key = fc.constantFrom(...KEYS);
const parameter = fc.oneof(
  fc.constant({}),
  fc.constant({ value: "dummy" }),
  fc.constant({ generate: { type: "password" } }),
);
const graphs = fc.record({
  keys: fc.array(key, { minLength: OWNERS.length, maxLength: OWNERS.length }),
  replicationKey: fc.option(key, { nil: undefined }),
  digestKey: fc.constantFrom(...KEYS.filter((each) => each !== "alias/aws/ssm")),
  scopes: fc.subarray(OWNERS, { minLength: 1 }),
  protect: fc.boolean(),
  sources: fc.array(fc.tuple(fc.constantFrom(...OWNERS), parameter), { minLength: 1, maxLength: 6 }),
  copies: fc.array(fc.tuple(fc.constantFrom(...OWNERS), fc.nat(), fc.nat()), { maxLength: 8 }),
  removed: fc.array(fc.tuple(fc.constantFrom(...OWNERS), fc.boolean()), { maxLength: 3 }),
});

type Spec = typeof graphs extends fc.Arbitrary<infer T> ? T : never;

function compiled(spec: Spec) {
  const sources = spec.sources.map(([owner, entry], index) => [`/${owner}/own/s${index}`, entry] as const);
  const names = sources.map(([name]) => name);
  const copies = spec.copies.map(([owner, one, other], index) => {
    const inputs = [names[one % names.length], names[other % names.length]];
    const [copy, second] = inputs;
    const entry = copy === second ? { copy } : { merge: inputs.map((input) => `\${${input}}`) };
    return [`/${owner}/in/r${index}`, entry] as const;
  });
  const project = makeProject({
    parameters: Object.fromEntries([...sources, ...copies]),
    environment: {
      store: { kind: "parameter-store", account: "123456789012", region: "eu-west-1" },
      scopes: OWNERS.map((owner) => `/${owner}/`),
      protect: spec.protect ? [`/${spec.scopes[0]}/**`] : [],
      keys: OWNERS.map((owner, index) => ({ path: `/${owner}/**`, key: spec.keys[index] })),
      ...(spec.replicationKey === undefined ? {} : { replicationKey: spec.replicationKey }),
      digestKey: { kmsKey: spec.digestKey },
    },
  });
  project.write("configs/dev/removed.json", {
    parameters: {},
    removed: spec.removed.map(([owner, destroy], index) => ({ name: `/${owner}/gone/${index}`, destroy })),
  });
  return compile({ configs: project.path("configs"), environment: "dev", cwd: project.folder });
}

function faultsIn(who: string, document: PolicyDocument, longest: number): string[] {
  const faults: string[] = [];
  const sids = document.Statement.map(({ Sid }) => Sid);
  if (new Set(sids).size !== sids.length) faults.push(`${who}: a Sid stands twice: ${sids.join(", ")}`);
  if (JSON.stringify(document).length > longest) faults.push(`${who}: it is too long`);
  for (const statement of document.Statement) {
    const at = `${who}, ${statement.Sid}`;
    if (!/^[A-Za-z0-9]+$/.test(statement.Sid)) faults.push(`${at}: no Sid`);
    if (!listsOf(statement).every((list) => list.length > 0)) faults.push(`${at}: a list is empty`);
    if ((statement.Resource === undefined) === (statement.NotResource === undefined))
      faults.push(`${at}: neither or both of Resource and NotResource`);
    const operators = Object.keys(statement.Condition ?? {});
    if (!operators.every((operator) => OPERATORS.includes(operator))) faults.push(`${at}: ${operators}`);
  }
  return faults;
}

function listsOf({ Action, Resource = ["*"], NotResource = ["*"], Condition = {} }: Statement) {
  return [
    Action,
    Resource,
    NotResource,
    ...Object.values(Condition).flatMap((keys) => Object.values(keys)),
  ] as const;
}

it("every document of every role and key is one that IAM takes, whatever the graph", () =>
  expectLaw(
    graphs,
    async (spec) => {
      const { config, graph } = compiled(spec);
      const where = { account: "123456789012", region: "eu-west-1" };
      const idOf = (name: string) =>
        `00000000-0000-0000-0000-${Buffer.from(name).toString("hex").padEnd(12, "0").slice(-12)}`;
      const place = placeOf(config.environment, (name) =>
        keyArnOfId({ partition: "aws", ...where, environment: "dev" }, idOf(name)),
      );
      const principals = principalsOf(config, graph, place);
      const ofRoles = principals.flatMap((principal) =>
        documentParts(principal.statements).flatMap((part) =>
          faultsIn(principalId(principal), part, LONGEST.managed),
        ),
      );
      const ofKeys = keysNamed(config, graph).flatMap((name) =>
        faultsIn(name, keyPolicy(place, name, principals), LONGEST.key),
      );
      return [...ofRoles, ...ofKeys];
    },
    40,
  ));

it("who writes nothing that is encrypted may encrypt with no key", () => {
  const { config, graph } = compiled({
    keys: ["alias/prod-db", "alias/prod-db", "alias/prod-db"],
    replicationKey: undefined,
    digestKey: "alias/prod-db",
    scopes: ["app"],
    protect: false,
    sources: [["dba", { value: "dummy" }]],
    copies: [["app", 0, 0]],
    removed: [],
  });
  const place = placeOf(config.environment, (name) => name);
  const replicator = principalsOf(config, graph, place).find(({ kind }) => kind === "replicator");
  expect(replicator?.statements.at(-1)).toEqual({
    Sid: "UseNoOtherKey",
    Effect: "Deny",
    Action: ["kms:Encrypt", "kms:GenerateDataKey"],
    Resource: ["*"],
  });
});
