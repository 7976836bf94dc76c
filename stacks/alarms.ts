import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { TerraformStack } from "cdktf";
import { METRICS } from "../src/model/own-name.ts";
import type { EventQueue } from "./event-queue.ts";

export interface ReplicatorAlarms {
  readonly id: string;
  readonly name: string;
  readonly environment: string;
  readonly replication: string;
  readonly queue: EventQueue;
  readonly reconcileMinutes: number;
  readonly topics: string[];
}

interface Alarm {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  readonly statistic: "Maximum" | "Sum";
  readonly threshold: number;
  /** In seconds. */
  readonly period: number;
  readonly evaluationPeriods?: number;
  readonly alarmDescription: string;
}

/** A replicator counts only when it runs: an alarm's period is longer than a message rests between two runs. */
const BETWEEN_RUNS = 15 * 60;
/** Somebody is told of all that no replicator deals with by itself. */
export function addAlarms(stack: TerraformStack, alarms: ReplicatorAlarms): void {
  const { id, name, topics } = alarms;
  for (const [what, alarm] of Object.entries(alarmsOf(alarms))) {
    new CloudwatchMetricAlarm(stack, `alarm-${what}-${id}`, {
      alarmName: `${name}-${what}`,
      evaluationPeriods: 1,
      ...alarm,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "notBreaching",
      alarmActions: topics,
      okActions: topics,
    });
  }
}

function alarmsOf({
  name,
  environment,
  replication,
  queue,
  reconcileMinutes,
}: ReplicatorAlarms): Record<string, Alarm> {
  const own = { namespace: METRICS, dimensions: { environment, replication } };
  const ofFunction = { namespace: "AWS/Lambda", dimensions: { FunctionName: name }, period: 60 };
  return {
    "dead-letters": {
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queue.dead.name },
      statistic: "Maximum",
      threshold: 1,
      period: 60,
      alarmDescription: "A change was not replicated. Run paraform plan; then move the messages back.",
    },
    errors: {
      ...ofFunction,
      metricName: "Errors",
      statistic: "Sum",
      threshold: 1,
      alarmDescription: "The replicator did not start, or was killed. Its log says what it did last.",
    },
    throttles: {
      ...ofFunction,
      metricName: "Throttles",
      statistic: "Sum",
      threshold: 1,
      alarmDescription: "The account runs as many functions as it may: changes wait.",
    },
    waiting: {
      ...own,
      metricName: "waited",
      statistic: "Maximum",
      threshold: 3600,
      period: BETWEEN_RUNS,
      alarmDescription: "A change has waited for an hour: is somebody holding the lock?",
    },
    failed: {
      ...own,
      metricName: "failed",
      statistic: "Sum",
      threshold: 1,
      period: BETWEEN_RUNS,
      alarmDescription: "A replica could not be written, or the store not be read. The log says why.",
    },
    withheld: {
      ...own,
      metricName: "withheld",
      statistic: "Maximum",
      threshold: 1,
      period: 2 * reconcileMinutes * 60,
      evaluationPeriods: 2,
      alarmDescription:
        "Replicas are left to a reviewed plan, or the replicator is outdated. Run paraform plan, apply, then build the stack anew.",
    },
  };
}
