import { z } from "zod";
import { isEndpoint, NO_ENDPOINT } from "../model/endpoint.ts";
import { nameProblem, OWN_ROOT } from "../model/name.ts";
import { sourceSchema } from "./source-schema.ts";

/** A KMS key as Parameter Store takes it (PutParameter, KeyId). */
export const kmsKey = z
  .string()
  .max(256, "must have at most 256 characters")
  .regex(
    /^(alias\/[a-zA-Z0-9/_-]+|[\da-fA-F]{8}(-[\da-fA-F]{4}){3}-[\da-fA-F]{12}|mrk-[\da-f]{32}|arn:[a-z-]+:kms:[a-z\d-]+:\d{12}:(alias|key)\/[a-zA-Z0-9/_-]+)$/,
    "must be a KMS key: alias/NAME, an id or an ARN",
  )
  .describe("A KMS key: alias/NAME, a key id or an ARN");

/** Tags as Parameter Store takes them: 50 of them, keys of 128 and values of 256 characters; aws: is reserved. */
export const tags = z
  .record(
    z.string(),
    z
      .string()
      .regex(
        /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
        "must have at most 256 letters, digits, spaces and _.:/=+-@",
      ),
  )
  .refine((all) => Object.keys(all).length <= 50, "must hold at most 50 tags")
  .refine(
    (all) => Object.keys(all).every((key) => /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key)),
    "must have keys of 1 to 128 letters, digits, spaces and _.:/=+-@, none of which begins with aws:",
  );

export const owner = z
  .string()
  .regex(/^[A-Za-z0-9._/-]{1,64}$/, "must have 1 to 64 characters of letters, digits and . _ / -");

const nameGlob = z
  .string()
  .max(1024, "must have at most 1024 characters")
  .regex(/^\//, "must begin with a slash")
  .regex(/[^/]$/, "must not end in a slash: a glob over everything under a path ends in /**")
  .describe("A glob over whole names, such as /dba/**");

const nameGlobs = z.array(nameGlob);

const filePath = z.string().regex(/^[^\0]+$/, "must be a path");

const count = z.int("must be a whole number").min(0, "must be 0 or more");
const percent = count.max(100, "must be at most 100");

const store = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("parameter-store"),
      account: z
        .string()
        .regex(/^\d{12}$/, "must be twelve digits")
        .describe("The AWS account, checked before anything is read"),
      region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, "must be an AWS region such as eu-central-1"),
      profile: z
        .string()
        .regex(/^[^\s[\]]{1,128}$/, "must be a profile of the AWS config")
        .exactOptional(),
      roleArn: z
        .string()
        .regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "must be the ARN of a role")
        .exactOptional()
        .describe("A role to assume"),
      endpoint: z
        .string()
        .refine(isEndpoint, NO_ENDPOINT)
        .exactOptional()
        .describe("Serves every AWS call of the environment: SSM, STS, KMS, Secrets Manager"),
    })
    .describe("AWS Systems Manager Parameter Store"),
  z
    .strictObject({
      kind: z.literal("embedded"),
      path: filePath.exactOptional().describe("The state file, relative to this file"),
    })
    .describe("A Parameter Store in one local file"),
]);

const scopePath = z
  .string()
  .refine(isScopePath, 'must be a path such as "/dba/" that is not "/" and not under /paraform/')
  .describe("A path prefix that is swept for what is no longer declared");

const scope = z.union([
  scopePath,
  z.strictObject({
    path: scopePath,
    exclusive: z.boolean().exactOptional().describe("Everything under it is ours, stamped or not"),
  }),
]);

const namespaceRoot = z
  .string()
  .refine((text) => nameProblem(text.replace(/\/$/, "")) === undefined, "must be a path such as /app");

/** `environment.json` as written. */
export const environmentSchema = z
  .strictObject({
    $schema: z.string().exactOptional(),
    environment: z.string().describe("The environment's name: that of its folder"),
    store: store.describe("Where the parameters live"),
    owner: owner.describe("Who owns what this config writes; goes into every stamp"),
    scopes: z
      .array(scope)
      .exactOptional()
      .describe("Path prefixes that are swept for what is no longer declared"),
    configs: z
      .array(z.string().regex(/^(?!\/)./, "must be a glob relative to this file"))
      .exactOptional()
      .describe('Globs of replication configs, relative to this file; "./*.json" when absent'),
    variables: z
      .record(z.string(), z.string())
      .refine(
        (all) => Object.keys(all).every((name) => /^\w{1,64}$/.test(name)),
        "must have names of letters, digits and _",
      )
      .exactOptional()
      .describe(`Values for \${NAME} in names, sources and destinations`),
    keys: z
      .array(z.strictObject({ path: nameGlob, key: kmsKey }))
      .exactOptional()
      .describe("The KMS key of a SecureString, first match"),
    replicationKey: kmsKey
      .exactOptional()
      .describe("The KMS key of every copy and merge without a key of its own"),
    formerReplicationKey: kmsKey
      .exactOptional()
      .describe(
        "The replication key before: what may still lie under it is read until an apply has moved it",
      ),
    digestKey: z
      .strictObject({
        kmsKey: kmsKey.refine(
          (key) => !/(^|:)alias\/aws\//.test(key),
          "must be a customer key: every identity of the account may use AWS's own",
        ),
        id: z
          .string()
          .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be the id that init printed")
          .exactOptional(),
      })
      .describe(
        "The customer KMS key of the environment's digest key and, once init printed it, the digest key's id",
      ),
    sources: z
      .array(sourceSchema)
      .refine(
        (all) => all.filter(({ kind }) => kind === "stdin").length <= 1,
        "must have one of kind stdin at most",
      )
      .exactOptional()
      .describe("Sources of static values, the first that has a name wins"),
    public: nameGlobs.exactOptional().describe("Parameters whose values may be shown"),
    grants: z
      .array(z.strictObject({ source: nameGlob, to: nameGlob }))
      .exactOptional()
      .describe("Where present, a copy or merge outside them is an error"),
    protect: nameGlobs.exactOptional().describe("Never deleted, replaced or regenerated"),
    ignore: nameGlobs.exactOptional().describe("Left out of the sweep"),
    guards: z
      .strictObject({
        delete: z
          .strictObject({ count: count.exactOptional(), percent: percent.exactOptional() })
          .exactOptional(),
        update: z.strictObject({ percent: percent.exactOptional() }).exactOptional(),
        regenerate: z.strictObject({ count: count.exactOptional() }).exactOptional(),
        broaden: z
          .strictObject({ count })
          .exactOptional()
          .describe("Changes by which a reader gains a secret that it could not read before"),
      })
      .exactOptional()
      .describe("How much one plan may change; percent counts from 10 parameters on"),
    namespaces: z
      .strictObject({ service: namespaceRoot.exactOptional(), shared: namespaceRoot.exactOptional() })
      .exactOptional()
      .describe("The roots of Figgy's namespace rules: /app and /shared when absent"),
    tags: tags.exactOptional().describe("On every parameter that is created"),
  })
  .describe("Where and how one environment is kept as declared");

export type EnvironmentShape = z.output<typeof environmentSchema>;

function isScopePath(text: string): boolean {
  return nameProblem(text.replace(/\/$/, "")) === undefined && !`${text}/`.startsWith(OWN_ROOT);
}
