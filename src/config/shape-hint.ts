import type { z } from "zod";
import { closestWord } from "./closest-word.ts";
import { type JsonNode, nodeAt, showKey } from "./json-node.ts";

/** The remedy of a wrong shape, where what was written gives it away; it repeats nothing but what reads as a name. */
export function shapeHint(issue: z.core.$ZodIssue, message: string, root: JsonNode): string | undefined {
  const written = nodeAt(root, issue.path);
  if (written === undefined) return undefined;
  if (issue.code === "invalid_type") return typeHint(issue.expected, written, issue.path);
  if (issue.code === "invalid_value" && message === "must be true") return "write true, without quotes";
  if (written.kind !== "scalar" || typeof written.value !== "string") return undefined;
  if (message.startsWith("must not end in a slash")) {
    const shown = showKey(written.value.replace(/\/+$/, ""));
    return shown === undefined ? undefined : `write ${shown.slice(0, -1)}/**"`;
  }
  if (message.startsWith("must be a KMS key") && /^[a-zA-Z0-9_-]{1,64}$/.test(written.value)) {
    return `an alias is written "alias/${written.value}"`;
  }
  if (issue.code !== "invalid_value" && issue.code !== "invalid_union") return undefined;
  const choices = Array.from(message.matchAll(/"([^"]+)"/g), ([, choice = ""]) => choice);
  const meant = meantChoice(written.value, choices);
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

/** What a kind is called elsewhere. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  ssm: "parameter-store",
  aws: "parameter-store",
  local: "embedded",
  sqlite: "embedded",
  json: "file",
  yaml: "file",
  "1password": "onepassword",
  secretsmanager: "secrets-manager",
};

/** The choice that is spelled nearly so, that begins so, or that is called so elsewhere. */
function meantChoice(written: string, choices: readonly string[]): string | undefined {
  const word = written.toLowerCase();
  const begun = word.length < 3 ? [] : choices.filter((choice) => choice.startsWith(word));
  const other = OTHER_WORDS[word];
  return (
    closestWord(word, choices) ??
    (begun.length === 1 ? begun[0] : undefined) ??
    choices.find((choice) => choice === other)
  );
}

function typeHint(expected: string, written: JsonNode, path: readonly PropertyKey[]): string | undefined {
  const key = path.at(-1);
  switch (expected) {
    case "string":
      if (written.kind === "scalar") return written.value === null ? undefined : "put it in double quotes";
      return key === "copy"
        ? 'a copy has one source, as in "copy": "/source"; several are joined by "merge"'
        : undefined;
    case "array":
      return written.kind === "scalar" ? "put it in brackets: a list may have one item" : undefined;
    case "int":
    case "number":
    case "boolean":
      return written.kind === "scalar" && typeof written.value === "string"
        ? "write it without quotes"
        : undefined;
    case "object":
      if (key === "store") return 'write it as "store": {"kind": "embedded"}';
      if (key === "digestKey") return 'write it as "digestKey": {"kmsKey": "alias/paraform"}';
      if (key === "generate") return 'write it as "generate": {"type": "password"}';
      return path[0] === "parameters" && path.length === 2
        ? 'an entry is an object: {"value": "text"}, {"copy": "/source"}, or {} for what its owner puts'
        : undefined;
    default:
      return undefined;
  }
}
