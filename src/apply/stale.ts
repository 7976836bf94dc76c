import type { SourceKind } from "../config/source-location.ts";
import { EXIT, UserError } from "../model/error.ts";
import { actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";

const SHOWN = 10;

/** The plan that somebody reviewed is not `plan`, which would be carried out. Nothing was written. */
export class UnexpectedPlan extends UserError {
  readonly plan: Plan;

  /** `unproposed` are the kinds of sources whose values it writes, and no plan of a proposal has. */
  constructor(plan: Plan, unproposed: readonly SourceKind[]) {
    super("the plan is stale: its fingerprint is not the expected one", {
      hint: isNothing(plan) ? NOTHING_LEFT : reviewHint(plan, unproposed),
      exitCode: EXIT.stale,
    });
    this.name = "UnexpectedPlan";
    this.plan = plan;
  }
}

const NOTHING_LEFT =
  "nothing is left to change, as after this apply has been done: no other one is needed, and this one wrote nothing";

function isNothing({ complete, blocked, conflicts, resource_changes }: Plan): boolean {
  const isSettled = complete && blocked.length === 0 && conflicts.length === 0;
  return isSettled && resource_changes.every((change) => actionOf(change) === "no-op");
}

function reviewHint(plan: Plan, unproposed: readonly SourceKind[]): string {
  const lacks =
    unproposed.length === 0
      ? ""
      : `; a plan of a proposal never has what a source of kind ${unproposed.join(" or ")} supplies here: plan the trusted branch, and expect that`;
  const command = `paraform plan --env ${plan.environment.name}`;
  return `it is ${plan.fingerprint}: review this plan before you expect it (${command}${sameFlags(plan)} shows it)${lacks}`;
}

/** What `plan` says is no longer what would be done. Nothing was written. */
export function stale(plan: Plan, differences: readonly string[]): UserError {
  const shown = differences.slice(0, SHOWN);
  const more = differences.length - shown.length;
  const list = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  const { environment, inputs } = plan;
  const again =
    inputs.rollback === undefined
      ? `plan again${sameFlags(plan)} (paraform plan --env ${environment.name} --out FILE)`
      : "plan the rollback again";
  return new UserError(`the plan is stale: ${list}`, {
    hint: `nothing was written: ${again} and review it`,
    exitCode: EXIT.stale,
  });
}

function sameFlags({ inputs: { delete: deletes, regenerate, target, exclude } }: Plan): string {
  const shaped = [deletes, regenerate, target, exclude].some((globs) => globs.length > 0);
  return shaped ? " with the same flags" : "";
}
