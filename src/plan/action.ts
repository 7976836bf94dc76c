import type { ResourceChange } from "./plan.ts";

/** The action as one word: `replace` for Terraform's pair. */
export type Action = "no-op" | "create" | "update" | "delete" | "replace" | "forget";

export function actionOf(change: ResourceChange): Action {
  const [first, second] = change.change.actions;
  return second === undefined ? first : "replace";
}
