import type { ParameterName } from "../model/name.ts";
import type { Encoding, Rule } from "../model/rule.ts";
import { Secret } from "../model/secret.ts";

/**
 * The value of a copy or merge from the values of its inputs; `undefined` as long as one of them is unknown.
 * Both are pure, so a plan can tell the digest of what an apply will write.
 */
export function combine(
  rule: Rule & { kind: "copy" | "merge" },
  inputValue: (name: ParameterName) => Secret | undefined,
): Secret | undefined {
  if (rule.kind === "copy") return inputValue(rule.source);
  const texts: string[] = [];
  for (const part of rule.parts) {
    if (part.kind === "literal") {
      texts.push(part.text);
      continue;
    }
    const value = inputValue(part.name);
    if (value === undefined) return undefined;
    texts.push(encode(value.expose(), part.encoding));
  }
  return new Secret(texts.join(""));
}

function encode(text: string, encoding: Encoding): string {
  switch (encoding) {
    case "none":
      return text;
    case "uri":
      return quotePlus(text);
    case "rfc3986":
      return percent(text, /[^A-Za-z0-9_.~-]/gu);
    case "base64":
      return Buffer.from(text, "utf8").toString("base64");
    case "json":
      return JSON.stringify(text);
  }
}

/** Python's `urllib.parse.quote_plus`, byte for byte, as Figgy's `:uri` writes it: a space becomes `+`. */
function quotePlus(text: string): string {
  return percent(text, /[^A-Za-z0-9_.~ -]/gu).replaceAll(" ", "+");
}

function percent(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (character) =>
    Array.from(
      Buffer.from(character, "utf8"),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}
