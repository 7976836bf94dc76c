import { UNKNOWN_ERROR } from "./service-error-name.ts";
import type { StoreFailure } from "./store.ts";

/** What a failed call comes to in plain words, and what can be done about it. */
export interface FailureWords {
  readonly text: string;
  readonly hint: string;
}

const OF_FAILURE: Readonly<Record<StoreFailure, FailureWords>> = {
  denied: {
    text: "this identity may not do it",
    hint: "grant this identity the action, or run as one that has it",
  },
  throttled: {
    text: "too many requests",
    hint: "the account's request quota is used up; run it again in a moment",
  },
  unreachable: {
    text: "no answer came",
    hint: "check the network, the region and the endpoint",
  },
  expired: {
    text: "the AWS credentials are not accepted",
    hint: "check the access key, the secret key and the clock of this machine, or log in again",
  },
  broken: {
    text: "what answered is not AWS",
    hint: "check the endpoint, and any proxy or login page before it",
  },
  refused: {
    text: "the store refused it",
    hint: "the code is AWS's own; its API reference says what it means",
  },
};

const NO_CREDENTIALS: FailureWords = {
  text: "there are no AWS credentials, or their session is over",
  hint: "log in (aws sso login), set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in the environment's store",
};
const EXPIRED: FailureWords = {
  text: "the AWS credentials have expired",
  hint: "log in again (aws sso login), or let the pipeline take its role again, and run the same command",
};
const UNKNOWN: FailureWords = {
  text: "AWS does not know these credentials",
  hint: "check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN or the profile, and that the account has the region enabled",
};
const SERVICE: FailureWords = {
  text: "the service itself failed",
  hint: "run it again in a moment; the endpoint's status page may know more",
};
const UNNAMED: FailureWords = {
  text: "the store refused it, and gave a reason that is not AWS's or is new",
  hint: "check the endpoint; on AWS, CloudTrail names the error of the call",
};
const NO_HOST: FailureWords = {
  text: "no such host is known",
  hint: "check the region in environment.json, the endpoint and the network",
};
const UNTRUSTED: FailureWords = {
  text: "the server's certificate is not trusted",
  hint: "check the endpoint; a proxy's own authority is named by NODE_EXTRA_CA_CERTS",
};

/** What says more than its kind of failure: AWS's error names and Node's error codes. */
const OF_CODE: Readonly<Record<string, FailureWords>> = {
  CredentialsProviderError: NO_CREDENTIALS,
  ProviderError: NO_CREDENTIALS,
  TokenProviderError: NO_CREDENTIALS,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  InvalidClientTokenId: UNKNOWN,
  UnrecognizedClientException: UNKNOWN,
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  ECONNREFUSED: {
    text: "nothing listens there",
    hint: "start what serves the endpoint, or correct its host and port",
  },
  ETIMEDOUT: {
    text: "no answer came in time",
    hint: "check the network, the region, the endpoint and any firewall",
  },
  ECONNRESET: {
    text: "the connection broke off",
    hint: "check the network, the endpoint and any proxy, and run it again",
  },
  CERT_HAS_EXPIRED: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

export function failureWords(failure: StoreFailure, code: string): FailureWords {
  const own = Object.hasOwn(OF_CODE, code) ? OF_CODE[code] : undefined;
  if (own !== undefined) return own;
  if (failure === "refused" && code === UNKNOWN_ERROR) return UNNAMED;
  // AWS's error names have lower-case letters, Node's codes have none: a service that answers can be reached.
  return failure === "unreachable" && /[a-z]/.test(code) ? SERVICE : OF_FAILURE[failure];
}
