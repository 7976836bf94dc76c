import type { SourceKind } from "../config/source-location.ts";
import { EXIT, UserError } from "../model/error.ts";
import type { Plan } from "../plan/plan.ts";
import type { Run } from "./run.ts";

const SHOWN = 10;

/**
 * The plan that somebody reviewed is not the one that would be carried out. Nothing was written. `unproposed` are the
 * kinds of sources whose values it writes, and no plan of a proposal has; `cut` is the run that this one would resume.
 */
export function unexpected(
  fingerprint: string,
  expected: string | undefined,
  cut: Run | undefined,
  unproposed: readonly SourceKind[],
): UserError {
  const lacks =
    unproposed.length === 0
      ? ""
      : `; a plan of a proposal never has what a source of kind ${unproposed.join(" or ")} supplies here: plan the trusted branch, and expect that`;
  if (cut?.fingerprint === expected) {
    return new UserError(
      "the plan is stale: somebody wrote or deleted what is left of the apply that was cut, or what that depends on",
      {
        hint: `nothing was written: plan again, review what is left, and expect that${lacks}`,
        exitCode: EXIT.stale,
      },
    );
  }
  const first =
    cut === undefined
      ? ""
      : `; an apply that began at ${new Date(cut.started).toISOString()} was cut, and --expect ${cut.fingerprint} finishes it`;
  return new UserError("the plan is stale: its fingerprint is not the expected one", {
    hint: `it is ${fingerprint}: review this plan before you expect it${first}${lacks}`,
    exitCode: EXIT.stale,
  });
}

/** Somebody else took the lock right before the first write, or the store gave no answer. */
export function notKept(): UserError {
  return new UserError("the lock could not be kept long enough", {
    hint: "nothing was written: run the same apply again",
  });
}

/** What `plan` says is no longer what would be done. Nothing was written. */
export function stale({ environment, inputs }: Plan, differences: readonly string[]): UserError {
  const shown = differences.slice(0, SHOWN);
  const more = differences.length - shown.length;
  const list = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  const { delete: deletes, regenerate, target, exclude } = inputs;
  const shaped = [deletes, regenerate, target, exclude].some((globs) => globs.length > 0);
  const again =
    inputs.rollback === undefined
      ? `plan again${shaped ? " with the same flags" : ""} (paraform plan --env ${environment.name} --out FILE)`
      : "plan the rollback again";
  return new UserError(`the plan is stale: ${list}`, {
    hint: `nothing was written: ${again} and review it`,
    exitCode: EXIT.stale,
  });
}
