import { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";

/**
 * The one spelling in which parameter policies are written and compared: a JSON array, keys sorted, without white
 * space, in an order of its own, for Parameter Store promises none. `undefined` when there are none.
 */
export function canonicalPolicies(policies: readonly unknown[]): string | undefined {
  if (policies.length === 0) return undefined;
  return `[${policies.map(canonicalJson).toSorted().join(",")}]`;
}

const expiration = z.object({
  Type: z.literal("Expiration"),
  Attributes: z.object({ Timestamp: z.string() }),
});

/** The Timestamp of the Expiration among canonical policies, as it is written; `undefined` for what never expires. */
export function expirationOf(policies: string | undefined): string | undefined {
  if (policies === undefined) return undefined;
  const parsed: readonly unknown[] = JSON.parse(policies);
  return parsed.map((policy) => expiration.safeParse(policy).data?.Attributes.Timestamp).find(Boolean);
}

/** Canonical policies without an Expiration that is past, and without what tells of it: Parameter Store takes neither. */
export function unexpiredPolicies(policies: string | undefined, now: number): string | undefined {
  const end = expirationOf(policies);
  if (policies === undefined || end === undefined || Date.parse(end) > now) return policies;
  const parsed: readonly { readonly Type: string }[] = JSON.parse(policies);
  return canonicalPolicies(parsed.filter(({ Type }) => !Type.startsWith("Expiration")));
}
