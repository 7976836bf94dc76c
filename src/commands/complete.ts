import { resolve } from "node:path";
import { environmentsIn } from "../config/environments.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { Host } from "./host.ts";
import { listedChoices, listedOptions, listedVerbs } from "./listed.ts";

/** Verbs whose arguments are environments, and those whose arguments are parameters. */
const OF_ENVIRONMENTS = ["compare"];
const OF_NAMES = ["put", "get", "share", "explain", "history", "rollback"];
/** Not --delete: what it is for is declared nowhere. */
const OF_GLOBS = ["--target", "--exclude", "--regenerate"];

/**
 * Prints what may stand where a person pressed Tab, one candidate a line: verbs, options and choices as the help lists
 * them, environments and parameters from the configs, without a call to AWS. Configs that do not compile have nothing to
 * offer. After `--flag=` a candidate is the whole word, but in bash, which takes `=` for a word of its own, what follows it.
 */
export async function completeWords(
  host: Host,
  split: readonly string[],
  helpOf: (words: readonly string[]) => Promise<string>,
): Promise<ExitCode> {
  const words = joinAtEquals(split);
  const [verb = "", word = ""] = [words[0], words.at(-1)];
  const assigned = /^(--[\w-]+)=/.exec(word)?.[1];
  const configs = resolve(
    host.cwd,
    wordAfter(words, "--chdir") ?? ".",
    wordAfter(words, "--configs") ?? "configs",
  );
  const helpOfVerb = () => helpOf(words.slice(0, verb === "import" && words.length > 2 ? 2 : 1));
  const valuesOf = async (flag: string): Promise<readonly string[]> => {
    if (flag === "--env") return environmentsIn(configs);
    if (OF_GLOBS.includes(flag)) return namesOf(host, words);
    return flag.startsWith("--") ? listedChoices(await helpOfVerb(), flag) : [];
  };
  const candidates = async (): Promise<readonly string[]> => {
    if (words.length < 2) return listedVerbs(await helpOf([]));
    if (assigned !== undefined) return (await valuesOf(assigned)).map((value) => `${assigned}=${value}`);
    const values = await valuesOf(words.at(-2) ?? "");
    if (values.length > 0) return values;
    if (word.startsWith("-")) return listedOptions(await helpOfVerb());
    if (OF_ENVIRONMENTS.includes(verb)) return environmentsIn(configs);
    if (OF_NAMES.includes(verb)) return namesOf(host, words);
    if (words.length > 2) return [];
    return verb === "import"
      ? listedVerbs(await helpOf([verb]), [verb])
      : listedChoices(await helpOf([verb]));
  };
  const found = (await candidates()).filter((candidate) => candidate.startsWith(word));
  const isSplit = assigned !== undefined && split.at(-1) !== word;
  const shown = isSplit ? found.map((candidate) => candidate.slice(assigned.length + 1)) : found;
  host.print(shown.map((candidate) => `${candidate}\n`).join(""));
  return EXIT.done;
}

/** `--env`, `=`, `dev` is how bash hands over `--env=dev`. */
function joinAtEquals(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const [index, word] of words.entries()) {
    const last = joined.at(-1) ?? "";
    const isOneWord = last.startsWith("--") && (word === "=" || words[index - 1] === "=");
    if (isOneWord) joined.splice(-1, 1, last + word);
    else joined.push(word);
  }
  return joined;
}

async function namesOf(host: Host, words: readonly string[]): Promise<readonly string[]> {
  const env = wordAfter(words, "--env");
  if (env === undefined) return [];
  const { compileEnvironment } = await import("./session.ts");
  try {
    const place = {
      env,
      configs: wordAfter(words, "--configs") ?? "configs",
      chdir: wordAfter(words, "--chdir"),
    };
    return [...compileEnvironment(host, place).graph.parameters.keys()].sort();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
}

function wordAfter(words: readonly string[], flag: string): string | undefined {
  const index = words.indexOf(flag);
  return index === -1
    ? words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1)
    : words[index + 1];
}
