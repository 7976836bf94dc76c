import type { Origin } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import type { FileEntries, FileEntry } from "./json-entries.ts";

const BLANK = /(?:[ \t]*(?:#[^\n]*)?\r?\n)+/y;
const KEY = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/y;
const SINGLE_QUOTED = /'([^']*)'/y;
const DOUBLE_QUOTED = /"((?:[^"\\]|\\[nrt"\\$])*)"/y;
const BARE = /[^\n]*/y;
const END_OF_LINE = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * The entries of lines `KEY=value`, with or without `export`. A value in single quotes is taken as it stands, over
 * several lines too; one in double quotes knows \n \r \t \" \\ \$; a bare one ends before ` #` and is trimmed.
 * A line may end in CRLF; within quotes that is part of the value like any other character.
 * Nothing is expanded: dialects differ in that, and a password may hold a dollar sign.
 */
export function dotenvEntries(source: string, file: string): FileEntries {
  const text = source.replace(/^\uFEFF/, "");
  const entries = new Map<string, FileEntry>();
  const problems: Problem[] = [];
  let offset = 0;
  let counted = 0;
  let line = 1;

  function here(): Origin {
    for (; counted < offset; counted += 1) if (text[counted] === "\n") line += 1;
    return { file, line, column: offset - text.lastIndexOf("\n", offset - 1) };
  }

  function take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = offset;
    const match = expression.exec(text) ?? undefined;
    if (match !== undefined) offset = expression.lastIndex;
    return match;
  }

  function takeValue(): string | undefined {
    const single = take(SINGLE_QUOTED);
    if (single !== undefined) return single[1];
    const double = take(DOUBLE_QUOTED);
    if (double !== undefined)
      return double[1]?.replaceAll(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
    if (text[offset] === "'" || text[offset] === '"') return undefined;
    const bare = take(BARE)?.[0].replace(/\r$/, "") ?? "";
    return bare.replace(/(^|[ \t]+)#.*$/, "").trimEnd();
  }

  while (offset < text.length) {
    if (take(BLANK) !== undefined) continue;
    if (take(END_OF_LINE) !== undefined) continue;
    const keyAt = here();
    const key = take(KEY)?.[1];
    const at = here();
    const value = key === undefined ? undefined : takeValue();
    if (key === undefined || value === undefined || take(END_OF_LINE) === undefined) {
      problems.push({ severity: "error", ...(key === undefined ? keyAt : at), ...fault(key, value) });
      return { entries: [...entries.values()], problems };
    }
    const first = entries.get(key);
    if (first === undefined) entries.set(key, { key, keyAt, at, text: value });
    else {
      const summary = `a variable is set twice, first on line ${first.keyAt.line}`;
      problems.push({ severity: "error", ...keyAt, summary, hint: "keep one of them" });
    }
  }
  return { entries: [...entries.values()], problems };
}

function fault(key: string | undefined, value: string | undefined): { summary: string; hint: string } {
  if (key === undefined) return { summary: "a line is no KEY=value", hint: "begin a comment with #" };
  if (value === undefined) {
    const hint = "in double quotes a backslash is written \\\\; in single quotes all but the quote is itself";
    return { summary: "a quoted value has no end, or an unknown escape", hint };
  }
  return { summary: "something follows a quoted value", hint: "end the line after the closing quote" };
}
