import type { Diagnostic, Plan, ResourceChange } from "./plan.ts";

/** Marks a plan that `--deep` made: applying it saved, one reads and compares every value again. */
const DEEP: Diagnostic = {
  severity: "note",
  code: "deep",
  summary: "every value that may be read was compared: no stamp was trusted",
};

export function deepMark(deep: boolean): readonly Diagnostic[] {
  return deep ? [DEEP] : [];
}

export function isDeep({ diagnostics }: Plan): boolean {
  return diagnostics.some(({ code }) => code === DEEP.code);
}

/** The action as one word: `replace` for Terraform's pair, `move` for a create that a former name goes with. */
export type Action = "no-op" | "create" | "update" | "delete" | "replace" | "forget" | "move";

export function actionOf(change: ResourceChange): Action {
  if (change.previous_address !== undefined) return "move";
  const [first, second] = change.change.actions;
  return second === undefined ? first : "replace";
}
