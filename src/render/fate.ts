import { type Action, actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import type { Foreign } from "./escape.ts";

/** Terraform's sign of an action. */
export const SIGNS: Readonly<Record<Action, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "-/+",
  forget: ".",
  move: "→",
  "no-op": "",
};

/** What happens to a parameter, in Terraform's words; of what is lost, the last word says so. */
const FATES: Readonly<Record<Action, string>> = {
  create: "will be created",
  update: "will be updated in-place",
  move: "will be created under a new name",
  delete: "will be destroyed",
  replace: "must be replaced",
  forget: "will no longer be managed by paraform, but will not be destroyed",
  "no-op": "stays as it is",
};

/** `/a/b will be created`, or `/a/b has moved to /a/c`. */
export function fateText(change: ResourceChange, foreign: Foreign): string {
  const name = foreign(change.address);
  if (change.previous_address !== undefined)
    return `${foreign(change.previous_address)} has moved to ${name}`;
  return `${name} ${FATES[actionOf(change)]}`;
}
