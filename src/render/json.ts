/** Beyond what JSON itself escapes: characters that a terminal, an editor or a pipeline's log acts on. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=#)#(?=\[|vso\[)/gu;

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}

/**
 * A document for `--format json`: two-space indent, keys in the document's own order, a final newline.
 * Invisible and control characters are escaped, which no JSON reader notices.
 * @throws TypeError for a document that holds a `Secret`
 */
export function renderJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2).replace(UNSAFE, escapeUnits)}\n`;
}

/** The same document as one line, for streams of JSON lines. @throws TypeError for a document that holds a `Secret` */
export function renderJsonLine(document: unknown): string {
  return `${JSON.stringify(document).replace(UNSAFE, escapeUnits)}\n`;
}
