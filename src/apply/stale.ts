import { EXIT, UserError } from "../model/error.ts";

const SHOWN = 10;

/** The plan that somebody reviewed is not the one that would be carried out. Nothing was written. */
export function unexpected(fingerprint: string): UserError {
  return new UserError("the plan is stale: its fingerprint is not the expected one", {
    hint: `it is ${fingerprint}: review this plan before you expect it`,
    exitCode: EXIT.stale,
  });
}

/** What was planned is no longer what would be done. Nothing was written. */
export function stale(differences: readonly string[]): UserError {
  const shown = differences.slice(0, SHOWN);
  const more = differences.length - shown.length;
  const list = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  return new UserError(`the plan is stale: ${list}`, {
    hint: "plan again and review it",
    exitCode: EXIT.stale,
  });
}
