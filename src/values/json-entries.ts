import { parseJson } from "../config/json-parser.ts";
import type { Origin } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";

/** One entry of a file of values. `text` is absent where the value is no string. */
export interface FileEntry {
  readonly key: string;
  readonly keyAt: Origin;
  readonly at: Origin;
  readonly text: string | undefined;
}

export interface FileEntries {
  readonly entries: readonly FileEntry[];
  readonly problems: readonly Problem[];
}

export const NO_OBJECT = {
  summary: "a file of values is one object of parameter name to string",
  hint: 'write {"/team/name": "value"}',
} as const;

/** The entries of a JSON text, comments allowed. */
export function jsonEntries(text: string, file: string): FileEntries {
  const { root, problems } = parseJson(text, file);
  if (root === undefined) return { entries: [], problems };
  if (root.kind !== "object") {
    return { entries: [], problems: [...problems, { severity: "error", ...root.at, ...NO_OBJECT }] };
  }
  const entries = [...root.members].map(([key, { keyAt, value }]) => ({
    key,
    keyAt,
    at: value.at,
    text: value.kind === "scalar" && typeof value.value === "string" ? value.value : undefined,
  }));
  return { entries, problems };
}
