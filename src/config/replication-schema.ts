import { z } from "zod";
import { kmsKey, owner, tags } from "./environment-schema.ts";
import { recipeSchema } from "./recipe-schema.ts";

const RULES = ["value", "copy", "merge", "generate", "exists"] as const;

const unit = z.enum(["Days", "Hours"]);
const digits = z.string().regex(/^\d{1,5}$/, "must be a number of days or hours, in quotes");

/** Parameter policies as PutParameter takes them (user guide, "Assigning parameter policies"). */
const policy = z.discriminatedUnion("Type", [
  z.strictObject({
    Type: z.literal("Expiration"),
    Version: z.literal("1.0"),
    Attributes: z.strictObject({
      Timestamp: z
        .string()
        .regex(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
          "must be a time such as 2030-12-02T21:34:33.000Z",
        ),
    }),
  }),
  z.strictObject({
    Type: z.literal("ExpirationNotification"),
    Version: z.literal("1.0"),
    Attributes: z.strictObject({ Before: digits, Unit: unit }),
  }),
  z.strictObject({
    Type: z.literal("NoChangeNotification"),
    Version: z.literal("1.0"),
    Attributes: z.strictObject({ After: digits, Unit: unit }),
  }),
]);

const parameter = z
  .strictObject({
    value: z
      .string()
      .exactOptional()
      .describe("A literal, public: shown in plans. String unless type says otherwise"),
    copy: z.string().exactOptional().describe("The source that it always equals; its type is inherited"),
    merge: z
      .array(z.string())
      .min(1, "must have at least one item")
      .exactOptional()
      .describe(
        `Literals and \${/name} references, one per item, with :uri, :rfc3986, :base64 or :json; a SecureString`,
      ),
    generate: recipeSchema
      .exactOptional()
      .describe(
        "Made by paraform and kept until regenerated; from a source, made anew whenever that changes",
      ),
    exists: z
      .literal(true)
      .exactOptional()
      .describe("A name that somebody else writes and that must be there"),
    description: z.string().max(1024, "must have at most 1024 characters").exactOptional(),
    type: z.enum(["String", "StringList", "SecureString"]).exactOptional(),
    key: kmsKey.exactOptional(),
    tier: z.enum(["Standard", "Advanced", "Intelligent-Tiering"]).exactOptional(),
    policies: z.array(policy).max(10, "must have at most 10 policies").exactOptional(),
    allowedPattern: z.string().max(1024, "must have at most 1024 characters").exactOptional(),
    dataType: z.enum(["text", "aws:ec2:image", "aws:ssm:integration"]).exactOptional(),
    tags: tags.exactOptional(),
  })
  .meta({
    description: "A rule, none for a static value, and attributes",
    oneOf: [
      ...RULES.filter((rule) => rule !== "exists").map((rule) => ({ required: [rule] })),
      { required: ["exists"], maxProperties: 1 },
      { not: { anyOf: RULES.map((rule) => ({ required: [rule] })) } },
    ],
  });

/** A native replication config as written. */
const nativeSchema = z
  .strictObject({
    $schema: z.string().exactOptional(),
    parameters: z.record(z.string(), parameter).exactOptional().describe("Name to rule and attributes"),
    adopt: z
      .array(z.strictObject({ name: z.string(), owner: owner.exactOptional() }))
      .exactOptional()
      .describe("Leave to take over what exists, unstamped or bearing another owner's stamp"),
    groups: z
      .array(
        z.strictObject({
          members: z.array(z.string()).min(2, "must name at least two sources"),
          quietSeconds: z
            .int("must be a whole number")
            .min(1, "must be 1 or more")
            .max(900, "must be at most 900")
            .exactOptional(),
        }),
      )
      .exactOptional()
      .describe(
        "Sources that mean something only together: what follows from them is replicated once none has changed for quietSeconds (30)",
      ),
    moved: z
      .array(z.strictObject({ from: z.string(), to: z.string() }))
      .exactOptional()
      .describe("Names that changed: the new name takes the value over before the old one goes"),
    removed: z
      .array(z.strictObject({ name: z.string(), destroy: z.boolean() }))
      .exactOptional()
      .describe("Names given up on purpose: destroyed with --delete, or left alive and unowned"),
  })
  .describe("A replication config");

const templates = z.record(
  z.string(),
  z.array(z.string(), `must be a list of literals and \${/name} references, one per item`),
);

/** A Figgy file as written: its keys, and the spellings that its documentation has and its code ignored. */
const figgySchema = z
  .strictObject({
    $schema: z.string().exactOptional(),
    twig: z.string().exactOptional().describe("The service's namespace, such as /app/data-changer/"),
    app_figs: z.array(z.string()).exactOptional().describe("Parameters that the service owns"),
    shared_figs: z
      .array(z.string())
      .exactOptional()
      .describe("Parameters that somebody else shares with the service"),
    replicate_figs: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .exactOptional()
      .describe("Source to destination, or to a list of destinations"),
    merged_figs: templates.exactOptional().describe("Destination to template"),
    merge_figs: templates.exactOptional().describe("Another spelling of merged_figs"),
    replicate_from: z
      .strictObject({
        source_twig: z.string(),
        parameters: z.array(z.string()).exactOptional(),
        figs: z.array(z.string()).exactOptional().describe("Another spelling of parameters"),
      })
      .exactOptional()
      .describe("Parameters taken from another service under the same relative names"),
    import: z.array(z.string()).exactOptional().describe("Files merged into this one, relative to it"),
  })
  .describe("A Figgy replication config");

/** A replication config as published for editors: native or Figgy's. */
export const replicationSchema = z.union([nativeSchema, figgySchema]);

/** What the loader reads by, so that a file which mixes both languages still has all its problems named. */
export const eitherSchema = z.strictObject({ ...nativeSchema.shape, ...figgySchema.shape });

export type ReplicationShape = Partial<z.output<typeof eitherSchema>>;
export type ParameterShape = z.output<typeof parameter>;

const shared = new Set(["$schema"]);
export const NATIVE_KEYS: readonly string[] = Object.keys(nativeSchema.shape).filter(
  (key) => !shared.has(key),
);
export const FIGGY_KEYS: readonly string[] = Object.keys(figgySchema.shape).filter((key) => !shared.has(key));
export const RULE_KEYS = RULES;
