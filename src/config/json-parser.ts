import { createScanner, type JSONScanner, type SyntaxKind } from "jsonc-parser";
import type { Problem } from "../model/problem.ts";
import { type JsonNode, type ObjectNode, showKey } from "./json-node.ts";
import { errorAt, type Origin, showPlace } from "./origin.ts";

const DEEPEST = 64;

/** jsonc-parser's SyntaxKind, a const enum, which isolated modules cannot import. */
const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  trivia: 15,
  unknown: 16,
  end: 17,
} as const satisfies Record<string, SyntaxKind>;

/** The remedy where one source was given two destinations by writing its key twice. */
export const FAN_OUT_HINT =
  'a source with several destinations has a list: "/source": ["/app/a/x", "/app/b/x"]';

/**
 * Reads JSON with comments; trailing commas are refused, as other readers of these files refuse them.
 * The tree is absent after a syntax error, which is the only one of its file; repeated keys leave the tree whole.
 */
export function parseJson(text: string, file: string): { root?: JsonNode; problems: Problem[] } {
  const problems: Problem[] = [];
  try {
    return { root: parseDocument(createScanner(text, false), file, problems), problems };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { problems: [...problems, error.problem] };
  }
}

/** Carries the one syntax error out of the recursion; never leaves this file. */
class SyntaxProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.summary);
    this.problem = problem;
  }
}

function parseDocument(scanner: JSONScanner, file: string, problems: Problem[]): JsonNode {
  const here = (): Origin => ({
    file,
    line: scanner.getTokenStartLine() + 1,
    column: scanner.getTokenStartCharacter() + 1,
  });

  function refuse(summary: string, hint?: string): never {
    throw new SyntaxProblem(errorAt(here(), summary, hint));
  }

  function next(): SyntaxKind {
    for (;;) {
      const token = scanner.scan();
      const fault = SCAN_FAULTS[scanner.getTokenError()];
      if (fault !== undefined) refuse(...fault);
      switch (token) {
        case TOKEN.trivia:
        case TOKEN.lineBreak:
        case TOKEN.lineComment:
        case TOKEN.blockComment:
          continue;
        case TOKEN.unknown:
          return refuse("not JSON", "strings and keys stand in double quotes");
        default:
          return token;
      }
    }
  }

  /** `within` is the key whose value this is. */
  function parseValue(token: SyntaxKind, depth: number, within?: string): JsonNode {
    const at = here();
    switch (token) {
      case TOKEN.openBrace:
        return parseObject(at, depth + 1, within);
      case TOKEN.openBracket:
        return parseArray(at, depth + 1);
      case TOKEN.string:
        return { kind: "scalar", at, value: text() };
      case TOKEN.number:
        return { kind: "scalar", at, value: Number(scanner.getTokenValue()) };
      case TOKEN.true:
        return { kind: "scalar", at, value: true };
      case TOKEN.false:
        return { kind: "scalar", at, value: false };
      case TOKEN.null:
        return { kind: "scalar", at, value: null };
      case TOKEN.end:
        return refuse("the file ends where a value was expected");
      default:
        return refuse("not JSON: a value was expected here");
    }
  }

  /** The text of a string token. A lone surrogate could not be written as UTF-8 without silently becoming another character. */
  function text(): string {
    const value = scanner.getTokenValue();
    const escaped = scanner.getTokenLength() !== value.length + 2;
    if (escaped && /[\uD800-\uDFFF]/u.test(value))
      refuse("a string holds half of a character", "mend its \\u escape");
    return value;
  }

  function deepen(depth: number): void {
    if (depth > DEEPEST) refuse(`nested deeper than ${DEEPEST} levels`);
  }

  function parseArray(at: Origin, depth: number): JsonNode {
    deepen(depth);
    const items: JsonNode[] = [];
    let token = next();
    while (token !== TOKEN.closeBracket) {
      items.push(parseValue(token, depth));
      token = afterItem(TOKEN.closeBracket, "]");
    }
    return { kind: "array", at, items };
  }

  function parseObject(at: Origin, depth: number, within: string | undefined): ObjectNode {
    deepen(depth);
    const members = new Map<string, { keyAt: Origin; value: JsonNode }>();
    const repeated: { key: string; keyAt: Origin }[] = [];
    let token = next();
    while (token !== TOKEN.closeBrace) {
      if (token !== TOKEN.string) refuse("not JSON: a key in double quotes was expected here");
      const keyAt = here();
      const key = text();
      if (next() !== TOKEN.colon) refuse("not JSON: a colon was expected after the key");
      const value = parseValue(next(), depth, key);
      // Other readers of the same file, and zod, drop this key in silence.
      if (key === "__proto__") problems.push(errorAt(keyAt, 'the key "__proto__" is refused', "remove it"));
      else if (members.has(key)) repeated.push({ key, keyAt });
      else members.set(key, { keyAt, value });
      token = afterItem(TOKEN.closeBrace, "}");
    }
    for (const { key, keyAt } of repeated) {
      const first = members.get(key)?.keyAt ?? keyAt;
      problems.push(
        errorAt(
          keyAt,
          `${showKey(key) ?? "a key"} stands twice in one object, first at ${showPlace(first)}`,
          within === "replicate_figs" ? FAN_OUT_HINT : "keep one of them",
        ),
      );
    }
    return { kind: "object", at, members };
  }

  /** The token after an item: the closing one, or the first of the next item. */
  function afterItem(close: SyntaxKind, shown: string): SyntaxKind {
    const token = next();
    if (token === close) return token;
    if (token === TOKEN.end) refuse(`the file ends where , or ${shown} was expected`);
    if (token !== TOKEN.comma)
      refuse(`not JSON: , or ${shown} was expected here`, "a comma stands between two entries");
    const following = next();
    if (following === close) refuse(`a comma stands before ${shown}`, "remove the trailing comma");
    return following;
  }

  const root = parseValue(next(), 0);
  if (next() !== TOKEN.end) refuse("not JSON: something follows the end of the value");
  return root;
}

/** In the order of jsonc-parser's ScanError: what a token's fault is called here. */
const SCAN_FAULTS: readonly ([summary: string, hint?: string] | undefined)[] = [
  undefined,
  ["a comment has no end", "close it with */"],
  ["a string has no end on its line", "close it with a double quote"],
  ["not JSON: a number is cut short"],
  ["a string holds a broken \\u escape"],
  ["a string holds an unknown escape", "a backslash is written \\\\"],
  ["a string holds a control character", "write it as an escape, such as \\n or \\t"],
];
