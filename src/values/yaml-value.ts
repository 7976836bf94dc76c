import { Composer, type CST, type Document, isMap, isScalar, LineCounter, type YAMLMap } from "yaml";
import type { Origin } from "../config/origin.ts";
import { DEEPEST_YAML, yamlTokens } from "../config/yaml-tokens.ts";
import type { Problem } from "../model/problem.ts";
import { NO_OBJECT } from "./json-entries.ts";

/** A YAML text that values are read from: mappings of texts; whatever else stands there is only told to be something else. */
export type YamlValue =
  | { readonly kind: "map"; readonly at: Origin; readonly members: readonly YamlMember[] }
  | { readonly kind: "text"; readonly at: Origin; readonly text: string }
  | { readonly kind: "nothing" | "other"; readonly at: Origin };

/** `key` is `""` for one that is no text. No key stands twice in one mapping. */
export interface YamlMember {
  readonly key: string;
  readonly keyAt: Origin;
  readonly value: YamlValue;
}

/**
 * Reads a YAML 1.2 text. Aliases are not followed, and a tag other than `!!str` makes a value no string: what a tag
 * stands for (a vault's cipher text, say) is not the value. Without a `root` the problems say why.
 */
export function readYaml(text: string, file: string): { root?: YamlValue; problems: readonly Problem[] } {
  const lines = new LineCounter();
  const placeOf = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = [];
  const fail = (at: Origin, summary: string, hint: string) => ({
    problems: [{ severity: "error" as const, ...at, summary, hint }],
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
  if (second !== undefined)
    return fail(placeOf(second.range[0]), "a second document begins here", "keep one document in the file");
  const root = parsed?.contents;
  return { root: readNode(root, placeOf(startOf(root) ?? 0)), problems };

  function readNode(node: unknown, at: Origin): YamlValue {
    if (isMap(node)) return { kind: "map", at, members: membersOf(node) };
    if (node === null || node === undefined) return { kind: "nothing", at };
    if (!isScalar(node)) return { kind: "other", at };
    if (node.value === null) return { kind: "nothing", at };
    const isText =
      typeof node.value === "string" && (node.tag === undefined || node.tag === "tag:yaml.org,2002:str");
    return isText ? { kind: "text", at, text: String(node.value) } : { kind: "other", at };
  }

  function membersOf(map: YAMLMap): readonly YamlMember[] {
    const members = new Map<string, YamlMember>();
    for (const { key, value } of map.items) {
      const keyAt = placeOf(startOf(key) ?? 0);
      const name = isScalar(key) && typeof key.value === "string" ? key.value : "";
      const first = members.get(name);
      if (first === undefined) {
        const at = placeOf(startOf(value) ?? startOf(key) ?? 0);
        members.set(name, { key: name, keyAt, value: readNode(value, at) });
      } else {
        const summary = `a key stands twice in one object, first on line ${first.keyAt.line}`;
        problems.push({ severity: "error", ...keyAt, summary, hint: "keep one of them" });
      }
    }
    return [...members.values()];
  }
}

/** The parser's own look for repeated keys takes quadratic time, so it is left to the caller. */
function compose(tokens: readonly CST.Token[], length: number): Document.Parsed[] {
  return [...new Composer({ prettyErrors: false, uniqueKeys: false }).compose(tokens, true, length)];
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : undefined;
}
