import { type FileEntries, NO_OBJECT } from "./json-entries.ts";
import { readYaml } from "./yaml-value.ts";

/** The entries of a YAML text. */
export function yamlEntries(text: string, file: string): FileEntries {
  const { root, problems } = readYaml(text, file);
  if (root === undefined) return { entries: [], problems };
  if (root.kind !== "map")
    return { entries: [], problems: [...problems, { severity: "error", ...root.at, ...NO_OBJECT }] };
  const entries = root.members.map(({ key, keyAt, value }) => ({
    key,
    keyAt,
    at: value.at,
    text: value.kind === "text" ? value.text : undefined,
  }));
  return { entries, problems };
}
