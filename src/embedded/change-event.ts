import { randomUUID } from "node:crypto";

/** One change of a parameter, made and committed. */
export interface ParameterChange {
  readonly operation: "Create" | "Update" | "Delete" | "LabelParameterVersion";
  readonly name: string;
  readonly type: string;
  readonly description?: string;
}

/**
 * What EventBridge tells of a change (user guide, "Monitoring Systems Manager events"): neither version nor value nor
 * who made it. AWS delivers it at best effort: late, twice, in another order, or never.
 */
export interface ChangeEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": "Parameter Store Change";
  readonly source: "aws.ssm";
  readonly account: string;
  /** When it was made, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly [string];
  readonly detail: ParameterChange;
}

/** `now` is in milliseconds since 1970. */
export function changeEvent(
  { account, region, now }: { account: string; region: string; now: number },
  detail: ParameterChange,
): ChangeEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Parameter Store Change",
    source: "aws.ssm",
    account,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:ssm:${region}:${account}:parameter${detail.name}`],
    detail,
  };
}
