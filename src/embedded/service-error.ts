/** A refusal in AWS's own words: `code` is what SDKs switch on, `status` the HTTP status (400 for most of AWS's). */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.status = status;
  }
}

/** What AWS answers to input that breaks a rule no other code names. */
export function invalid(message: string): ServiceError {
  return new ServiceError("ValidationException", message);
}
