import { readFileSync, statSync } from "node:fs";
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, type Scalar, type YAMLMap } from "yaml";
import { showPath, systemCode } from "../config/json-file.ts";
import { errorAt, type Origin } from "../config/origin.ts";
import { DEEPEST_YAML, yamlTokens } from "../config/yaml-tokens.ts";
import type { Problem } from "../model/problem.ts";
import type { YamlMap, YamlMember, YamlNode } from "./yaml-node.ts";

const LARGEST_MIB = 8;
/** Merge keys that are merged into what is merged grow a file's meaning beyond its size. */
const MOST_MERGED = 1_000_000;

/**
 * The mapping that a YAML 1.1 file holds, as PyYAML reads it; an empty file holds an empty one. `undefined` when it
 * could not be read, and then `problems` says why, quoting nothing. Never throws.
 */
export function readYamlFile(absolute: string, cwd: string, problems: Problem[]): YamlMap | undefined {
  const file = showPath(absolute, cwd);
  try {
    return readMapping(readText(absolute, file), file);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push(error.problem);
    return undefined;
  }
}

/** Carries what is wrong with a file out of the recursion; never leaves this file. */
class Refusal extends Error {
  readonly problem: Problem;

  constructor(at: Origin, summary: string, hint?: string) {
    super(summary);
    this.problem = errorAt(at, summary, hint);
  }
}

function readText(absolute: string, file: string): string {
  const top = { file, line: 1, column: 1 };
  let bytes: Buffer;
  try {
    if (statSync(absolute).size > LARGEST_MIB * 2 ** 20)
      throw new Refusal(top, `the file is larger than ${LARGEST_MIB} MiB`);
    bytes = readFileSync(absolute);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(top, `the file cannot be read (${systemCode(error)})`, "check its permissions");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(top, "this is no text in UTF-8");
  }
}

function readMapping(text: string, file: string): YamlMap {
  const lines = new LineCounter();
  const placeOf = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tokens = yamlTokens(text, lines);
  if (tokens === undefined)
    throw new Refusal({ file, line: 1, column: 1 }, `nested deeper than ${DEEPEST_YAML} levels`);
  const composer = new Composer({ version: "1.1", prettyErrors: false, uniqueKeys: false });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document, second] = documents;
  const [syntaxError] = document?.errors ?? [];
  if (syntaxError !== undefined) {
    throw new Refusal(
      placeOf(syntaxError.pos[0]),
      `not YAML (${syntaxError.code})`,
      "Phalanx could not read it either",
    );
  }
  if (second !== undefined)
    throw new Refusal(
      placeOf(second.range[0]),
      "a second document begins here",
      "one file holds one document",
    );
  const root = convert(document?.contents ?? null, placeOf);
  if (root.kind === "map") return root;
  if (root.kind === "scalar" && root.value === null) return { kind: "map", at: root.at, members: new Map() };
  throw new Refusal(root.at, "this is no mapping", "the file maps keys to values");
}

/** Every node is converted once, in the order of the text, which is the order that anchors are defined by. */
function convert(contents: unknown, placeOf: (offset: number) => Origin): YamlNode {
  const anchors = new Map<string, YamlNode | "unfinished">();
  let merged = 0;
  return node(contents);

  function node(written: unknown): YamlNode {
    const at = placeOf(startOf(written));
    if (isAlias(written)) {
      const known = anchors.get(written.source);
      if (known === undefined || known === "unfinished")
        throw new Refusal(at, "an alias stands for nothing, or for what it is a part of");
      return known;
    }
    const anchor = isMap(written) || isSeq(written) || isScalar(written) ? written.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, "unfinished");
    const read = unanchored(written, at);
    if (anchor !== undefined) anchors.set(anchor, read);
    return read;
  }

  function unanchored(written: unknown, at: Origin): YamlNode {
    if (isMap(written)) return { kind: "map", at, members: members(written) };
    if (isSeq(written)) return { kind: "list", at, items: written.items.map(node) };
    return { kind: "scalar", at, value: isScalar(written) ? pythonValue(written) : null };
  }

  /** A repeated key keeps its last value. What merge keys bring along comes first, so that the map's own keys win. */
  function members(map: YAMLMap): ReadonlyMap<unknown, YamlMember> {
    const own: [unknown, YamlMember][] = [];
    const base = new Map<unknown, YamlMember>();
    for (const { key, value } of map.items) {
      const keyNode = node(key);
      const valueNode = node(value);
      if (isScalar(key) && typeof key.value === "symbol") merge(base, valueNode);
      else if (keyNode.kind === "scalar") own.push([keyNode.value, { keyAt: keyNode.at, value: valueNode }]);
      else throw new Refusal(keyNode.at, "a key is no scalar");
    }
    return new Map([...base, ...own]);
  }

  /** Of several mappings in one list the first wins (yaml.org/type/merge.html). */
  function merge(base: Map<unknown, YamlMember>, from: YamlNode): void {
    const sources = from.kind === "list" ? from.items.toReversed() : [from];
    for (const source of sources) {
      if (source.kind !== "map") throw new Refusal(source.at, "a merge key takes mappings");
      merged += source.members.size;
      if (merged > MOST_MERGED)
        throw new Refusal(source.at, "the merge keys of this file multiply without end");
      for (const [key, member] of source.members) base.set(key, member);
    }
  }
}

/**
 * PyYAML resolves less than YAML 1.1 allows: a single letter is no boolean, and a number with an exponent has a dot
 * and a sign (yaml/resolver.py).
 */
function pythonValue(scalar: Scalar): unknown {
  const { value, source = "" } = scalar;
  if (typeof value === "boolean" && /^[yn]$/i.test(source)) return source;
  if (typeof value === "number" && /^[^x]*e/i.test(source) && !/\..*e[-+]/i.test(source)) return source;
  return value;
}

function startOf(node: unknown): number {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : 0;
}
