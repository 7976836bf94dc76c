/**
 * What a terminal, a pipeline's log or the eye could take for something else: control characters, invisible and
 * direction-changing characters, line and paragraph separators, halves of surrogate pairs; and what begins a
 * workflow command in a log, `::` at the start of a line (GitHub), `##[` and `##vso[` anywhere (GitHub, Azure).
 */
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]|:(?<=^\s*:)|(?<=#)#(?=\[|vso\[)/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/**
 * A string that somebody else wrote (a name, an owner, a user, a message) for one line of a terminal:
 * it can neither end the line, nor move the cursor, nor reorder what stands beside it.
 */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The same between double quotes, with quotes and backslashes escaped: two different texts never look alike. */
export function quoteText(text: string): string {
  return `"${escapeText(text.replace(/["\\]/g, "\\$&"))}"`;
}

/** How a format sets apart what somebody else wrote: `escapeText` for a terminal, a code span, an element. */
export type Foreign = (text: string) => string;

/** A word for a POSIX shell, quoted where it must be; `undefined` where no line of text can carry it. */
export function shellWord(text: string): string | undefined {
  if (escapeText(text) !== text) return undefined;
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
