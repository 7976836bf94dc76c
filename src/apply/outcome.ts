import type { UserError } from "../model/error.ts";
import { type Action, actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import { StoreError } from "../store/store-error.ts";

/**
 * What became of one planned change. `done` was found finished by an earlier run of the same plan;
 * `skipped` follows from one that failed, or was not started because the run had to stop.
 */
export type Outcome =
  | { readonly kind: "applied"; readonly version: number | null }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly hint?: string }
  | { readonly kind: "skipped"; readonly on: string | null };

/** A change that failed for what `error` says. */
export function failedBy(error: UserError): Outcome & { readonly kind: "failed" } {
  const { message, hint } = error;
  const code = error instanceof StoreError ? error.code : "store";
  return { kind: "failed", code, message, ...(hint === undefined ? {} : { hint }) };
}

/** The result of an apply: what an earlier run had done, then the other changes in the order of their writes. */
export interface ApplyResult {
  readonly environment: string;
  readonly fingerprint: string;
  readonly outcomes: readonly {
    readonly address: string;
    readonly action: Action;
    readonly outcome: Outcome;
  }[];
  /** This run changed the store, or may have where an answer was lost, whatever its outcomes say. */
  readonly written: boolean;
  /** Why the run ended before its last change, if it did. */
  readonly stopped: "interrupted" | "terminated" | "lease_lost" | null;
  /** Foreign versions that a write overwrote, also one that failed later: each still in the parameter's history. */
  readonly overwritten: readonly { readonly address: string; readonly version: number }[];
  /** Parameters that somebody deleted just before an update, which thereby made them anew. */
  readonly recreated: readonly string[];
}

/** The result of an apply that found every change of `plan` made by the run with this fingerprint. */
export function nothingLeft({ environment, resource_changes }: Plan, run: string): ApplyResult {
  const outcomes = resource_changes
    .map((change) => ({
      address: change.address,
      action: actionOf(change),
      outcome: { kind: "done" } as const,
    }))
    .filter(({ action }) => action !== "no-op");
  return {
    environment: environment.name,
    fingerprint: run,
    outcomes,
    written: false,
    stopped: null,
    overwritten: [],
    recreated: [],
  };
}
