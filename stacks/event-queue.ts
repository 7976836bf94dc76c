import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import type { TerraformStack } from "cdktf";
import type { Place } from "../src/access/place.ts";
import type { Replication } from "../src/access/replication.ts";
import { eventPattern } from "./event-pattern.ts";
import { TIMEOUT_SECONDS } from "./replicator-function.ts";
import type { Settings } from "./settings.ts";

/** Where a replicator's events wait, and where those end that no attempt could deal with. */
export interface EventQueue {
  readonly waiting: SqsQueue;
  readonly dead: SqsQueue;
}

export interface EventQueuePlan {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  readonly replication: Replication;
  readonly settings: Settings;
  /** The longest time for which a group's members have to be quiet. */
  readonly quietSeconds: number;
}

/** A little more than the function's time-out: what it gives back, or was killed over, comes again soon after. */
const VISIBILITY_SECONDS = TIMEOUT_SECONDS + 30;
/** How long an event waits for an apply that holds the lock, beside the quiet period of its group. */
const LOCKED_SECONDS = 2 * 60 * 60;
const TWO_WEEKS = 14 * 24 * 60 * 60;

export function addEventQueue(
  stack: TerraformStack,
  { id, name, place, replication, settings, quietSeconds }: EventQueuePlan,
): EventQueue {
  const changes = new CloudwatchEventRule(stack, `changes-${id}`, {
    name: `${name}-changes`,
    description: `What follows from values of ${replication.owners.join(" and ")}`,
    eventPattern: eventPattern(replication),
  });
  const reconcile = new CloudwatchEventRule(stack, `reconcile-${id}`, {
    name: `${name}-reconcile`,
    description: "Events are delivered at best effort: what one missed is found here",
    scheduleExpression: `rate(${settings.reconcileMinutes} minutes)`,
  });
  const { partition, region, account } = place;
  const fromRules = (queue: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "FromRules",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: ["sqs:SendMessage"],
          Resource: [`arn:${partition}:sqs:${region}:${account}:${queue}`],
          Condition: { ArnEquals: { "aws:SourceArn": [changes.arn, reconcile.arn] } },
        },
      ],
    });
  const attempts = Math.ceil((LOCKED_SECONDS + quietSeconds) / VISIBILITY_SECONDS);
  const dead = new SqsQueue(stack, `dead-letters-${id}`, {
    name: `${name}-dead`,
    policy: fromRules(`${name}-dead`),
    sqsManagedSseEnabled: true,
    messageRetentionSeconds: TWO_WEEKS,
  });
  const waiting = new SqsQueue(stack, `queue-${id}`, {
    name,
    policy: fromRules(name),
    sqsManagedSseEnabled: true,
    visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: attempts }),
  });
  for (const [what, rule] of Object.entries({ changes, reconcile })) {
    new CloudwatchEventTarget(stack, `target-${what}-${id}`, {
      rule: rule.name,
      arn: waiting.arn,
      deadLetterConfig: { arn: dead.arn },
    });
  }
  return { waiting, dead };
}
