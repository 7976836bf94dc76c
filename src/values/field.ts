import type { Picked } from "./remote-source.ts";

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A member of a secret that is an object. Whole numbers are taken too: AWS writes the port of a database as one. */
export function pickField(secret: Readonly<Record<string, unknown>>, field: string): Picked {
  if (!Object.hasOwn(secret, field)) return { kind: "absent" };
  const value = secret[field];
  if (typeof value === "string") return { kind: "text", text: value };
  if (Number.isSafeInteger(value)) return { kind: "text", text: String(value) };
  return { kind: "unusable", why: "is no string", hint: "a value is one string" };
}
