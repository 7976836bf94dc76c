import type { Problem } from "./problem.ts";

/** Exit codes as the contract names them (SPEC §3). */
export const EXIT = {
  done: 0,
  error: 1,
  pending: 2,
  refused: 3,
  stale: 4,
  partial: 5,
  locked: 6,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * A failure that is the user's or the world's to mend, never shown with a stack trace.
 * `message` is lower case, has no full stop and quotes no foreign text; `hint` says the remedy.
 */
export class UserError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: { hint?: string; exitCode?: ExitCode } = {}) {
    super(message);
    this.name = "UserError";
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.error;
  }
}

/** Everything that is wrong with the configs, at once. */
export class ConfigError extends UserError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`${problems.length} ${problems.length === 1 ? "problem" : "problems"} in the configs`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}
