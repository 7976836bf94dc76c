import type { ApplyResult, Outcome } from "../apply/outcome.ts";
import type { Action } from "../plan/action.ts";
import { counted, whereAny } from "./wording.ts";

/** An apply in a few lines, in Terraform's words. */
export interface ApplySummary {
  /** Nothing failed and nothing was skipped. */
  readonly isComplete: boolean;
  readonly headline: string;
  /** `Parameters: 1 added, 0 changed, 0 destroyed.` */
  readonly counts: string;
  /** What earlier runs had done, if anything. */
  readonly earlier: string | undefined;
  /** How to finish; `undefined` for what is complete. */
  readonly remedy: string | undefined;
  /** The same apply finishes: nobody else wrote meanwhile. */
  readonly isResumable: boolean;
}

export function applySummary({ outcomes, stopped, overwritten, recreated }: ApplyResult): ApplySummary {
  const all = (kind: Outcome["kind"]) => outcomes.filter(({ outcome }) => outcome.kind === kind);
  const [applied, done, failed, skipped] = [all("applied"), all("done"), all("failed"), all("skipped")];
  const count = (...actions: Action[]) => applied.filter(({ action }) => actions.includes(action)).length;
  const [moved, forgotten] = [count("move"), count("forget")];
  const isComplete = failed.length + skipped.length === 0;
  const isResumable = overwritten.length + recreated.length === 0;
  const counts =
    whereAny([moved, "moved"], [forgotten, "forgotten"]) +
    `${count("create", "replace")} added, ${count("update")} changed, ` +
    `${count("delete", "replace")} destroyed`;
  const open = isComplete ? "" : `; ${failed.length} failed, ${skipped.length} skipped`;
  const earlier =
    done.length === 0 ? undefined : `${counted(done.length, "change")} had been made by an earlier run.`;
  return {
    isComplete,
    isResumable,
    headline: isComplete ? "Apply complete!" : incompleteHeadline(stopped, applied.length),
    counts: `Parameters: ${counts}${open}.`,
    earlier,
    remedy: isComplete ? undefined : remedyText(isResumable),
  };
}

/** Why a change was left as it was, or `count` of them. */
export function skippedText(on: string | null, foreign: (text: string) => string, count = 1): string {
  if (on === null) return `the run had to stop before ${count === 1 ? "it" : "them"}`;
  return `${count === 1 ? "it follows" : "they follow"} from ${foreign(on)}`;
}

/** Said before the command of `undelete`. */
export const KEPT = "A copy of what was destroyed is kept for 30 days. To see what can be brought back:";

function remedyText(isResumable: boolean): string {
  return isResumable
    ? "Run the same apply again to finish: what is done is not done twice."
    : "Plan again to finish: what somebody else wrote at the same moment is at another version than planned.";
}

function incompleteHeadline(stopped: ApplyResult["stopped"], applied: number): string {
  switch (stopped) {
    case "interrupted":
      return "Apply interrupted!";
    case "terminated":
      return "Apply terminated!";
    case "lease_lost":
      return "Apply stopped, the lock was lost!";
    case null:
      return applied === 0 ? "Apply failed!" : "Apply stopped part-way!";
  }
}
