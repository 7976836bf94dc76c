/**
 * The last check before anything leaves the process: the text of every secret that this process has held,
 * also as JSON, base64 and URL encoding spell it, is replaced. It is a net under the type `Secret`, which
 * is what keeps secrets out of texts in the first place.
 */

/** Shorter secrets are too likely to be part of an innocent word (SPEC §8). */
const SHORTEST_BYTES = 8;
/** Eight bytes of UTF-8 are three UTF-16 units at least. */
const WINDOW = 3;

const REPLACEMENT = "(sensitive value)";

const known = new Set<string>();
/** How long the known spellings are that begin with the same window, the longest first: many secrets share a beginning. */
const lengthsByWindow = new Map<number, readonly number[]>();

const published = new Set<string>();
const verdicts = new Map<string, boolean>();
let haystack: string | undefined;

/** Makes `text` a known secret, in every spelling. */
export function rememberSecret(text: string): void {
  if (known.has(text) || Buffer.byteLength(text, "utf8") < SHORTEST_BYTES) return;
  for (const spelling of spellings(text)) {
    known.add(spelling);
    const window = windowAt(spelling, 0);
    const lengths = lengthsByWindow.get(window) ?? [];
    if (lengths.includes(spelling.length)) continue;
    lengthsByWindow.set(
      window,
      [...lengths, spelling.length].sort((one, other) => other - one),
    );
  }
}

/**
 * Lets `texts` pass as they are, and so every secret that is part of one: it cannot be told from it, and to
 * black it out would damage what is public and tell everybody what the secret is.
 */
export function publish(texts: Iterable<string>): void {
  for (const text of texts) {
    published.add(text);
    published.add(jsonSpelling(text));
  }
  haystack = undefined;
  verdicts.clear();
}

/** `text` without the bytes of any known secret. */
export function redact(text: string): string {
  if (known.size === 0) return text;
  let result = "";
  let copied = 0;
  for (let at = 0; at + WINDOW <= text.length; at += 1) {
    const secret = secretAt(text, at);
    if (secret === undefined) continue;
    result += text.slice(copied, at) + REPLACEMENT;
    copied = at + secret.length;
    at = copied - 1;
  }
  return result + text.slice(copied);
}

/** JSON, `value`, without the bytes of any known secret in its texts. */
export function withoutSecrets<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) =>
    typeof member === "string" ? redact(member) : member,
  ) as T;
}

function secretAt(text: string, at: number): string | undefined {
  for (const length of lengthsByWindow.get(windowAt(text, at)) ?? []) {
    const candidate = text.slice(at, at + length);
    if (known.has(candidate) && !isPublic(candidate)) return candidate;
  }
  return undefined;
}

function isPublic(secret: string): boolean {
  let verdict = verdicts.get(secret);
  if (verdict === undefined) {
    haystack ??= [...published].join("\n\n");
    verdict = haystack.includes(secret);
    verdicts.set(secret, verdict);
  }
  return verdict;
}

function spellings(text: string): readonly string[] {
  const bytes = Buffer.from(text, "utf8");
  const wellFormed = bytes.toString("utf8");
  return [
    text,
    jsonSpelling(text),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    encodeURIComponent(wellFormed),
  ];
}

function jsonSpelling(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function windowAt(text: string, at: number): number {
  return (text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1)) * 65_536 + text.charCodeAt(at + 2);
}
