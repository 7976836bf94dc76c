import { canonicalJson } from "./canonical-json.ts";

/**
 * The one spelling in which parameter policies are written and compared: a JSON array, keys sorted, without white
 * space, in an order of its own, for Parameter Store promises none. `undefined` when there are none.
 */
export function canonicalPolicies(policies: readonly unknown[]): string | undefined {
  if (policies.length === 0) return undefined;
  return `[${policies.map(canonicalJson).toSorted().join(",")}]`;
}
