import type { SourceKind } from "../config/source-location.ts";
import { EXIT, UserError } from "../model/error.ts";
import type { Plan } from "../plan/plan.ts";

const SHOWN = 10;

/**
 * The plan that somebody reviewed is not the one that would be carried out. Nothing was written. `unproposed` are the
 * kinds of sources whose values it writes, and no plan of a proposal has.
 */
export function unexpected(fingerprint: string, unproposed: readonly SourceKind[]): UserError {
  const lacks =
    unproposed.length === 0
      ? ""
      : `; a plan of a proposal never has what a source of kind ${unproposed.join(" or ")} supplies here: plan the trusted branch, and expect that`;
  return new UserError("the plan is stale: its fingerprint is not the expected one", {
    hint: `it is ${fingerprint}: review this plan before you expect it${lacks}`,
    exitCode: EXIT.stale,
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
