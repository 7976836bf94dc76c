import type { Replication } from "../src/access/replication.ts";

/** Of an event pattern, in characters (EventBridge user guide, "Amazon EventBridge quotas"). */
const LONGEST = 2_048;

/**
 * Which of Parameter Store's events concern a replication: changes of its sources. Where their names are too many
 * for a pattern it names their first folders, and the replicator drops what it is not concerned with.
 */
export function eventPattern({ sources }: Replication): string {
  const exact = pattern(sources);
  if (exact.length <= LONGEST) return exact;
  const folders = new Set(sources.map((name) => /^\/[^/]+\/?/.exec(name)?.[0] ?? name));
  return pattern([...folders].sort().map((prefix) => ({ prefix })));
}

function pattern(names: readonly (string | { prefix: string })[]): string {
  return JSON.stringify({
    source: ["aws.ssm"],
    "detail-type": ["Parameter Store Change"],
    detail: { operation: ["Create", "Update"], name: names },
  });
}
