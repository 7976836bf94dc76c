import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { TerraformStack } from "cdktf";
import type { EventQueue } from "./event-queue.ts";

/** Somebody is told when an event was given up, and when no attempt succeeds while events wait. */
export function addAlarms(
  stack: TerraformStack,
  { id, name, queue, topics }: { id: string; name: string; queue: EventQueue; topics: string[] },
): void {
  new CloudwatchMetricAlarm(stack, `alarm-dead-letters-${id}`, {
    alarmName: `${name}-dead-letters`,
    alarmDescription: "A change was not replicated. Run paraform plan; then move the messages back.",
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.dead.name },
    ...AT_ONCE,
    threshold: 1,
    alarmActions: topics,
    okActions: topics,
  });
  new CloudwatchMetricAlarm(stack, `alarm-waiting-${id}`, {
    alarmName: `${name}-waiting`,
    alarmDescription: "A change has waited for an hour: is somebody holding the lock?",
    namespace: "AWS/SQS",
    metricName: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.waiting.name },
    ...AT_ONCE,
    threshold: 3600,
    alarmActions: topics,
    okActions: topics,
  });
}

const AT_ONCE = {
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  treatMissingData: "notBreaching",
};
