import { shellWord } from "./escape.ts";

/** A command of paraform as a shell takes it, options behind the words; `...` stands for what no line of text can carry. */
export function commandText(words: readonly string[], options: Readonly<Record<string, string>>): string {
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return ["paraform", ...words, ...given].map((word) => shellWord(word) ?? "...").join(" ");
}
