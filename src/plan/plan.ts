import { z } from "zod";

/** The rules of Terraform's plan JSON: a minor version only adds, a major one is refused by readers that do not know it. */
export const FORMAT_VERSION = "1.0";

const actions = z
  .union([
    z.tuple([z.literal("no-op")]),
    z.tuple([z.literal("create")]),
    z.tuple([z.literal("update")]),
    z.tuple([z.literal("delete")]),
    z.tuple([z.literal("delete"), z.literal("create")]),
    z.tuple([z.literal("forget")]),
  ])
  .describe("What apply does, in Terraform's words");

const reason = z.enum([
  "missing",
  "moved",
  "adopted",
  "regenerate",
  "rollback",
  "changed_outside",
  "source_changed",
  "value_changed",
  "attribute_changed",
  "stamp_renewed",
  "not_in_config",
]);

const digest = z
  .strictObject({ $digest: z.string() })
  .describe("A keyed digest of a value that is not shown");

const attributes = z.strictObject({
  name: z.string(),
  type: z.string().optional(),
  value: z
    .union([z.string(), digest])
    .optional()
    .describe("In clear only for literals and public parameters"),
  description: z.string().optional(),
  key_id: z.string().optional(),
  tier: z.string().optional(),
  policies: z.string().optional(),
  allowed_pattern: z.string().optional(),
  data_type: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  version: z.number().int().optional(),
});

const marks = z.record(z.string(), z.literal(true));

const change = z.strictObject({
  actions,
  before: attributes.nullable(),
  after: attributes.nullable(),
  after_unknown: marks.describe("Attributes known only after apply"),
  before_sensitive: marks,
  after_sensitive: marks,
});

const resourceChange = z.strictObject({
  address: z.string(),
  previous_address: z.string().optional(),
  type: z.literal("aws_ssm_parameter"),
  change,
  action_reason: reason.nullable().describe("Why, the first reason that holds; null for a no-op"),
  origin: z
    .strictObject({
      rule: z.enum(["static", "value", "copy", "merge", "generate", "exists"]),
      sources: z.array(
        z.strictObject({ address: z.string(), version: z.union([z.number().int(), z.literal("planned")]) }),
      ),
      supplied_by: z.string().optional().describe("The source of a static value, never the value"),
      file: z.string(),
      line: z.number().int(),
    })
    .nullable()
    .describe("Null for what is no longer in the config"),
  precondition: z
    .strictObject({ version: z.number().int(), last_modified: z.string() })
    .nullable()
    .describe("The live version that apply will change; null where nothing may be there"),
  exposes: z
    .literal(true)
    .optional()
    .describe("More can read the value after this change than before; the guard `exposure` counts these"),
  expires: z
    .string()
    .optional()
    .describe(
      "When an Expiration policy that the change adds or brings forward deletes the parameter, of which no copy is kept; the guard `delete` counts what is live",
    ),
  decision: z
    .string()
    .nullable()
    .describe("A keyed hash of what will be written and of the sources it is bound to; null for a no-op"),
});

const diagnostic = z.strictObject({
  severity: z.enum(["error", "warning", "note"]),
  code: z.string(),
  summary: z.string(),
  address: z.string().optional(),
  file: z.string().optional(),
  line: z.number().int().optional(),
});

const count = z.number().int().nonnegative();

const reader = z.strictObject({
  reader: z.string().describe("The path below which it reads, such as /app/data-changer"),
  kind: z.enum(["service", "shared", "owner"]).describe("`shared` is for any service to follow"),
  changes: z.array(z.string()).describe("Names below that path whose values come, change or go"),
  gains: z
    .array(z.strictObject({ secret: z.string(), by: z.array(z.string()) }))
    .describe("Live secrets that it could not read before, by the names that it will read them by"),
});

/** What `proposed.changes` says of SOPS files; no key of environment.json is called so. */
export const CHANGED_SOPS_FILES = "SOPS files";

/** The plan document: what `plan --out` saves, `show` renders and `apply` is held against. It holds no secret. */
export const planSchema = z.strictObject({
  format_version: z.string(),
  environment: z.strictObject({
    name: z.string(),
    account: z.string(),
    region: z.string(),
    owner: z.string(),
    endpoint: z.string().optional(),
  }),
  config: z.strictObject({ digest: z.string() }),
  proposed: z
    .strictObject({
      digest: z
        .string()
        .describe("Over environment.json and the SOPS files that it names, as the proposal has them"),
      changes: z.array(z.string()).describe("What it changes there: top-level keys, and `SOPS files`"),
    })
    .optional()
    .describe("Of a plan with --untrusted, which is made with the trusted environment.json instead"),
  inputs: z.strictObject({
    delete: z.array(z.string()).describe("Globs; empty without --delete"),
    regenerate: z.array(z.string()),
    target: z.array(z.string()),
    exclude: z.array(z.string()),
    allow: z.record(z.string(), count),
    rollback: z
      .record(z.string(), z.number().int().positive())
      .optional()
      .describe("Names to the version whose value comes back"),
  }),
  applyable: z.boolean().describe("Apply would not refuse"),
  complete: z.boolean().describe("Everything that the decision needs could be read"),
  summary: z.strictObject({
    add: count,
    change: count,
    destroy: count,
    replace: count,
    adopt: count,
    move: count,
    forget: count,
    no_op: count,
    blocked: count,
    conflict: count,
    withheld: z.strictObject({ delete: count }),
  }),
  resource_changes: z.array(resourceChange),
  readers: z.array(reader).describe("Who reads what changes; only those that something changes for"),
  withheld: z.array(z.strictObject({ address: z.string(), action_reason: z.string() })),
  blocked: z.array(z.strictObject({ address: z.string(), reason: z.string(), on: z.string().nullable() })),
  conflicts: z.array(z.strictObject({ address: z.string(), owner: z.string().nullable() })),
  guards: z.array(z.strictObject({ name: z.string(), limit: z.number(), count, tripped: z.boolean() })),
  diagnostics: z.array(diagnostic),
  fingerprint: z.string().describe("The same decision has the same fingerprint"),
  mac: z.string().describe("Over the whole file, under a key derived from the environment's digest key"),
});

export type Plan = z.infer<typeof planSchema>;
export type ResourceChange = z.infer<typeof resourceChange>;
export type PlanAttributes = z.infer<typeof attributes>;
export type Reason = z.infer<typeof reason>;
export type Diagnostic = z.infer<typeof diagnostic>;
export type Guard = Plan["guards"][number];
export type PlanInputs = Plan["inputs"];
