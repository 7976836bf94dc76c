/**
 * A word of another system as a segment of a name: every character that Parameter Store refuses becomes `_` and the
 * hex digits of its UTF-8 bytes, so that `tls@key` is `tls_40key`.
 */
export function segmentOf(text: string): string {
  const refused = /^\.{1,2}$/.test(text) ? /\./g : /[^A-Za-z0-9_.-]/gu;
  return text.replaceAll(refused, (character) =>
    Array.from(Buffer.from(character, "utf8"), (byte) => `_${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}
