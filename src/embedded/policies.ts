import { parsedJson } from "../model/parsed-json.ts";
import { invalid, ServiceError } from "./service-error.ts";

/** A parameter's policies as DescribeParameters shows them, and when the parameter expires by them: milliseconds since 1970, `null` for never. */
export interface Policies {
  readonly shown: readonly { PolicyText: string; PolicyType: string; PolicyStatus: string }[];
  readonly expires: number | null;
}

const MOST = 10;

interface Attributes {
  readonly [attribute: string]: unknown;
}

/** Each type's attributes; what a check finds wrong is InvalidPolicyAttributeException. */
const CHECKS: Record<string, (attributes: Attributes) => boolean> = {
  Expiration: ({ Timestamp }) => !Number.isNaN(instantOf(Timestamp)),
  ExpirationNotification: ({ Before, Unit }) => isSpan(Before, Unit),
  NoChangeNotification: ({ After, Unit }) => isSpan(After, Unit),
};

/**
 * Reads the Policies member, a JSON array of policy objects; `[{}]` is none.
 * @throws ServiceError ValidationException and the four of AWS's policy exceptions
 */
export function readPolicies(text: string, now: number): Policies {
  const policies = parsePolicies(text).filter((policy) => Object.keys(policy).length > 0);
  if (policies.length > MOST) {
    throw new ServiceError(
      "PoliciesLimitExceededException",
      `You specified more than the maximum number of allowed policies for the parameter. The maximum is ${MOST}.`,
    );
  }
  let expires: number | null = null;
  const shown = policies.map((policy) => {
    const { Type: type, Version: version, Attributes: attributes } = policy;
    const check = typeof type === "string" ? CHECKS[type] : undefined;
    if (typeof type !== "string" || check === undefined) {
      throw new ServiceError(
        "InvalidPolicyTypeException",
        "The policy type is not supported. Parameter Store supports the following policy types: Expiration, ExpirationNotification, and NoChangeNotification.",
      );
    }
    if (version !== "1.0" || !isObject(attributes) || !check(attributes)) throw invalidAttribute(type);
    if (type === "Expiration") {
      if (expires !== null) {
        throw new ServiceError(
          "IncompatiblePolicyException",
          "There is a conflict in the policies specified for this parameter: two Expiration policies.",
        );
      }
      expires = instantOf(attributes.Timestamp);
      if (expires <= now) throw invalidAttribute(type);
    }
    return { PolicyText: JSON.stringify(policy), PolicyType: type, PolicyStatus: "Pending" };
  });
  return { shown, expires };
}

function parsePolicies(text: string): Attributes[] {
  const parsed = parsedJson(text);
  if (parsed === undefined) throw invalid("Invalid policies input: the policies are no JSON.");
  if (!Array.isArray(parsed) || !parsed.every(isObject)) {
    throw invalid("Invalid policies input: the policies are no JSON array of objects.");
  }
  return parsed;
}

function isObject(value: unknown): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** ISO_INSTANT or with an offset, as `2027-01-31T12:00:00.000Z`; NaN for anything else. */
function instantOf(timestamp: unknown): number {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
  return typeof timestamp === "string" && iso.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
}

function isSpan(count: unknown, unit: unknown): boolean {
  return typeof count === "string" && /^[1-9]\d{0,4}$/.test(count) && (unit === "Days" || unit === "Hours");
}

function invalidAttribute(type: string): ServiceError {
  return new ServiceError(
    "InvalidPolicyAttributeException",
    `A policy attribute or its value is invalid for a policy of type ${type}.`,
  );
}
