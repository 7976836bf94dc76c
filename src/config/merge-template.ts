import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { Encoding, MergePart } from "../model/rule.ts";
import { type JsonNode, showKey } from "./json-node.ts";
import { errorAt, type Origin, warningAt } from "./origin.ts";
import type { ParameterNames } from "./parameter-names.ts";

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ["uri", "uri"],
  ["rfc3986", "rfc3986"],
  ["base64", "base64"],
  ["json", "json"],
]);

/**
 * All parts of a merge, or `undefined` when one of them could not be understood. What only looks like a reference is a
 * literal to Figgy; a native file says it in two items.
 */
export function readMergeParts(
  items: readonly string[],
  list: JsonNode | undefined,
  names: ParameterNames,
  problems: Problem[],
  dialect: "figgy" | "native",
): MergePart[] | undefined {
  const places = list?.kind === "array" ? list.items : [];
  const parts = items.map((item, index) => {
    const place = places[index];
    return place === undefined ? undefined : readMergePart(item, place.at, names, problems, dialect);
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/**
 * One item of a merge: a literal, or exactly one reference `${/name}` with an optional suffix, as in Figgy
 * (terraform/lambdas/lib/svcs/replication.py, which knows `:uri` alone).
 */
function readMergePart(
  item: string,
  origin: Origin,
  names: ParameterNames,
  problems: Problem[],
  dialect: "figgy" | "native",
): MergePart | undefined {
  if (!item.startsWith("${/") || !item.endsWith("}")) {
    if (!resemblesReference(item)) return { kind: "literal", text: item };
    const [summary, hint] = item.includes("${/")
      ? [
          "a reference stands within this item",
          `give it an item of its own: ${apart(item)}; to mean this very text, end an item after its $`,
        ]
      : ["the name of a reference begins with a slash", `a reference is written \${/name}`];
    if (dialect === "figgy") {
      problems.push(warningAt(origin, `${summary}, which Figgy takes for a literal`, hint));
      return { kind: "literal", text: item };
    }
    problems.push(errorAt(origin, summary, hint));
    return undefined;
  }
  const inner = item.slice(2, -1);
  if (inner.includes("${/")) {
    problems.push(
      errorAt(origin, "this item holds several references", "give each reference an item of its own"),
    );
    return undefined;
  }
  const colon = inner.lastIndexOf(":");
  if (colon < 0) return reference(names.read(inner, "reference", origin), "none");
  const encoding = ENCODINGS.get(inner.slice(colon + 1));
  if (encoding === undefined) {
    problems.push(
      errorAt(
        origin,
        "this reference has an unknown suffix",
        `known: ${[...ENCODINGS.keys()].map((one) => `:${one}`).join(", ")}`,
      ),
    );
    return undefined;
  }
  return reference(names.read(inner.slice(0, colon), "reference", origin), encoding);
}

/** Whether a literal could be taken for a reference that was meant: a native merge has it in two items. */
export function resemblesReference(text: string): boolean {
  return text.includes("${/") || /^\$\{[^}]*\/[^}]*\}$/.test(text);
}

/** The item as it was meant, repeating nothing but what reads as a name. */
function apart(item: string): string {
  const [written, name = ""] = /\$\{(\/[^}:]*)(?::[a-z0-9]+)?\}/.exec(item) ?? [];
  const shown = written === undefined || showKey(name) === undefined ? "${/name}" : written;
  return `["…", "${shown}", "…"]`;
}

function reference(name: ParameterName | undefined, encoding: Encoding): MergePart | undefined {
  return name === undefined ? undefined : { kind: "reference", name, encoding };
}
