const ITEM = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const ESCAPED = new Map(Object.entries(ESCAPES).map(([letter, character]) => [character, `\\${letter}`]));
/** What `str.isprintable` says no to, the space aside (Python's library reference, "Text Sequence Type"). */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;

/** A Python list of texts as `repr` writes it. */
export function pythonList(items: readonly string[]): string {
  return `[${items.map(pythonString).join(", ")}]`;
}

function pythonString(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll(UNPRINTABLE, escapeOf);
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = (digits: number) => code.toString(16).padStart(digits, "0");
  const numbered = code <= 0xff ? `\\x${hex(2)}` : code <= 0xffff ? `\\u${hex(4)}` : `\\U${hex(8)}`;
  return ESCAPED.get(character) ?? numbered;
}

/** The items of a Python list of texts, as `repr` writes one; `undefined` for anything else. */
export function parsePythonList(text: string): string[] | undefined {
  if (!text.startsWith("[") || !text.endsWith("]")) return undefined;
  const items: string[] = [];
  for (let at = 1; ; ) {
    ITEM.lastIndex = at;
    const match = ITEM.exec(text);
    if (match === null) return undefined;
    items.push(plainText(match[1] ?? match[2] ?? ""));
    if (ITEM.lastIndex === text.length - 1) return items;
    if (!text.startsWith(", ", ITEM.lastIndex)) return undefined;
    at = ITEM.lastIndex + 2;
  }
}

function plainText(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs,
    (_, byte?: string, short?: string, long?: string, character = "") => {
      const code = Number.parseInt(byte ?? short ?? long ?? "", 16);
      if (Number.isNaN(code)) return ESCAPES[character] ?? character;
      return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}
