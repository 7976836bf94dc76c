import { UserError } from "../model/error.ts";
import { shellWord } from "../render/escape.ts";

/** Flags that mean everything when they stand alone: `--delete` is `--delete=/**`. */
const GLOB_FLAGS = ["--delete", "--regenerate"];

/**
 * GNU spelling for what people type: Terraform's single-dash long options become double-dash ones, and a flag
 * with an optional glob gets the glob that it stands for, so that it never swallows the word behind it. `help plan` is
 * `plan --help`.
 * @throws UserError for such a flag with a name or a glob behind it, which was meant for it
 */
export function normalizeArguments(argv: readonly string[]): string[] {
  if (argv[0] === "help") return [...normalizeArguments(argv.slice(1)), "--help"];
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const words = options.map(normalize);
  words.forEach((word, index) => {
    const flag = GLOB_FLAGS.find((each) => word === `${each}=/**`);
    const glob = words[index + 1];
    if (flag !== undefined && options[index] !== word && glob?.startsWith("/")) throw glued(flag, glob);
  });
  return [...words, ...rest];
}

function glued(flag: string, glob: string): UserError {
  const word = shellWord(glob);
  return new UserError(`${flag} takes its glob after "="`, {
    hint: `write ${flag}=${word ?? "'/app/**'"}`,
  });
}

function normalize(word: string): string {
  const long = /^-[A-Za-z][A-Za-z-]+(=|$)/.test(word) ? `-${word}` : word;
  return GLOB_FLAGS.includes(long) ? `${long}=/**` : long;
}
