import type { ResourceChange } from "../plan/plan.ts";

/** True for a move by which the value goes along as it is: no source has another one, and no rule makes it. */
export function carriesValue({ origin, previous_address }: ResourceChange): boolean {
  if (previous_address === undefined || origin === null || origin.supplied_by !== undefined) return false;
  return origin.rule === "static" || (origin.rule === "generate" && origin.sources.length === 0);
}
