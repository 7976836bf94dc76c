import { UserError } from "../model/error.ts";
import { failureWords } from "./failure-words.ts";
import type { StoreFailure } from "./store.ts";

/** A call to the store that could not be completed. The message names the operation and the code, never what a server wrote. */
export class StoreError extends UserError {
  readonly failure: StoreFailure;
  readonly operation: string;
  readonly code: string;

  constructor(failure: StoreFailure, operation: string, code: string) {
    const { text, hint } = failureWords(failure, code);
    super(`${operation} failed: ${text} (${code})`, { hint });
    this.name = "StoreError";
    this.failure = failure;
    this.operation = operation;
    this.code = code;
  }

  /** The same, said of one environment among several. */
  in(environment: string): StoreError {
    return new StoreError(this.failure, `${this.operation} in ${environment}`, this.code);
  }
}
