/**
 * The one spelling in which parameter policies are written and compared: a JSON array, keys sorted, without white
 * space, in an order of its own, for Parameter Store promises none. `undefined` when there are none.
 */
export function canonicalPolicies(policies: readonly unknown[]): string | undefined {
  if (policies.length === 0) return undefined;
  const texts = policies.map((policy) => JSON.stringify(policy, sortKeys));
  return `[${texts.toSorted().join(",")}]`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
