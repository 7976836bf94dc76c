import { type CST, Lexer, type LineCounter, Parser } from "yaml";

/** How many levels a YAML file may be nested. */
export const DEEPEST_YAML = 64;

/**
 * The tokens of a YAML text, whose lines are told to `lines`; `undefined` where it is nested too deep. Composing recurses,
 * and V8 ends the process when it compiles a regular expression near the end of the stack; tokenizing does not.
 */
export function yamlTokens(text: string, lines: LineCounter): CST.Token[] | undefined {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST_YAML) return undefined;
  }
  tokens.push(...parser.end());
  return tokens;
}
