import { z } from "zod";
import { UserError } from "../src/model/error.ts";

const arns = z.array(z.string().startsWith("arn:")).min(1);

/** Of a key that is made here (KMS API reference, CreateAlias). */
const ALIAS = /^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/;

const settings = z.strictObject({
  /** The folder of one folder for each environment, relative to cdktf.json. */
  configs: z.string().default("configs"),
  /** Where Terraform keeps its state, which holds no value of a parameter. */
  backend: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("local") }),
      z.strictObject({
        kind: z.literal("s3"),
        bucket: z.string(),
        region: z.string(),
        prefix: z.string().default("paraform"),
      }),
    ])
    .default({ kind: "local" }),
  /** The repository whose workflows plan and apply. Without it both roles are assumed from the account. */
  github: z
    .strictObject({ repository: z.string().regex(/^[^/]+\/[^/]+$/), branch: z.string().default("main") })
    .optional(),
  /** By environment and owner who may assume its role; without an entry whoever the account's own policies let. */
  owners: z.record(z.string(), z.record(z.string(), arns)).default({}),
  /** By environment the aliases of keys that may be deleted, which no other key of a stack can be. */
  retiring: z.record(z.string(), z.array(z.string().regex(ALIAS)).min(1)).default({}),
  /** The AWS service that runs the services. */
  runtime: z.string().default("ecs-tasks.amazonaws.com"),
  /** Minutes between two runs of everything, for events that were lost: an alarm looks back on four of them, at most a day. */
  reconcileMinutes: z.int().min(5).max(360).default(30),
  /** Where the alarms are sent, beside a topic of their own. */
  alarmTopics: arns.optional(),
});

/** What `context.paraform` of cdktf.json says. */
export type Settings = z.infer<typeof settings>;

/** @throws UserError with every place that is wrong */
export function readSettings(context: unknown): Settings {
  const read = settings.safeParse(context ?? {});
  if (read.success) return read.data;
  const places = read.error.issues.map(({ path }) => ["context.paraform", ...path].join("."));
  throw new UserError(`cdktf.json has settings that are not understood: ${[...new Set(places)].join(", ")}`, {
    hint: hasOwnersOfAll(context)
      ? 'write owners by environment, as {"prod": {"dba": ["arn:…"]}}: each has its own people'
      : "docs/infrastructure.md lists them",
  });
}

/** As an owner of the same name in every environment: who is trusted with one would be with all. */
function hasOwnersOfAll(context: unknown): boolean {
  const read = z.object({ owners: z.record(z.string(), z.unknown()) }).safeParse(context);
  return read.success && Object.values(read.data.owners).some(Array.isArray);
}
