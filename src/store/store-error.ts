import { UserError } from "../model/error.ts";
import type { StoreFailure } from "./store.ts";

const HINTS: Record<StoreFailure, string> = {
  denied: "grant this identity the action, or run as one that has it",
  throttled: "the account's request quota is used up; run it again in a moment",
  unreachable: "check the network, the region and the endpoint",
  expired: "give this process AWS credentials that are valid: there are none, or they have expired",
  broken: "the answer was not Parameter Store's; check the endpoint and any proxy",
  refused: "the code is Parameter Store's own; its API reference says what it means",
};

/** A call to the store that could not be completed. The message names the operation and the code, never what a server wrote. */
export class StoreError extends UserError {
  readonly failure: StoreFailure;
  readonly operation: string;
  readonly code: string;

  constructor(failure: StoreFailure, operation: string, code: string) {
    super(`${operation} failed: ${code} (${failure})`, { hint: HINTS[failure] });
    this.name = "StoreError";
    this.failure = failure;
    this.operation = operation;
    this.code = code;
  }
}
