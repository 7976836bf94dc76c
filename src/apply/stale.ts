import type { SourceKind } from "../config/source-location.ts";
import { EXIT, UserError } from "../model/error.ts";
import { actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import type { Run } from "./run.ts";

const SHOWN = 10;

/** What was expected of a plan, and what stands in its way. */
export interface Expectation {
  /** The fingerprint of the plan that somebody reviewed. */
  readonly expected: string | undefined;
  /** The run that the plan would resume. */
  readonly cut: Run | undefined;
  /** The kinds of sources whose values it writes, and no plan of a proposal has. */
  readonly unproposed: readonly SourceKind[];
}

/** The plan that somebody reviewed is not `plan`, which would be carried out. Nothing was written. */
export class UnexpectedPlan extends UserError {
  readonly plan: Plan;

  constructor(plan: Plan, expectation: Expectation) {
    const { expected, cut } = expectation;
    const isMet = cut !== undefined && cut.fingerprint === expected;
    super(isMet ? DISTURBED : "the plan is stale: its fingerprint is not the expected one", {
      hint: isMet ? disturbedHint(expectation) : hintOf(plan, expectation),
      exitCode: EXIT.stale,
    });
    this.name = "UnexpectedPlan";
    this.plan = plan;
  }
}

const DISTURBED =
  "the plan is stale: somebody wrote or deleted what is left of the apply that was cut, or what that depends on";

const NOTHING_LEFT =
  "nothing is left to change, as after this apply has been done: no other one is needed, and this one wrote nothing";

function isNothing({ complete, blocked, conflicts, resource_changes }: Plan): boolean {
  const isSettled = complete && blocked.length === 0 && conflicts.length === 0;
  return isSettled && resource_changes.every((change) => actionOf(change) === "no-op");
}

function disturbedHint(expectation: Expectation): string {
  return `nothing was written: plan again, review what is left, and expect that${lackText(expectation)}`;
}

function hintOf(plan: Plan, expectation: Expectation): string {
  if (isNothing(plan)) return NOTHING_LEFT;
  const { cut } = expectation;
  const first =
    cut === undefined
      ? ""
      : `; an apply that began at ${new Date(cut.started).toISOString()} was cut, and --expect ${cut.fingerprint} finishes it`;
  const command = `paraform plan --env ${plan.environment.name}`;
  return `it is ${plan.fingerprint}: review this plan before you expect it (${command}${sameFlags(plan)} shows it)${first}${lackText(expectation)}`;
}

function lackText({ unproposed }: Expectation): string {
  return unproposed.length === 0
    ? ""
    : `; a plan of a proposal never has what a source of kind ${unproposed.join(" or ")} supplies here: plan the trusted branch, and expect that`;
}

/** Somebody else took the lock right before the first write, or the store gave no answer. */
export function notKept(): UserError {
  return new UserError("the lock could not be kept long enough", {
    hint: "nothing was written: run the same apply again",
  });
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
