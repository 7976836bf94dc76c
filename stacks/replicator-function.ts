import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import type { TerraformAsset, TerraformStack } from "cdktf";
import type { EventQueue } from "./event-queue.ts";

export interface ReplicatorFunction {
  readonly id: string;
  readonly name: string;
  /** Which of the replications of its bundle's environment. */
  readonly replication: string;
  readonly role: IamRole;
  readonly code: TerraformAsset;
  readonly queue: EventQueue;
}

/** Time for a lock to become free and a group quiet, and to look through the metadata of a large account. */
export const TIMEOUT_SECONDS = 5 * 60;
/**
 * The fewest that a queue's poller may start; the environment's lock lets one of them write. Nothing is reserved: of an
 * account that may run ten functions at a time nothing can be.
 */
const CONCURRENCY = 2;

/** The function is told its replication; everything else comes with its bundle. */
export function addReplicatorFunction(
  stack: TerraformStack,
  { id, name, replication, role, code, queue }: ReplicatorFunction,
): void {
  const logs = new CloudwatchLogGroup(stack, `logs-${id}`, {
    name: `/aws/lambda/${name}`,
    retentionInDays: 90,
  });
  const runs = new IamRolePolicy(stack, `runs-${id}`, {
    name: "run",
    role: role.name,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TakeEvents",
          Effect: "Allow",
          Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
          Resource: [queue.waiting.arn],
        },
        {
          Sid: "WriteLogs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: [`${logs.arn}:*`],
        },
      ],
    }),
  });
  const replicator = new LambdaFunction(stack, `function-${id}`, {
    functionName: name,
    role: role.arn,
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    handler: "index.handler",
    // The archive lies in a folder that is named by its content's hash: another content is another path.
    filename: code.path,
    timeout: TIMEOUT_SECONDS,
    memorySize: 512,
    environment: { variables: { PARAFORM_REPLICATION: replication } },
    dependsOn: [logs, runs],
  });
  new LambdaEventSourceMapping(stack, `events-${id}`, {
    eventSourceArn: queue.waiting.arn,
    functionName: replicator.arn,
    batchSize: 10,
    functionResponseTypes: ["ReportBatchItemFailures"],
    scalingConfig: { maximumConcurrency: CONCURRENCY },
    dependsOn: [runs],
  });
}
