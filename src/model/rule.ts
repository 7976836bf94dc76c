import type { ParameterName } from "./name.ts";
import { isDerived, type Recipe } from "./recipe.ts";

export type ParameterType = "String" | "StringList" | "SecureString";
export type Tier = "Standard" | "Advanced" | "Intelligent-Tiering";

/** How a merge writes an input: as it is, as Figgy's `quote_plus`, as RFC 3986 userinfo, as base64, as a JSON string with its quotes. */
export type Encoding = "none" | "uri" | "rfc3986" | "base64" | "json";

export type MergePart =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "reference"; readonly name: ParameterName; readonly encoding: Encoding };

/**
 * A JSON document that is composed of what sources hold in structured form: the clients of an OpenID Connect server, the
 * credentials of Docker registries.
 */
export type Structure = "oidc-clients" | "dockerconfigjson";

/** Where a parameter's value comes from. `exists` is a name that is only referred to. */
export type Rule =
  | { readonly kind: "static"; readonly structure?: Structure }
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "copy"; readonly source: ParameterName }
  | { readonly kind: "merge"; readonly parts: readonly MergePart[] }
  | { readonly kind: "generate"; readonly recipe: Recipe }
  | { readonly kind: "exists" };

export type RuleKind = Rule["kind"];

/**
 * What a value is by its rule. Stamps and plans have one word, `generate`, for what is generated, which nothing makes
 * again, and for what is derived, which its source does.
 */
export type ValueKind = Exclude<RuleKind, "generate"> | "generated" | "derived";

export function valueKindOf(rule: Rule): ValueKind {
  if (rule.kind !== "generate") return rule.kind;
  return isDerived(rule.recipe) ? "derived" : "generated";
}

/** The parameters that a rule's value follows from, each once, in the order of their first use. */
export function inputsOf(rule: Rule): readonly ParameterName[] {
  switch (rule.kind) {
    case "copy":
      return [rule.source];
    case "merge":
      return [...new Set(rule.parts.flatMap((part) => (part.kind === "reference" ? [part.name] : [])))];
    case "generate":
      return isDerived(rule.recipe) ? [rule.recipe.source] : [];
    case "static":
    case "value":
    case "exists":
      return [];
  }
}
