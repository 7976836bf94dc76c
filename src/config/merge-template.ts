import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { Encoding, MergePart } from "../model/rule.ts";
import type { JsonNode } from "./json-node.ts";
import { errorAt, type Origin, warningAt } from "./origin.ts";
import type { ParameterNames } from "./parameter-names.ts";

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ["uri", "uri"],
  ["rfc3986", "rfc3986"],
  ["base64", "base64"],
  ["json", "json"],
]);

/** All parts of a merge, or `undefined` when one of them could not be understood. */
export function readMergeParts(
  items: readonly string[],
  list: JsonNode | undefined,
  names: ParameterNames,
  problems: Problem[],
): MergePart[] | undefined {
  const places = list?.kind === "array" ? list.items : [];
  const parts = items.map((item, index) => {
    const place = places[index];
    return place === undefined ? undefined : readMergePart(item, place.at, names, problems);
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
): MergePart | undefined {
  if (!item.startsWith("${/") || !item.endsWith("}")) {
    if (item.includes("${/")) {
      problems.push(
        warningAt(
          origin,
          "this item is a literal although it holds a reference",
          "give the reference an item of its own",
        ),
      );
    }
    if (/^\$\{[^}]*\/[^}]*\}$/.test(item)) {
      problems.push(
        warningAt(
          origin,
          "this item is a literal: the name of a reference begins with a slash",
          `a reference is written \${/name}`,
        ),
      );
    }
    return { kind: "literal", text: item };
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

function reference(name: ParameterName | undefined, encoding: Encoding): MergePart | undefined {
  return name === undefined ? undefined : { kind: "reference", name, encoding };
}
