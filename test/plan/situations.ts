import type { PlanInputs } from "../../src/plan/plan.ts";
import { DELETE_ALL, makeWorld, type World } from "../support/world.ts";

/** Values that no plan may show, with every character that some escaping spells otherwise. */
export const CANARIES = {
  supplied: 'canary-supplied "quoted" & spaced/é+%',
  put: "canary-put\nsecond line\ttab \\ 'single'",
  tampered: "canary-tampered=?#[]{}~^",
  former: "canary-former 🔑 €",
} as const;

export interface Situation {
  readonly name: string;
  readonly inputs?: Partial<PlanInputs>;
  readonly deep?: boolean;
  readonly arrange: () => Promise<World>;
}

const { supplied, put, tampered, former } = CANARIES;
const GENERATE = { generate: { type: "password" } };

const EVERY_RULE = {
  "/dba/static": {},
  "/dba/by-hand": { exists: true },
  "/dba/made": GENERATE,
  "/shared/host": { type: "String" },
  "/app/literal": { value: "public on purpose", description: "a literal", tags: { team: "x" } },
  "/app/copy": { copy: "/dba/static" },
  "/app/theirs": { copy: "/dba/by-hand" },
  "/app/url": { merge: ["db://", `\${/dba/made}`, ":", `\${/app/copy:uri}`, "@", `\${/shared/host:json}`] },
};

async function everyRule(): Promise<World> {
  const world = await makeWorld({
    parameters: EVERY_RULE,
    supplied: { "/dba/static": supplied, "/shared/host": former },
  });
  await world.put("/dba/by-hand", put);
  return world;
}

async function appliedWorld(): Promise<World> {
  const world = await everyRule();
  await world.apply();
  return world;
}

/** Plans of every kind: each must keep its secrets, fit the schema and bear a MAC that holds. */
export const SITUATIONS: readonly Situation[] = [
  { name: "nothing declared, nothing live", arrange: () => makeWorld() },
  { name: "everything to be created", arrange: everyRule },
  { name: "everything in sync", arrange: appliedWorld },
  { name: "everything in sync, every value read", deep: true, arrange: appliedWorld },
  {
    name: "every generated value anew",
    inputs: { regenerate: ["/**"], allow: { update: 5 } },
    arrange: appliedWorld,
  },
  {
    name: "values and attributes that change",
    arrange: async () => {
      const world = await appliedWorld();
      world.declare({
        parameters: { ...EVERY_RULE, "/app/copy": { copy: "/dba/static", description: "described" } },
        supplied: { "/dba/static": former, "/shared/host": supplied },
      });
      await world.put("/dba/by-hand", tampered);
      return world;
    },
  },
  {
    name: "everything touched outside",
    arrange: async () => {
      const world = await appliedWorld();
      for (const name of Object.keys(EVERY_RULE)) await world.put(name, tampered);
      return world;
    },
  },
  {
    name: "everything unstamped, some of it adopted",
    inputs: { allow: { blocked: 3 } },
    arrange: async () => {
      const world = await everyRule();
      for (const name of Object.keys(EVERY_RULE)) await world.put(name, tampered);
      world.declare({ adopt: ["/dba/made", "/app/copy"].map((name) => ({ name })) });
      return world;
    },
  },
  {
    name: "a secret that becomes a literal, and a String, and public",
    arrange: async () => {
      const world = await makeWorld({
        parameters: { "/dba/a": {}, "/dba/b": {}, "/dba/c": {}, "/app/d": { copy: "/dba/c" } },
        supplied: { "/dba/a": former, "/dba/b": former, "/dba/c": former },
      });
      await world.apply();
      world.declare({
        parameters: {
          "/dba/a": { value: "a literal now", type: "SecureString" },
          "/dba/b": { type: "String" },
          "/dba/c": {},
          "/app/d": { copy: "/dba/c", description: "public now" },
        },
        environment: { public: ["/app/**"] },
        supplied: {},
      });
      return world;
    },
  },
  {
    name: "a literal that somebody wrote over",
    arrange: async () => {
      const world = await makeWorld({ parameters: { "/app/literal": { value: "public" } } });
      await world.apply();
      await world.put("/app/literal", tampered, { Type: "String" });
      return world;
    },
  },
  {
    name: "sources that are gone, and asked for",
    arrange: async () => {
      const world = await appliedWorld();
      await world.remove("/dba/by-hand");
      await world.remove("/dba/static");
      world.declare({ supplied: {}, prompts: true });
      return world;
    },
  },
  {
    name: "other owners and stamps that do not verify",
    arrange: async () => {
      const world = await appliedWorld();
      const literal = await world.value("/app/literal");
      await world.put("/app/copy", put, { Description: `{paraform:1 forged ${literal}}` });
      world.declare({ environment: { owner: "others" }, supplied: { "/dba/static": supplied } });
      return world;
    },
  },
  {
    name: "everything undeclared and deleted",
    inputs: DELETE_ALL,
    arrange: async () => {
      const world = await appliedWorld();
      world.declare({
        parameters: {},
        supplied: {},
        environment: {
          protect: ["/app/url"],
          scopes: ["/dba/", "/app/", { path: "/shared/", exclusive: true }],
        },
      });
      await world.put("/shared/stray", tampered);
      return world;
    },
  },
  {
    name: "a value that may not be read",
    arrange: async () => {
      const world = await appliedWorld();
      await world.put("/dba/by-hand", tampered);
      world.impose({ deny: ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"] });
      return world;
    },
  },
  {
    name: "a store that may not be described",
    arrange: async () => {
      const world = await appliedWorld();
      world.impose({ deny: ["ssm:DescribeParameters"] });
      return world;
    },
  },
  {
    name: "a value too large, a data type to be replaced",
    arrange: async () => {
      const image = "ami-0123456789abcdef0";
      const world = await makeWorld({ parameters: { "/app/image": { value: image }, "/dba/x": {} } });
      await world.apply({ allow: { blocked: 1 } });
      world.declare({
        parameters: {
          "/app/image": { value: image, dataType: "aws:ec2:image" },
          "/dba/x": { tier: "Standard" },
        },
        supplied: { "/dba/x": supplied.repeat(200) },
      });
      return world;
    },
  },
];
