import type { Replication } from "./replicate.ts";

/** How much came of a delivery: what alarms count. */
export interface Tally {
  readonly written: number;
  /** Writes that failed, and attempts that could not be carried out at all. */
  readonly failed: number;
  /** Replicas that are left to apply, or to a person. */
  readonly withheld: number;
  /** Those of them that another config wrote than the replicator has: one of the two is outdated. */
  readonly outdated: number;
  /** Seconds since the oldest of the messages that have to be delivered again was sent. */
  readonly waited: number;
}

/** Adds up what came of the attempts of one delivery. */
export interface Count {
  add(result: Replication): void;
  addError(): void;
  /** `sent`: when the messages that are given back were sent, where that is known. Times are milliseconds since 1970. */
  tally(sent: readonly (number | undefined)[], now: number): Tally;
}

const OUTDATED: ReadonlySet<string> = new Set(["other_rule", "other_attributes"]);

export function makeCount(): Count {
  let [written, failed] = [0, 0];
  const withheld = new Map<string, string>();
  return {
    add(result) {
      for (const { outcome } of result.outcomes) {
        if (outcome.kind === "applied") written += 1;
        if (outcome.kind === "failed") failed += 1;
      }
      for (const [name, why] of result.withheld) withheld.set(name, why);
    },
    addError() {
      failed += 1;
    },
    tally(sent, now) {
      const oldest = Math.min(now, ...sent.flatMap((time) => time ?? []));
      return {
        written,
        failed,
        withheld: withheld.size,
        outdated: [...withheld.values()].filter((why) => OUTDATED.has(why)).length,
        waited: Math.floor((now - oldest) / 1000),
      };
    },
  };
}
