import type { ResourceChange } from "./plan.ts";

/** The action as one word: `replace` for Terraform's pair, `move` for a create that a former name goes with. */
export type Action = "no-op" | "create" | "update" | "delete" | "replace" | "forget" | "move";

export function actionOf(change: ResourceChange): Action {
  if (change.previous_address !== undefined) return "move";
  const [first, second] = change.change.actions;
  return second === undefined ? first : "replace";
}
