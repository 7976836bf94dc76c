import { actionOf } from "../plan/action.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import { type Entry, foldCauses } from "./cause.ts";
import { type Headline, headlineOf } from "./headline.ts";
import { applyCommand, fullPlanCommand, type Place } from "./next-command.ts";

/** What a page about a plan says, in the order of what a reviewer has to see first. */
export interface Outline {
  readonly headline: Headline | undefined;
  /** What destroys or exposes, each by itself. */
  readonly destructive: readonly ResourceChange[];
  /** The other changes, the followers of one source as one entry. */
  readonly entries: readonly Entry[];
  /** What applies exactly this, and what shows all of it, for a shell; `undefined` where no command does. */
  readonly command: string | undefined;
  readonly fullPlan: string | undefined;
}

export function outlineOf(plan: Plan, place: Place = {}): Outline {
  const changes = plan.resource_changes.filter((change) => actionOf(change) !== "no-op");
  return {
    headline: headlineOf(plan),
    destructive: changes.filter(isDestructive),
    entries: foldCauses(changes.filter((change) => !isDestructive(change))),
    command: applyCommand(plan, place),
    fullPlan: fullPlanCommand(plan, place),
  };
}

/** A value is gone afterwards or will be, or more can read it. */
function isDestructive(change: ResourceChange): boolean {
  const action = actionOf(change);
  const ends = change.expires !== undefined && action !== "create";
  return action === "delete" || action === "replace" || ends || change.exposes === true;
}
