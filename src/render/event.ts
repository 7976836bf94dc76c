import { z } from "zod";

/** The version of the stream: a minor version only adds types and fields. */
export const EVENTS_VERSION = "1.0";

const envelope = {
  "@level": z.enum(["info", "warn", "error"]),
  "@message": z.string().describe("For people: only types, codes and the other fields are stable"),
  "@module": z.literal("paraform"),
  "@timestamp": z.string().describe("When it was said, ISO 8601 in UTC"),
};

const count = z.number().int().nonnegative();
const seconds = z.number().nonnegative();
const action = z.enum(["no-op", "create", "update", "delete", "replace", "forget", "move"]);
const resource = z.strictObject({ addr: z.string(), resource_type: z.literal("aws_ssm_parameter") });
const hook = { resource, action };

const version = z.strictObject({
  ...envelope,
  type: z.literal("version"),
  paraform: z.string(),
  ui: z.string().describe("The version of this stream"),
});

const readComplete = z.strictObject({
  ...envelope,
  type: z.literal("read_complete"),
  read: z.strictObject({ parameters: count, api_calls: count, elapsed_seconds: seconds }),
});

const resourceDrift = z.strictObject({
  ...envelope,
  type: z.literal("resource_drift"),
  change: z.strictObject({ ...hook, version: count.nullable(), last_modified: z.string().nullable() }),
});

const plannedChange = z.strictObject({
  ...envelope,
  type: z.literal("planned_change"),
  change: z.strictObject({
    ...hook,
    reason: z.string().nullable(),
    previous_addr: z.string().optional(),
    exposes: z.literal(true).optional().describe("More can read the value after this change than before"),
    file: z.string().optional(),
    line: count.optional(),
  }),
});

const held = z.strictObject({
  ...envelope,
  type: z.literal("held_change"),
  held: z.strictObject({
    resource,
    by: z.enum(["withheld", "blocked", "conflict"]),
    reason: z.string().nullable(),
    on: z.string().nullable().describe("What it is blocked on, or who owns it"),
  }),
});

const guard = z.strictObject({
  ...envelope,
  type: z.literal("guard"),
  guard: z.strictObject({ name: z.string(), limit: z.number(), count, tripped: z.boolean() }),
});

const changeSummary = z.strictObject({
  ...envelope,
  type: z.literal("change_summary"),
  changes: z.strictObject({
    add: count,
    change: count,
    import: count.describe("Adoptions"),
    remove: count,
    move: count.describe("Of a name: neither added nor removed"),
    forget: count.describe("Left as they are, without our stamp"),
    failed: count,
    skipped: count,
    operation: z.enum(["plan", "apply"]),
  }),
  fingerprint: z.string(),
  applyable: z.boolean().optional().describe("Of a plan: apply would not refuse"),
  complete: z.boolean().describe("Everything was read, or everything was done"),
  stopped: z
    .enum(["interrupted", "terminated", "lease_lost"])
    .optional()
    .describe("Of an apply: why it ended before its last change"),
});

const diagnostic = z.strictObject({
  ...envelope,
  type: z.literal("diagnostic"),
  diagnostic: z.strictObject({
    severity: z.enum(["error", "warning", "note"]),
    code: z.string(),
    summary: z.string(),
    detail: z.string().optional().describe("The remedy"),
    address: z.string().optional(),
    range: z
      .strictObject({
        filename: z.string(),
        start: z.strictObject({ line: count, column: count.optional() }),
      })
      .optional(),
  }),
});

const applyStart = z.strictObject({
  ...envelope,
  type: z.literal("apply_start"),
  hook: z.strictObject(hook),
});

const applyComplete = z.strictObject({
  ...envelope,
  type: z.literal("apply_complete"),
  hook: z.strictObject({
    ...hook,
    elapsed_seconds: seconds,
    version: count.nullable(),
    earlier: z.boolean().describe("An earlier run of the same plan had done it"),
  }),
});

const applyErrored = z.strictObject({
  ...envelope,
  type: z.literal("apply_errored"),
  hook: z.strictObject({ ...hook, elapsed_seconds: seconds, code: z.string() }),
});

const applySkipped = z.strictObject({
  ...envelope,
  type: z.literal("apply_skipped"),
  hook: z.strictObject({ ...hook, on: z.string().nullable().describe("What failed and it follows from") }),
});

const applyProgress = z.strictObject({
  ...envelope,
  type: z.literal("apply_progress"),
  progress: z.strictObject({
    done: count.describe("Made, by this run or an earlier one"),
    failed: count,
    skipped: count,
    total: count,
    elapsed_seconds: seconds,
    remaining_seconds: seconds.nullable(),
  }),
});

const wait = z.strictObject({
  ...envelope,
  type: z.literal("wait"),
  wait: z.strictObject({
    cause: z
      .enum(["throttled", "busy", "lost", "resting"])
      .describe("Quota; a parameter just written; no answer; a deleted name that may not be used yet"),
    operation: z.string().nullable(),
    seconds,
  }),
});

const log = z.strictObject({ ...envelope, type: z.literal("log"), code: z.string() });

/** One line of the stream that `--json` prints. It holds no secret. */
export const eventSchema = z.discriminatedUnion("type", [
  version,
  readComplete,
  resourceDrift,
  plannedChange,
  held,
  guard,
  changeSummary,
  diagnostic,
  applyStart,
  applyProgress,
  applyComplete,
  applyErrored,
  applySkipped,
  wait,
  log,
]);

export type Event = z.infer<typeof eventSchema>;
type Enveloped<One> = One extends Event ? Omit<One, "@module" | "@timestamp"> : never;
/** An event before it is given its time. */
export type EventBody = Enveloped<Event>;
export type EventResource = z.infer<typeof resource>;

/** The parameter that an event is about. */
export function resourceAt(addr: string): EventResource {
  return { addr, resource_type: "aws_ssm_parameter" };
}
