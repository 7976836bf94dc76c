import { resolve } from "node:path";
import type { Argv } from "yargs";
import { ENVIRONMENT_NAME } from "../config/environment-name.ts";
import { UserError } from "../model/error.ts";
import type { Host } from "./host.ts";

/** Options of every importer that needs no store. */
export interface ImportOptions {
  readonly env: string;
  readonly out: string;
  readonly chdir: string | undefined;
  readonly force: boolean;
}

const text = (describe: string) => ({ type: "string", describe, requiresArg: true }) as const;

export function importOptions<T>(yargs: Argv<T>) {
  return forceOption(
    yargs
      .option("env", { ...text("The environment, a folder of --out"), demandOption: true })
      .option("out", { ...text("Folder of the environments"), default: "configs" })
      .option("chdir", text("Work in this folder")),
  );
}

export function forceOption<T>(yargs: Argv<T>) {
  return yargs.option("force", {
    type: "boolean",
    default: false,
    describe: "Overwrite files of an earlier import",
  });
}

/** Where an importer works: all paths absolute, the environment a fit name. @throws UserError */
export function importPlace(host: Host, { env, out, chdir }: Omit<ImportOptions, "force">) {
  if (!ENVIRONMENT_NAME.test(env))
    throw new UserError("--env is no name of an environment", {
      hint: "a name has letters, digits and _ . -",
    });
  const cwd = resolve(host.cwd, chdir ?? ".");
  return { environment: env, cwd, configs: resolve(cwd, out) };
}

/** A prefix of names without its last slash. @throws UserError */
export async function namePrefix(flag: string, given: string): Promise<string> {
  const { prefixProblem } = await import("../import/secret-name.ts");
  const prefix = given.replace(/\/$/, "");
  const problem = prefixProblem(prefix);
  if (problem === undefined) return prefix;
  throw new UserError(`${flag} is no prefix of names: ${problem}`, { hint: "write it as /phalanx/dev" });
}
