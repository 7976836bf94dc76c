/** Flags that mean everything when they stand alone: `--delete` is `--delete=/**`. */
const GLOB_FLAGS = ["--delete", "--regenerate"];

/**
 * GNU spelling for what people type: Terraform's single-dash long options become double-dash ones, and a flag
 * with an optional glob gets the glob that it stands for, so that it never swallows the word behind it.
 */
export function normalizeArguments(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  return [...options.map(normalize), ...rest];
}

function normalize(word: string): string {
  const long = /^-[A-Za-z][A-Za-z-]+(=|$)/.test(word) ? `-${word}` : word;
  return GLOB_FLAGS.includes(long) ? `${long}=/**` : long;
}
