import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventPattern } from "../../stacks/event-pattern.ts";
import { synthesizeInto } from "./synthesized.ts";

type Resource = Readonly<Record<string, unknown>>;

/** What a stack makes of one source of an owner's and its copy, by type of resource and by name. */
function resourcesOf(owner = "dba", context: object = {}): Record<string, Record<string, Resource>> {
  const root = mkdtempSync(join(tmpdir(), "paraform-replicator-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "configs", "prod"), { recursive: true });
  const environment = {
    environment: "prod",
    store: { kind: "parameter-store", account: "444455556666", region: "cn-north-1" },
    owner: "platform",
    scopes: [`/${owner}/`, "/app/"],
    keys: [{ path: `/${owner}/**`, key: "alias/dba" }],
    replicationKey: "alias/replication",
    digestKey: { kmsKey: "alias/paraform" },
  };
  const source = `/${owner}/password`;
  const main = { parameters: { [source]: {}, "/app/a/password": { copy: source } } };
  writeFileSync(join(root, "configs", "prod", "environment.json"), JSON.stringify(environment));
  writeFileSync(join(root, "configs", "prod", "main.json"), JSON.stringify(main));
  const stacks = synthesizeInto(root, context);
  onTestFinished(() => stacks.remove());
  const { resource } = JSON.parse(stacks.stack("prod").text) as ReturnType<typeof JSON.parse>;
  return resource;
}

function named(resources: Record<string, Resource> = {}): Resource[] {
  return Object.values(resources);
}

describe("the replicator of an owner", () => {
  it("has time to wait, and its queue delivers soon after what it gave back or was killed over", () => {
    const { aws_lambda_function, aws_sqs_queue } = resourcesOf();
    const [replicator = {}] = named(aws_lambda_function);
    const queue = aws_sqs_queue?.["queue-replicator-dba"] ?? {};
    const rest = Number(queue.visibility_timeout_seconds) - Number(replicator.timeout);
    expect(Number(replicator.timeout)).toBeGreaterThanOrEqual(300);
    expect([rest >= 0, rest <= 60]).toEqual([true, true]);
  });

  it("reserves none of an account's functions, and two at the most run", () => {
    const { aws_lambda_function, aws_lambda_event_source_mapping } = resourcesOf();
    const [replicator = {}] = named(aws_lambda_function);
    expect(replicator).not.toHaveProperty("reserved_concurrent_executions");
    expect(named(aws_lambda_event_source_mapping)[0]).toMatchObject({
      scaling_config: { maximum_concurrency: 2 },
      function_response_types: ["ReportBatchItemFailures"],
    });
    expect(replicator.environment).toEqual({ variables: { PARAFORM_REPLICATION: "dba" } });
  });

  it("has no name that is longer than AWS takes, however long its owner's is", () => {
    const resources = resourcesOf("secrets-of-the-database-administrators-of-all-departments-of-europe");
    const longest = {
      aws_cloudwatch_event_rule: 64,
      aws_lambda_function: 64,
      aws_iam_role: 64,
      aws_sqs_queue: 80,
      aws_iam_policy: 128,
      aws_cloudwatch_metric_alarm: 255,
    };
    for (const [type, length] of Object.entries(longest)) {
      const names = named(resources[type]).map(({ name, function_name, alarm_name }) =>
        String(name ?? function_name ?? alarm_name),
      );
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => name.length > length)).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("is in AWS's partition of China where its region is", () => {
    const { aws_sqs_queue, aws_iam_policy } = resourcesOf();
    const policy = String(aws_sqs_queue?.["queue-replicator-dba"]?.policy);
    expect(policy).toContain("arn:aws-cn:sqs:cn-north-1:444455556666:paraform-prod-replicator-dba");
    const all = named(aws_iam_policy).map(({ policy }) => String(policy));
    expect(all.join()).toContain("arn:aws-cn:ssm:cn-north-1:444455556666:parameter/app/a/password");
    expect(all.join()).not.toMatch(/arn:aws:/);
  });

  it("rings when a change is given up, waits for an hour, fails or is left to a person, and when it cannot run", () => {
    const alarms = named(resourcesOf().aws_cloudwatch_metric_alarm);
    const rows = alarms.map(
      ({ alarm_name, namespace, metric_name, statistic, threshold, period, evaluation_periods }) =>
        [
          alarm_name,
          namespace,
          metric_name,
          statistic,
          threshold,
          Number(period) * Number(evaluation_periods),
        ] as const,
    );
    const name = "paraform-prod-replicator-dba";
    expect(rows.sort()).toEqual([
      [`${name}-dead-letters`, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 1, 60],
      [`${name}-errors`, "AWS/Lambda", "Errors", "Sum", 1, 60],
      [`${name}-failed`, "paraform", "failed", "Sum", 1, 900],
      [`${name}-throttles`, "AWS/Lambda", "Throttles", "Sum", 1, 60],
      [`${name}-waiting`, "paraform", "waited", "Maximum", 3600, 900],
      [`${name}-withheld`, "paraform", "withheld", "Maximum", 1, 7200],
    ]);
    const own = alarms.filter(({ namespace }) => namespace === "paraform");
    for (const { dimensions } of own) expect(dimensions).toEqual({ environment: "prod", replication: "dba" });
  });

  it("has its alarm of waiting count what a message waited, and look back longer than one rests", () => {
    const { aws_cloudwatch_metric_alarm, aws_sqs_queue } = resourcesOf();
    const waiting = aws_cloudwatch_metric_alarm?.["alarm-waiting-replicator-dba"] ?? {};
    const queue = aws_sqs_queue?.["queue-replicator-dba"] ?? {};
    expect(Number(waiting.period)).toBeGreaterThan(Number(queue.visibility_timeout_seconds));
    const { maxReceiveCount } = JSON.parse(String(queue.redrive_policy)) as { maxReceiveCount: number };
    // It is given back often enough to have waited for so long.
    expect((maxReceiveCount - 1) * Number(queue.visibility_timeout_seconds)).toBeGreaterThan(
      Number(waiting.threshold),
    );
  });
});

describe("the pattern of its events", () => {
  const sources = (count: number, nameOf: (index: number) => string) =>
    eventPattern({ sources: Array.from({ length: count }, (_, index) => nameOf(index) as never) });
  const namesIn = (text: string) => (JSON.parse(text) as { detail: { name?: unknown[] } }).detail.name;

  it("names each source, their first folders where these are too many, and nothing where those are", () => {
    expect(namesIn(sources(2, (index) => `/dba/${index}`))).toEqual(["/dba/0", "/dba/1"]);
    expect(namesIn(sources(500, (index) => `/dba/${index}`))).toEqual([{ prefix: "/dba/" }]);
    expect(namesIn(sources(150, (index) => `/team-number-${index}/password`))).toBeUndefined();
  });

  it("is never longer than EventBridge takes", () => {
    for (let count = 1; count < 400; count += 7) {
      expect(sources(count, (index) => `/dba/secrets/${index}`).length).toBeLessThanOrEqual(2_048);
      expect(sources(count, (index) => `/team-number-${index}/password`).length).toBeLessThanOrEqual(2_048);
    }
  });
});

describe("the role of a service", () => {
  const trustOf = (context: object) =>
    JSON.parse(String(resourcesOf("dba", context).aws_iam_role?.["role-service-a"]?.assume_role_policy)) as {
      Statement: { Condition?: object }[];
    };

  it("is for this account's tasks alone where the service says for whom it asks", () => {
    expect(trustOf({}).Statement[0]?.Condition).toEqual({
      StringEquals: { "aws:SourceAccount": ["444455556666"] },
    });
  });

  it("asks for no account of a service that does not tell", () => {
    const { Statement } = trustOf({ runtime: "ec2.amazonaws.com.cn" });
    expect(Statement[0]).toMatchObject({ Principal: { Service: "ec2.amazonaws.com.cn" } });
    expect(Statement[0]).not.toHaveProperty("Condition");
  });
});
