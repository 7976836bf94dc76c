import type { ApplyResult } from "../apply/outcome.ts";
import { UserError } from "../model/error.ts";

/** What became of some changes, as far as a log tells it. */
export interface ReplicationNews {
  readonly outcomes: ApplyResult["outcomes"];
  readonly overwritten: ApplyResult["overwritten"];
  readonly withheld: ReadonlyMap<string, string>;
  readonly again: ReadonlyMap<string, { readonly why: string; readonly after?: number }>;
}

/** A JSON object for each replica that was written, could not be or was left, and for each change that waits. */
export function replicationLines(environment: string, news: ReplicationNews): string[] {
  const line = (level: string, event: string, name: string, more: object) =>
    JSON.stringify({ level, event, environment, name, ...more });
  return [
    ...news.outcomes.map(({ address, outcome }) => {
      if (outcome.kind === "failed") {
        const { code, message } = outcome;
        return line("error", "failed", address, { code, message });
      }
      const { kind, ...rest } = outcome;
      return line(kind === "skipped" ? "warn" : "info", kind, address, rest);
    }),
    ...news.overwritten.map(({ address, version }) => line("warn", "overwritten", address, { version })),
    ...[...news.withheld].map(([name, why]) => line("warn", "withheld", name, { why })),
    ...[...news.again].map(([name, { why, after }]) => line("info", "again", name, { why, after })),
  ];
}

/** An event that nothing is done for: what it says may be anybody's text and is not repeated. */
export function renderIgnoredLine(why: string): string {
  return JSON.stringify({ level: "warn", event: "ignored", why });
}

const FRAMES = 6;

/** An error of ours says what it is; of any other, whose message may quote anything, only where it happened is told. */
export function renderFailureLine(environment: string, error: unknown): string {
  if (error instanceof UserError) {
    const { message, hint } = error;
    return JSON.stringify({ level: "error", event: "error", environment, message, hint });
  }
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((text) => /^\s+at /.test(text));
  const at = frames.slice(0, FRAMES).map((text) => text.trim());
  return JSON.stringify({ level: "error", event: "error", environment, message: "an error of its own", at });
}
