import type { PlanAttributes, ResourceChange } from "../plan/plan.ts";

/** What matters most first; the name stands in the heading. */
export const ATTRIBUTE_ORDER = [
  "type",
  "value",
  "key_id",
  "description",
  "tier",
  "data_type",
  "allowed_pattern",
  "policies",
  "tags",
  "version",
] as const satisfies readonly (keyof PlanAttributes)[];

export type AttributeKey = (typeof ATTRIBUTE_ORDER)[number];

/** One side of an attribute, before or after, as far as the plan lets anybody see it. */
export type Side =
  | { readonly kind: "absent" }
  | { readonly kind: "unknown" }
  | { readonly kind: "secret"; readonly digest: string | undefined }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "map"; readonly map: ReadonlyMap<string, string> };

export function sideBefore(change: ResourceChange, key: AttributeKey): Side {
  const { before, before_sensitive } = change.change;
  return before === null ? { kind: "absent" } : sideOf(before, key, before_sensitive[key] === true);
}

export function sideAfter(change: ResourceChange, key: AttributeKey): Side {
  const { after, after_unknown, after_sensitive } = change.change;
  if (after === null) return { kind: "absent" };
  if (after_unknown[key] === true) return { kind: "unknown" };
  return sideOf(after, key, after_sensitive[key] === true);
}

/** What is marked sensitive is never shown, even where the document holds it in clear. Empty means absent. */
function sideOf(attributes: PlanAttributes, key: AttributeKey, sensitive: boolean): Side {
  if (key === "value") return valueSide(attributes.value, sensitive);
  if (sensitive) return { kind: "secret", digest: undefined };
  const attribute = attributes[key];
  if (attribute === undefined || attribute === "") return { kind: "absent" };
  if (typeof attribute === "string") return { kind: "text", text: attribute };
  if (typeof attribute === "number") return { kind: "number", number: attribute };
  const map = new Map(Object.entries(attribute));
  return map.size === 0 ? { kind: "absent" } : { kind: "map", map };
}

/** A parameter always has a value: one that the document does not tell is a secret of unknown digest. */
function valueSide(value: PlanAttributes["value"], sensitive: boolean): Side {
  if (typeof value === "string" && !sensitive) return { kind: "text", text: value };
  return { kind: "secret", digest: typeof value === "object" ? value.$digest : undefined };
}

export function isEqual(before: Side, after: Side): boolean {
  if (before.kind === "text" && after.kind === "text") return before.text === after.text;
  if (before.kind === "number" && after.kind === "number") return before.number === after.number;
  return false;
}
