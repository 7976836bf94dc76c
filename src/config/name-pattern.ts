import { nameProblem } from "../model/name.ts";

const PLACEHOLDER = /\{([A-Za-z]\w{0,31})(\*\*)?\}/g;

/** Says why `text` is no pattern of names; `undefined` when it is one. */
export function patternProblem(text: string): string | undefined {
  if (text.includes("}{")) return "must have something between two placeholders";
  const words = placeholdersOf(text);
  if (new Set(words).size < words.length) return "must have each placeholder once";
  const problem = nameProblem(text.replaceAll(PLACEHOLDER, "x"));
  return problem === undefined ? undefined : "must be a name with placeholders, such as /app/{service}/{key}";
}

/** The words of `{word}` and `{word**}`, in their order. */
export function placeholdersOf(text: string): string[] {
  return Array.from(text.matchAll(PLACEHOLDER), ([, word = ""]) => word);
}

/**
 * A matcher of whole names: `{word}` stands for a segment or a part of one, `{word**}` for one segment or several.
 * It gives what stands in the place of each word, or `undefined` where the name is another one.
 */
export function compilePattern(
  pattern: string,
): (name: string) => Readonly<Record<string, string>> | undefined {
  const source = pattern
    .replaceAll(".", "\\.")
    .replaceAll(PLACEHOLDER, (_, word: string, deep?: string) =>
      deep === undefined ? `(?<${word}>[^/]+)` : `(?<${word}>.+)`,
    );
  const expression = new RegExp(`^${source}$`);
  return (name) => {
    const match = expression.exec(name);
    return match === null ? undefined : { ...match.groups };
  };
}

/** Puts the words' texts in the place of `{word}`. */
export function fillTemplate(template: string, words: Readonly<Record<string, string>>): string {
  return template.replaceAll(PLACEHOLDER, (_, word: string) => words[word] ?? "");
}

/** Whether no segment of a path is empty, `.` or `..`: an address with one of these means another path than is written. */
export function isPath(text: string): boolean {
  return text.split("/").every((segment) => !/^\.{0,2}$/.test(segment));
}

/** Whether a template's braces are all placeholders of `pattern`. */
export function fitsPattern(template: string, pattern: string): boolean {
  const words = placeholdersOf(pattern);
  const rest = template.replaceAll(/\{(\w+)\}/g, (placeholder, word: string) =>
    words.includes(word) ? "" : placeholder,
  );
  return !/[{}]/.test(rest);
}
