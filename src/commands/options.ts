import type { Argv, Options } from "yargs";
import { UserError } from "../model/error.ts";
import { GUARD_NAMES } from "../plan/guards.ts";
import type { PlanInputs } from "../plan/plan.ts";

/** Options that every command with an environment has. */
export interface EnvironmentOptions {
  readonly env: string;
  readonly configs: string;
  readonly chdir: string | undefined;
  readonly endpointUrl: string | undefined;
}

/** What CI is told. */
export interface RunnerOptions {
  readonly githubOutput: boolean;
}

/** Options that shape a plan. */
export interface PlanOptions {
  readonly delete: readonly string[] | undefined;
  readonly regenerate: readonly string[] | undefined;
  readonly target: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly allow: readonly string[] | undefined;
  readonly deep: boolean;
}

export const PLAN_FORMATS = ["human", "markdown", "json", "html"] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];

export const RESULT_FORMATS = ["human", "markdown", "json"] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

const text = (describe: string) => ({ type: "string", describe, requiresArg: true }) as const;

export const DEFAULT_CONFIGS = "configs";

/** Options of what reads configs. */
export function folderOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("configs", { ...text("Folder of the environments"), default: DEFAULT_CONFIGS })
    .option("chdir", text("Work in this folder"));
}

function endpointOption<T>(yargs: Argv<T>) {
  return yargs.option("endpoint-url", text("Serves every AWS call instead of AWS"));
}

/** Options of what names its environments otherwise. */
export function placeOptions<T>(yargs: Argv<T>) {
  return endpointOption(folderOptions(yargs));
}

export function configOptions<T>(yargs: Argv<T>) {
  return folderOptions(
    yargs.option("env", { ...text("The environment, a folder of --configs"), demandOption: true }),
  );
}

/** What another command has to be told, by option, to find the same configs and the same store. */
export function placeGiven({
  chdir,
  configs = DEFAULT_CONFIGS,
  endpointUrl,
}: Partial<Pick<EnvironmentOptions, "chdir" | "configs" | "endpointUrl">>): Record<string, string> {
  return {
    ...(chdir === undefined ? {} : { chdir }),
    ...(configs === DEFAULT_CONFIGS ? {} : { configs }),
    ...(endpointUrl === undefined ? {} : { "endpoint-url": endpointUrl }),
  };
}

export function storeOptions<T>(yargs: Argv<T>) {
  return endpointOption(configOptions(yargs));
}

/** Options of what may be given a saved plan, which names its environment itself. */
export function savedPlanOptions<T>(yargs: Argv<T>) {
  return endpointOption(
    folderOptions(yargs.option("env", text("The environment; a saved plan names its own"))),
  );
}

/** Globs are given as `--delete`, which means everything, or `--delete=GLOB`, as often as wanted. */
export function planOptions<T>(yargs: Argv<T>) {
  const globs = (describe: string): Options & { type: "string"; array: true } => ({
    type: "string",
    array: true,
    nargs: 1,
    describe,
  });
  return yargs
    .option("delete", globs("Delete what is ours and no longer declared [=GLOB]"))
    .option("regenerate", globs("Make generated values anew [=GLOB]"))
    .option("target", globs("Plan only these and what they follow from"))
    .option("exclude", globs("Leave these as they are"))
    .option("allow", globs("GUARD=N: exactly N are meant"))
    .option("deep", {
      type: "boolean",
      default: false,
      describe: "Read and compare every value, trusting no stamp",
    });
}

export function outputOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("format", {
      choices: ["human", "json"] as const,
      default: "human" as const,
      describe: "How to print",
    })
    .option("verbose", { type: "boolean", default: false, describe: "Fold nothing and hide nothing" });
}

export function runnerOption<T>(yargs: Argv<T>) {
  return yargs.option("github-output", {
    type: "boolean",
    default: false,
    describe: "Tell GitHub Actions: outputs, summary, annotations on the config line",
  });
}

const conciseFlag = {
  type: "boolean",
  default: false,
  describe: "One line a change, without its attributes",
} as const;

export function conciseOption<T>(yargs: Argv<T>) {
  return yargs.option("concise", conciseFlag);
}

/** `--json` is Terraform's: a stream of events while it runs, where `--format json` is one document at the end. */
export function eventOption<T>(yargs: Argv<T>) {
  return yargs.option("json", {
    type: "boolean",
    default: false,
    describe: "Print events, a JSON object a line, and nothing else",
  });
}

/** What a plan or a result is also written to. */
export function reportOption<T>(yargs: Argv<T>) {
  return yargs.option("report", {
    type: "string",
    array: true,
    nargs: 1,
    describe: "FORMAT=FILE: write a report beside",
  });
}

/** How a plan is printed, and what it is also written to. */
export function planOutputOptions<T>(yargs: Argv<T>) {
  const printed = yargs
    .option("format", { choices: PLAN_FORMATS, default: "human" as PlanFormat, describe: "How to print" })
    .option("verbose", { type: "boolean", default: false, describe: "Fold nothing and hide nothing" })
    .option("concise", conciseFlag);
  return reportOption(printed);
}

/** The number that `text`, the value of `--flag`, is. @throws UserError for anything but a whole number in the range */
export function wholeNumber(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UserError(`--${flag} takes a whole number`, { hint: `from ${least} to ${most}` });
}

/** A plan of everything, deleting and regenerating nothing. */
export const NO_INPUTS: PlanInputs = { delete: [], regenerate: [], target: [], exclude: [], allow: {} };

/** The plan's inputs from the options. @throws UserError for a glob or guard that is none */
export function planInputs(options: PlanOptions): PlanInputs {
  return {
    delete: globs("delete", options.delete),
    regenerate: globs("regenerate", options.regenerate),
    target: globs("target", options.target),
    exclude: globs("exclude", options.exclude),
    allow: allowances(options.allow ?? []),
  };
}

function globs(flag: string, given: readonly string[] = []): string[] {
  if (given.some((glob) => !glob.startsWith("/"))) {
    throw new UserError(`--${flag} takes a glob over parameter names`, {
      hint: `names begin with a slash, as in --${flag}='/app/**'`,
    });
  }
  return [...new Set(given)].sort();
}

/** `delete=12` for each guard that is acknowledged. @throws UserError */
export function allowances(given: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    given.map((text) => {
      const [, guard, count] = /^([a-z]+)=(\d{1,9})$/.exec(text) ?? [];
      if (guard === undefined || !GUARD_NAMES.some((name) => name === guard)) {
        throw new UserError("--allow takes GUARD=N", { hint: `guards are ${GUARD_NAMES.join(", ")}` });
      }
      return [guard, Number(count)];
    }),
  );
}
