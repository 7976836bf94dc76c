/** One thing that an environment needs, and whether it is so for who asks. `untested`: nothing harmless would tell. */
export interface Check {
  readonly name: string;
  readonly state: "fine" | "missing" | "untested";
  readonly detail: string;
  /** The remedy of what is missing. */
  readonly hint?: string;
}

/** What `doctor` found, in the order in which one thing needs the other. */
export interface Checkup {
  readonly environment: string;
  /** The caller's ARN. */
  readonly identity: string;
  readonly checks: readonly Check[];
}
