import type { z } from "zod";
import { closestWord } from "./closest-word.ts";
import { type JsonNode, nodeAt, showKey } from "./json-node.ts";

/** The remedy of a wrong shape, where what was written gives it away; it repeats nothing but what reads as a name. */
export function shapeHint(issue: z.core.$ZodIssue, message: string, root: JsonNode): string | undefined {
  const written = nodeAt(root, issue.path);
  if (written === undefined) return undefined;
  if (issue.code === "invalid_type") return typeHint(issue.expected, written, issue.path.at(-1));
  if (written.kind !== "scalar" || typeof written.value !== "string") return undefined;
  if (message.startsWith("must not end in a slash")) {
    const shown = showKey(written.value.replace(/\/+$/, ""));
    return shown === undefined ? undefined : `write ${shown.slice(0, -1)}/**"`;
  }
  if (issue.code !== "invalid_value" && issue.code !== "invalid_union") return undefined;
  const choices = Array.from(message.matchAll(/"([^"]+)"/g), ([, choice = ""]) => choice);
  const meant = closestWord(written.value, choices);
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

function typeHint(expected: string, written: JsonNode, key: PropertyKey | undefined): string | undefined {
  if (expected === "string" && written.kind === "scalar") {
    return written.value === null ? undefined : "put it in double quotes";
  }
  if (expected === "string" && written.kind === "array") {
    return key === "copy"
      ? 'a copy has one source, as in "copy": "/source"; several are joined by "merge"'
      : "write one string, not a list";
  }
  if (expected === "array" && written.kind === "scalar") return "put it in brackets: a list may have one item";
  if (expected === "object" && key === "generate") return 'write it as "generate": {"type": "password"}';
  return undefined;
}
