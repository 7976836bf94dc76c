/** What a server's JSON has at `path`; `undefined` where it has nothing. */
export function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

export function textOf(value: unknown, ...path: readonly string[]): string | undefined {
  const found = fieldOf(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberOf(value: unknown, ...path: readonly string[]): number | undefined {
  const found = fieldOf(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** Milliseconds since 1970 of an ISO 8601 time. */
export function timeOf(value: unknown, ...path: readonly string[]): number | undefined {
  const time = Date.parse(textOf(value, ...path) ?? "");
  return Number.isNaN(time) ? undefined : time;
}
