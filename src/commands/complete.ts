import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { ENVIRONMENT_NAME } from "../config/environment-name.ts";
import { isFile } from "../config/json-file.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { Host } from "./host.ts";

/** Verbs whose arguments are environments, and those whose argument is a parameter. */
const OF_ENVIRONMENTS = ["compare"];
const OF_NAMES = ["put", "explain", "history", "rollback"];
const OF_GLOBS = ["--target", "--exclude"];

/**
 * Prints what may stand where a person pressed Tab, one candidate a line: verbs and options as the help lists them,
 * environments and parameters from the configs, without a call to AWS. Configs that do not compile have nothing to offer.
 */
export async function completeWords(
  host: Host,
  words: readonly string[],
  helpOf: (words: readonly string[]) => Promise<string>,
): Promise<ExitCode> {
  const [verb = "", before = "", word = ""] = [words[0], words.at(-2), words.at(-1)];
  const configs = resolve(
    host.cwd,
    wordAfter(words, "--chdir") ?? ".",
    wordAfter(words, "--configs") ?? "configs",
  );
  const candidates = async (): Promise<readonly string[]> => {
    if (words.length < 2) return listedIn(await helpOf([]), /^ {2}paraform ([\w-]+)/gm);
    if (before === "--env") return environmentsIn(configs);
    if (OF_GLOBS.includes(before)) return namesOf(host, words);
    if (word.startsWith("-")) return listedIn(await helpOf([verb]), /^ +(?:-\w, )?(--[\w-]+)/gm);
    if (OF_ENVIRONMENTS.includes(verb)) return environmentsIn(configs);
    return OF_NAMES.includes(verb) ? namesOf(host, words) : [];
  };
  const found = (await candidates()).filter((candidate) => candidate.startsWith(word));
  host.print(found.map((candidate) => `${candidate}\n`).join(""));
  return EXIT.done;
}

function listedIn(help: string, item: RegExp): readonly string[] {
  return [...help.matchAll(item)].flatMap(([, name]) => name ?? []);
}

function environmentsIn(folder: string): readonly string[] {
  try {
    return (
      readdirSync(folder)
        // A shell reads what is completed: a folder of any other name could be a command to it.
        .filter((name) => ENVIRONMENT_NAME.test(name) && isFile(join(folder, name, ENVIRONMENT_FILE)))
        .sort()
    );
  } catch {
    return [];
  }
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
