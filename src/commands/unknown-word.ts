import { closestWord } from "../config/closest-word.ts";
import { UserError } from "../model/error.ts";
import { listedOptions, listedVerbs } from "./listed.ts";

/** Fewer characters are the beginning of too much. */
const SHORTEST_BEGUN = 5;
const UNSAID = "(it is not repeated, for it may hold a secret)";

/**
 * What is wrong with normalized words that the parser refused. Suggestions come from what the help lists, and nothing
 * that was typed is repeated but a verb that is one. `undefined` where every word may stand here.
 */
export async function unknownWord(
  words: readonly string[],
  helpOf: (verbs: readonly string[]) => Promise<string>,
): Promise<UserError | undefined> {
  const path: string[] = [];
  let help = await helpOf([]);
  for (const word of words) {
    const verbs = listedVerbs(help, path);
    if (word.startsWith("-") || verbs.length === 0) break;
    if (!verbs.includes(word)) {
      const hint = suggestion(word, verbs, `${helpCommand(path)} lists the commands`);
      return new UserError(`this command is not known ${UNSAID}`, { hint });
    }
    path.push(word);
    help = await helpOf(path);
  }
  const options = listedOptions(help);
  const option = words.filter((word) => word.startsWith("-")).find((word) => !isOption(word, options));
  if (option === undefined) return undefined;
  const hint = suggestion(nameOf(option), options, `${helpCommand(path)} lists the options`);
  return new UserError(`an option is not known here ${UNSAID}`, { hint });
}

/** One word too many behind `verb`. */
export function wordTooMany(verb: string | undefined, words: readonly string[]): UserError {
  if (verb === "put") {
    return new UserError("a value is never given on the command line", {
      hint: "type it at the prompt, or give it by --file or on standard input; what was typed may stand in the shell's history",
    });
  }
  const help = `${helpCommand(verb === undefined ? [] : [verb])} shows what may stand here`;
  const named = words.some((word) => /^--env(=|$)/.test(word));
  return new UserError(`a word is not known here ${UNSAID}`, {
    hint: named ? help : `an environment is named by --env ENV; ${help}`,
  });
}

/** How the help of a command is asked for. */
export function helpCommand(verbs: readonly string[]): string {
  return ["paraform", ...verbs, "--help"].join(" ");
}

function suggestion(word: string, candidates: readonly string[], otherwise: string): string {
  const closest = closestWord(word, candidates) ?? longerOrShorter(word, candidates);
  return closest === undefined ? otherwise : `did you mean ${closest}? ${otherwise}`;
}

/** The one that `word` begins with, as `--environment` does with `--env`, or that alone begins with it. */
function longerOrShorter(word: string, candidates: readonly string[]): string | undefined {
  const [longest] = candidates
    .filter((candidate) => candidate.length >= SHORTEST_BEGUN && word.startsWith(candidate))
    .sort((one, other) => other.length - one.length);
  if (longest !== undefined) return longest;
  const begun = candidates.filter((candidate) => candidate.startsWith(word));
  return word.length >= SHORTEST_BEGUN && begun.length === 1 ? begun[0] : undefined;
}

function nameOf(word: string): string {
  return word.replace(/=.*$/s, "");
}

function isOption(word: string, options: readonly string[]): boolean {
  const name = nameOf(word);
  return name === "-h" || options.includes(name) || options.includes(name.replace(/^--no-/, "--"));
}
