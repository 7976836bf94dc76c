import { Composer, type CST, type Document, isMap, isScalar, LineCounter, type Pair } from "yaml";
import type { Origin } from "../config/origin.ts";
import { DEEPEST_YAML, yamlTokens } from "../config/yaml-tokens.ts";
import type { Problem } from "../model/problem.ts";
import { type FileEntries, type FileEntry, NO_OBJECT } from "./json-entries.ts";

/**
 * The entries of a YAML 1.2 text. Aliases are not followed, and a tag other than `!!str` makes a value no string:
 * what a tag stands for (a vault's cipher text, say) is not the value.
 */
export function yamlEntries(text: string, file: string): FileEntries {
  const lines = new LineCounter();
  const placeOf = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fail = (at: Origin, summary: string, hint: string): FileEntries => ({
    entries: [],
    problems: [{ severity: "error", ...at, summary, hint }],
  });

  const tokens = yamlTokens(text, lines);
  if (tokens === undefined)
    return fail({ file, line: 1, column: 1 }, `nested deeper than ${DEEPEST_YAML} levels`, NO_OBJECT.hint);
  const [parsed, second] = compose(tokens, text.length);
  const [syntaxError] = parsed?.errors ?? [];
  if (syntaxError !== undefined) {
    const hint = "put names and values in double quotes, one entry on each line";
    return fail(placeOf(syntaxError.pos[0]), `not YAML (${syntaxError.code})`, hint);
  }
  if (second !== undefined) {
    return fail(placeOf(second.range[0]), "a second document begins here", "keep one document in the file");
  }
  const root = parsed?.contents;
  if (!isMap(root)) return fail(placeOf(root?.range?.[0] ?? 0), NO_OBJECT.summary, NO_OBJECT.hint);

  const entries = new Map<string, FileEntry>();
  const problems: Problem[] = [];
  for (const pair of root.items) {
    const entry = entryOf(pair, placeOf);
    const first = entries.get(entry.key);
    if (first === undefined) entries.set(entry.key, entry);
    else {
      const summary = `a key stands twice in one object, first on line ${first.keyAt.line}`;
      problems.push({ severity: "error", ...entry.keyAt, summary, hint: "keep one of them" });
    }
  }
  return { entries: [...entries.values()], problems };
}

/** The parser's own look for repeated keys takes quadratic time, so it is left to the caller. */
function compose(tokens: readonly CST.Token[], length: number): Document.Parsed[] {
  return [...new Composer({ prettyErrors: false, uniqueKeys: false }).compose(tokens, true, length)];
}

function entryOf({ key, value }: Pair, placeOf: (offset: number) => Origin): FileEntry {
  const keyAt = placeOf(startOf(key) ?? 0);
  const at = placeOf(startOf(value) ?? startOf(key) ?? 0);
  const name = isScalar(key) && typeof key.value === "string" ? key.value : "";
  return { key: name, keyAt, at, text: textOf(value) };
}

function textOf(value: unknown): string | undefined {
  if (!isScalar(value) || typeof value.value !== "string") return undefined;
  return value.tag === undefined || value.tag === "tag:yaml.org,2002:str" ? value.value : undefined;
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : undefined;
}
