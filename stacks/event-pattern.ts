import type { Replication } from "../src/access/replication.ts";

/** Of an event pattern, in characters (EventBridge user guide, "Amazon EventBridge quotas"). */
const LONGEST = 2_048;

/**
 * Which of Parameter Store's events concern a replication: changes of its sources. Where their names are too many
 * for a pattern it names their first folders, and where these are too many, none: the replicator drops what it is not
 * concerned with, and makes no call for it.
 */
export function eventPattern({ sources }: Pick<Replication, "sources">): string {
  const folders = new Set(sources.map((name) => /^\/[^/]+\/?/.exec(name)?.[0] ?? name));
  const narrow = [pattern(sources), pattern([...folders].sort().map((prefix) => ({ prefix })))];
  return narrow.find((text) => text.length <= LONGEST) ?? pattern();
}

function pattern(names?: readonly (string | { prefix: string })[]): string {
  return JSON.stringify({
    source: ["aws.ssm"],
    "detail-type": ["Parameter Store Change"],
    detail: { operation: ["Create", "Update"], ...(names === undefined ? {} : { name: names }) },
  });
}
