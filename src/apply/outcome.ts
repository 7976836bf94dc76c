import type { Action } from "../plan/action.ts";

/**
 * What became of one planned change. `done` was found finished by an earlier run of the same plan;
 * `skipped` follows from one that failed, or was not started because the run had to stop.
 */
export type Outcome =
  | { readonly kind: "applied"; readonly version: number | null }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly hint?: string }
  | { readonly kind: "skipped"; readonly on: string | null };

/** The result of an apply, in the order of its writes. */
export interface ApplyResult {
  readonly environment: string;
  readonly fingerprint: string;
  readonly outcomes: readonly {
    readonly address: string;
    readonly action: Action;
    readonly outcome: Outcome;
  }[];
  /** This run changed the store, or may have where an answer was lost. */
  readonly written: boolean;
  /** Why the run ended before its last change, if it did. */
  readonly stopped: "interrupted" | "terminated" | "lease_lost" | null;
  /** Foreign versions that a write overwrote, each still in the parameter's history. */
  readonly overwritten: readonly { readonly address: string; readonly version: number }[];
  /** Parameters that somebody deleted just before an update, which thereby made them anew. */
  readonly recreated: readonly string[];
}
