import type { Plan, PlanAttributes, Reason, ResourceChange } from "../../src/plan/plan.ts";

type Actions = ResourceChange["change"]["actions"];
type Origin = NonNullable<ResourceChange["origin"]>;

const ACTIONS = {
  create: ["create"],
  update: ["update"],
  delete: ["delete"],
  replace: ["delete", "create"],
  forget: ["forget"],
  "no-op": ["no-op"],
} as const satisfies Record<string, Actions>;

export interface Sketch {
  readonly address: string;
  readonly action: keyof typeof ACTIONS;
  readonly reason: Reason | null;
  readonly before?: Omit<PlanAttributes, "name">;
  readonly after?: Omit<PlanAttributes, "name">;
  readonly unknown?: readonly string[];
  readonly sensitive?: readonly string[];
  readonly origin?: Partial<Origin> | null;
  readonly precondition?: ResourceChange["precondition"];
  readonly previous?: string;
}

/** A resource change of a hand-made plan; values are sensitive unless `sensitive` says otherwise. */
export function change(sketch: Sketch): ResourceChange {
  const marks = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, true as const]));
  const sensitive = marks(sketch.sensitive ?? ["value"]);
  const attributes = (side: Sketch["before"]) =>
    side === undefined ? null : { name: sketch.address, ...side };
  return {
    address: sketch.address,
    ...(sketch.previous === undefined ? {} : { previous_address: sketch.previous }),
    type: "aws_ssm_parameter",
    change: {
      actions: ACTIONS[sketch.action],
      before: attributes(sketch.before),
      after: attributes(sketch.after),
      after_unknown: marks(sketch.unknown ?? []),
      before_sensitive: sketch.before === undefined ? {} : sensitive,
      after_sensitive: sketch.after === undefined ? {} : sensitive,
    },
    action_reason: sketch.reason,
    origin:
      sketch.origin === null
        ? null
        : { rule: "copy", sources: [], file: "configs/common/data-changer.json", line: 7, ...sketch.origin },
    precondition: sketch.precondition ?? null,
    decision: sketch.action === "no-op" ? null : "hand-made",
  };
}

const ZERO: Plan["summary"] = {
  add: 0,
  change: 0,
  destroy: 0,
  replace: 0,
  adopt: 0,
  move: 0,
  forget: 0,
  no_op: 0,
  blocked: 0,
  conflict: 0,
  withheld: { delete: 0 },
};

/** A plan document around hand-made changes. */
export function plan(parts: Partial<Plan>): Plan {
  return {
    format_version: "1.0",
    environment: { name: "dev", account: "123456789012", region: "eu-west-1", owner: "data-platform" },
    config: { digest: "c0ffee" },
    inputs: { delete: [], regenerate: [], target: [], exclude: [], allow: {} },
    applyable: true,
    complete: true,
    summary: ZERO,
    resource_changes: [],
    readers: [],
    withheld: [],
    blocked: [],
    conflicts: [],
    guards: [],
    diagnostics: [],
    fingerprint: "pl1-c41e-9d07-77ab",
    mac: "hand-made",
    ...parts,
  };
}

export const LIVE = {
  type: "SecureString",
  key_id: "alias/replication",
  tier: "Standard",
  data_type: "text",
};
