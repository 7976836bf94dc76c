import { pythonList } from "../model/python-list.ts";
import type { Rule } from "../model/rule.ts";

const REPLICA = /^Replicated from: (.+) by: .*$/s;

/**
 * True for a description that Figgy wrote on a replica of the same source: `Replicated from: SOURCE by: USER`,
 * where a merge's source is the Python `repr` of its list (figgy.lib, `svcs/replication.py`).
 */
export function isFiggyReplica(description: string, rule: Rule & { kind: "copy" | "merge" }): boolean {
  const source = REPLICA.exec(description)?.[1];
  if (source === undefined) return false;
  return source === (rule.kind === "copy" ? rule.source : pythonList(mergeItems(rule)));
}

function mergeItems({ parts }: Rule & { kind: "merge" }): string[] {
  return parts.map((part) => {
    if (part.kind === "literal") return part.text;
    return `\${${part.name}${part.encoding === "none" ? "" : `:${part.encoding}`}}`;
  });
}
