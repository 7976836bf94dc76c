/**
 * One thing that an environment needs, and whether it is so for who asks. `untested`: nothing harmless would tell.
 * `excess`: this identity may what nobody here needs.
 */
export interface Check {
  readonly name: string;
  readonly state: "fine" | "missing" | "excess" | "untested";
  readonly detail: string;
  /** The remedy of what is missing, or too much. */
  readonly hint?: string;
}

/** What `doctor` found, in the order in which one thing needs the other. */
export interface Checkup {
  readonly environment: string;
  /** The caller's ARN. */
  readonly identity: string;
  readonly checks: readonly Check[];
}
