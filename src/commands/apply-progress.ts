import type { Outcome } from "../apply/outcome.ts";
import type { Action } from "../plan/action.ts";
import { outcomeEvents, startEvent } from "../render/apply-events.ts";
import type { EventBody } from "../render/event.ts";
import { renderOutcomeLine } from "../render/human-apply.ts";
import { type Progress, remainingSeconds, renderProgress } from "../render/progress.ts";
import type { Host } from "./host.ts";
import { restTeller } from "./waits.ts";

/** More changes than this are summed up: only what failed has a line of its own. */
const MOST_LINES = 50;
/** How often a run is summed up where no line can be redrawn, in milliseconds. */
const SUM_UP = 5_000;

/** What an apply is told to tell: as events, on a line that is redrawn, or line by line. */
export interface ApplyProgress {
  begin(address: string, action: Action): void;
  report(address: string, action: Action, outcome: Outcome): void;
  /** Says that a deleted name is waited for before it can be used again, and how long still. */
  waiting(name: string, milliseconds: number): void;
  end(): void;
}

/** Tells how an apply of `total` changes comes along. */
export function applyProgress(host: Host, total: number): ApplyProgress {
  const started = host.monotonic();
  let begun = started;
  let summed = started;
  const ended: Record<Outcome["kind"], number> = { applied: 0, done: 0, failed: 0, skipped: 0 };
  const seconds = (since: number) => Math.round(host.monotonic() - since) / 1000;
  const progress = (): Progress => ({
    done: ended.applied + ended.done,
    failed: ended.failed,
    skipped: ended.skipped,
    total,
    elapsed: seconds(started),
  });
  const isLast = () => ended.applied + ended.done + ended.failed + ended.skipped === total;
  const isDue = () => {
    if (host.monotonic() - summed < SUM_UP) return false;
    summed = host.monotonic();
    return true;
  };
  return {
    begin(address, action) {
      begun = host.monotonic();
      host.emit?.(startEvent(address, action));
    },
    report(address, action, outcome) {
      ended[outcome.kind] += 1;
      const { emit } = host;
      if (emit !== undefined) {
        for (const event of outcomeEvents(address, action, outcome, seconds(begun))) emit(event);
        if (isDue()) emit(progressEvent(progress()));
        return;
      }
      if (total <= MOST_LINES || outcome.kind === "failed")
        host.say(renderOutcomeLine(address, action, outcome, host.color.stderr));
      if (host.status !== undefined) host.status.show(renderProgress(progress()));
      else if (total > MOST_LINES && (isDue() || isLast())) host.say(`${renderProgress(progress())}\n`);
    },
    waiting: restTeller(host, null),
    end() {
      host.status?.hide();
    },
  };
}

function progressEvent(progress: Progress): EventBody {
  const { done, failed, skipped, total, elapsed } = progress;
  return {
    type: "apply_progress",
    "@level": "info",
    "@message": renderProgress(progress),
    progress: {
      done,
      failed,
      skipped,
      total,
      elapsed_seconds: elapsed,
      remaining_seconds: remainingSeconds(progress),
    },
  };
}
