import { type Action, actionOf } from "../plan/action.ts";
import { hasNoTarget } from "../plan/input-findings.ts";
import type { Plan } from "../plan/plan.ts";
import { whereAny } from "./wording.ts";

/** A plan in a line, in Terraform's words: `Plan:` with what to count, or `No changes.` with why. */
export interface Headline {
  readonly label: "Plan:" | "No changes.";
  readonly text: string;
  /** Whether what is live was found to be as declared. */
  readonly inSync: boolean;
  /** Puts and deletes that apply sends. */
  readonly writes: number;
}

/** `undefined` for a plan that could not be completed and so has nothing to say. */
export function headlineOf(plan: Plan): Headline | undefined {
  const actions = plan.resource_changes.map(actionOf);
  const count = (...wanted: readonly Action[]) => actions.filter((action) => wanted.includes(action)).length;
  const pending = actions.length - count("no-op");
  if (pending === 0 && !plan.complete) return undefined;
  if (pending === 0 && plan.blocked.length + plan.conflicts.length === 0) {
    const inSync = !hasNoTarget(plan);
    const text = inSync ? inSyncText(plan) : "Nothing matches --target, and nothing was compared.";
    return { label: "No changes.", text, inSync, writes: 0 };
  }
  const [move, forget] = [count("move"), count("forget")];
  const rare = whereAny([move, "to move"], [forget, "to forget"]);
  const add = count("create", "replace");
  const change = count("update");
  const destroy = count("delete", "replace");
  return {
    label: "Plan:",
    text: `${rare}${add} to add, ${change} to change, ${destroy} to destroy.`,
    inSync: false,
    writes: 2 * move + forget + add + change + destroy,
  };
}

function inSyncText({ withheld, inputs }: Plan): string {
  if (withheld.length > 0) return "Parameter Store has all that is configured, and more.";
  const part = inputs.target.length + inputs.exclude.length > 0 ? "what was asked for in " : "";
  return `Parameter Store matches ${part}the configuration.`;
}
