import { serviceErrorName } from "./service-error-name.ts";
import type { StoreFailure } from "./store.ts";
import { StoreError } from "./store-error.ts";

/**
 * Why a request brought no answer, without a word that somebody else wrote.
 * - `refused`: AWS said no; nothing was done.
 * - `throttled`: too many requests; nothing was done.
 * - `busy`: too many updates of this one parameter, or its name still rests after a delete; nothing was done.
 * - `unsent`: it never left this machine.
 * - `lost`: it may have been done; `passing` when the trouble may be over by the next try.
 */
export interface Mishap {
  readonly kind: "refused" | "throttled" | "busy" | "unsent" | "lost";
  /** AWS's error name, Node's error code, or one of ours. */
  readonly code: string;
  readonly failure: StoreFailure;
  readonly passing: boolean;
}

/** Error names that every AWS service may answer with (Parameter Store reference, "Common Errors"; STS and KMS spell some of them differently). */
const DENIED = new Set(["AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired"]);
const EXPIRED = new Set([
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "ProviderError",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "TokenProviderError",
  "UnrecognizedClientException",
]);
const THROTTLED = new Set([
  "RequestLimitExceeded",
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "TooManyRequestsException",
]);

/** How AWS spells its error names: what is spelt otherwise did not come from it. */
const AWS_NAME = /^[A-Z][A-Za-z.]{2,79}$/;
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{2,59}$/;

/** Thrown in place of a sending that had no leave any more. */
export class NotStarted extends Error {}

const NOT_STARTED: Mishap = { kind: "refused", code: "NotStarted", failure: "refused", passing: false };

/** Reads what the SDK threw: which service error, or how the request failed on its way. */
export function mishapOf(thrown: unknown): Mishap {
  if (thrown instanceof NotStarted) return NOT_STARTED;
  const error = (thrown instanceof AggregateError ? thrown.errors[0] : thrown) as
    | Partial<SdkError>
    | undefined;
  const status = error?.$metadata?.httpStatusCode;
  const name = error?.name ?? "";
  if (error?.$fault !== undefined && AWS_NAME.test(name) && name !== "Unknown")
    return serviceMishap(serviceErrorName(name), status);
  if (status === 429)
    return { kind: "throttled", code: "TooManyRequests", failure: "throttled", passing: true };
  // A service error carries the members of its body, which may have a `code` too.
  const code = error?.$fault === undefined ? systemCode(error) : undefined;
  if (status !== undefined) {
    const passing = code !== undefined || status >= 500;
    return { kind: "lost", code: code ?? "UnreadableAnswer", failure: "broken", passing };
  }
  if (EXPIRED.has(name)) return { kind: "unsent", code: name, failure: "expired", passing: false };
  if (code === undefined)
    return { kind: "lost", code: "UnreadableAnswer", failure: "broken", passing: false };
  // Only what was on the wire can have been done: sockets are read and written by the system calls of these names.
  const sent = error?.syscall === undefined || error.syscall === "read" || error.syscall === "write";
  return { kind: sent ? "lost" : "unsent", code, failure: "unreachable", passing: sent };
}

/**
 * True where a signature was refused for this machine's clock, and the SDK has since learned the server's from that
 * answer: nothing was done, and the next signature has the right time.
 */
export function isClockCorrected(thrown: unknown): boolean {
  const { kind, failure } = mishapOf(thrown);
  const metadata = (thrown as Partial<SdkError> | undefined)?.$metadata;
  return kind === "refused" && failure === "expired" && metadata?.clockSkewCorrected === true;
}

/** The error to throw when `operation` came to this. */
export function storeError(operation: string, mishap: Mishap): StoreError {
  return new StoreError(mishap.failure, operation, mishap.code);
}

/** The error for an answer that is no answer: fields missing, pages that never end. */
export function brokenAnswer(operation: string): StoreError {
  return new StoreError("broken", operation, "UnreadableAnswer");
}

/** What SDK and Node put on their errors; messages are left alone, for they quote. */
interface SdkError {
  readonly name: string;
  readonly code: unknown;
  readonly syscall: string;
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
}

function serviceMishap(code: string, status = 400): Mishap {
  if (status >= 500) return { kind: "lost", code, failure: "unreachable", passing: true };
  if (THROTTLED.has(code)) return { kind: "throttled", code, failure: "throttled", passing: true };
  if (code === "TooManyUpdates") return { kind: "busy", code, failure: "throttled", passing: true };
  const failure = DENIED.has(code) ? "denied" : EXPIRED.has(code) ? "expired" : "refused";
  return { kind: "refused", code, failure, passing: false };
}

/** Node's error code; the SDK's own timeouts have it only sometimes. */
function systemCode(error: Partial<SdkError> | undefined): string | undefined {
  if (typeof error?.code === "string" && SYSTEM_CODE.test(error.code)) return error.code;
  return error?.name === "TimeoutError" ? "ETIMEDOUT" : undefined;
}
