import yargs from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { applyCommand } from "./apply.ts";
import { approvedCommand } from "./approved.ts";
import { normalizeArguments } from "./argv.ts";
import { auditCommand } from "./audit.ts";
import type { Command } from "./command.ts";
import { commentCommand } from "./comment.ts";
import { compareCommand } from "./compare.ts";
import { completionCommand } from "./completion.ts";
import { doctorCommand } from "./doctor.ts";
import { driftCommand } from "./drift.ts";
import { explainCommand } from "./explain.ts";
import { reportFailure } from "./failure.ts";
import { getCommand } from "./get.ts";
import { graphCommand } from "./graph.ts";
import { historyCommand } from "./history.ts";
import type { Host } from "./host.ts";
import { IMPORTER_NAMES, importCommand } from "./import.ts";
import { initCommand } from "./init.ts";
import { listCommand } from "./list.ts";
import { localCommand } from "./local.ts";
import { planCommand } from "./plan.ts";
import { putCommand } from "./put.ts";
import { replicateCommand } from "./replicate.ts";
import { rollbackCommand } from "./rollback.ts";
import { schemaCommand } from "./schema.ts";
import { shareCommand } from "./share.ts";
import { showCommand } from "./show.ts";
import { staticTemplateCommand } from "./static-template.ts";
import { undeleteCommand } from "./undelete.ts";
import { helpCommand, unknownWord, wordTooMany } from "./unknown-word.ts";
import { validateCommand } from "./validate.ts";
import { verifyCommand } from "./verify.ts";

/** Every verb, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  initCommand,
  planCommand,
  applyCommand,
  auditCommand,
  showCommand,
  verifyCommand,
  validateCommand,
  putCommand,
  undeleteCommand,
  getCommand,
  shareCommand,
  driftCommand,
  explainCommand,
  compareCommand,
  historyCommand,
  rollbackCommand,
  replicateCommand,
  graphCommand,
  commentCommand,
  approvedCommand,
  listCommand,
  staticTemplateCommand,
  importCommand,
  doctorCommand,
  schemaCommand,
  completionCommand,
  localCommand,
];

/**
 * Parses and runs one command line and returns the exit code. A command with a code of its own for errors has them said here.
 * @throws UserError for words that are no command or option; they are not echoed, for they may hold a secret
 */
export async function runCommandLine(
  host: Host,
  argv: readonly string[],
  version: string,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  let output = "";
  let refused: "unknown" | "missing" | undefined;
  let failure: ExitCode | undefined;
  const parser = parserOf(
    version,
    helpWidth(host),
    async (work) => {
      exitCode = await work(host);
    },
    (command) => {
      failure = command.failure;
    },
    (text) => {
      if (/^Unknown (argument|command)/.test(text)) refused = "unknown";
      if (text.startsWith("Missing required")) refused = "missing";
      return verbsOf(argv);
    },
  );
  const helpOf = (words: readonly string[]) => helpText(version, WIDEST, words);
  if (argv[0] === "complete") {
    const { completeWords } = await import("./complete.ts");
    const words = argv.slice(argv[1] === "--" ? 2 : 1);
    return completeWords(host, words, helpOf);
  }
  parser.check((options) => {
    const arrays = [
      "_",
      "delete",
      "regenerate",
      "target",
      "exclude",
      "allow",
      "report",
      "deny",
      "tps",
      "fault",
      "files",
      "var",
    ];
    const [twice] = Object.entries(options).find(
      ([name, value]) => Array.isArray(value) && !arrays.includes(name),
    ) ?? [undefined];
    if (twice !== undefined) throw new UserError(`--${twice} is given twice`, { hint: "give it once" });
    refuseOpposites(options);
    return true;
  });
  if (argv.length === 0) {
    host.say(`${await helpText(version, helpWidth(host), [])}\n`);
    return EXIT.error;
  }
  try {
    await parser.parseAsync(normalizeArguments(argv), {}, (error: unknown, _: unknown, text: string) => {
      if (error instanceof Error) throw error;
      output = text;
    });
  } catch (thrown) {
    const error = refused === undefined ? thrown : ((await aboutWords(argv, refused, helpOf)) ?? thrown);
    if (failure === undefined) throw error;
    const code = await reportFailure(host, error);
    return code === EXIT.error ? failure : code;
  }
  if (output !== "") host.print(`${output}\n`);
  return exitCode;
}

/** Columns of a help that is printed nowhere in particular. */
const WIDEST = 100;

/** As wide as the terminal, within what can be read. */
function helpWidth({ stderr }: Host): number {
  return Math.min(WIDEST, Math.max(60, stderr.columns ?? WIDEST));
}

/** `choose` hears the verb that was found, `refuse` hears what yargs says of the words, and tells the verbs that the error is to name. */
function parserOf(
  version: string,
  width: number,
  run: Parameters<Command["module"]>[0],
  choose: (command: Command) => void,
  refuse: (message: string) => readonly string[],
) {
  const parser = yargs()
    .scriptName("paraform")
    .locale("en")
    .usage("$0 COMMAND: Parameter Store as declared, planned without secrets, applied as reviewed")
    .version(version)
    .help()
    .alias("help", "h")
    .strict()
    .demandCommand(1)
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(width)
    .parserConfiguration({ "dot-notation": false, "parse-numbers": false, "parse-positional-numbers": false })
    .option("color", { type: "boolean", describe: "Colour; default: on a terminal" })
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined && error.name !== "YError") throw error;
      const text = message ?? error?.message ?? "";
      throw usageError(text, refuse(text));
    });
  for (const command of COMMANDS) parser.command(command.module(run, () => choose(command)));
  return parser;
}

/** A parser that has refused words keeps what it made of them: each help has one of its own. */
async function helpText(version: string, width: number, words: readonly string[]): Promise<string> {
  const parser = parserOf(
    version,
    width,
    async () => {},
    () => {},
    () => [],
  );
  let help = "";
  await parser.parseAsync([...words, "--help"], {}, (_: unknown, __: unknown, text: string) => {
    help = text;
  });
  return help;
}

/** @throws UserError for two options of which one says the other away */
function refuseOpposites({ verbose, concise, json, format }: Readonly<Record<string, unknown>>): void {
  if (verbose === true && concise === true) {
    throw new UserError("--verbose and --concise exclude each other", { hint: "give one of them" });
  }
  if (json === true && format !== undefined && format !== "human") {
    throw new UserError("--json and --format exclude each other", {
      hint: "--json prints events while it runs, --format json one document at the end",
    });
  }
}

function commandOf(argv: readonly string[]): Command | undefined {
  const word = argv.find((one) => !one.startsWith("-"));
  return COMMANDS.find((each) => verbOf(each) === word);
}

/** What is wrong with the words themselves; `undefined` where the parser's own answer says more. */
async function aboutWords(
  argv: readonly string[],
  refused: "unknown" | "missing",
  helpOf: (words: readonly string[]) => Promise<string>,
): Promise<UserError | undefined> {
  const words = normalizeArguments(argv);
  const end = words.indexOf("--");
  const own = end === -1 ? words : words.slice(0, end);
  const unknown = await unknownWord(own, helpOf);
  return unknown ?? (refused === "unknown" ? wordTooMany(verbOf(commandOf(own)), own) : undefined);
}

function verbOf(found: Command | undefined): string | undefined {
  return found?.spec.split(" ")[0];
}

/** The verb that was typed, and the one under it: nothing that is not ours. */
function verbsOf(argv: readonly string[]): readonly string[] {
  const verb = verbOf(commandOf(argv));
  if (verb === undefined) return [];
  const under = verb === "import" ? argv.find((word) => IMPORTER_NAMES.includes(word)) : undefined;
  return under === undefined ? [verb] : [verb, under];
}

/** yargs' messages quote what was typed; only those that speak of our own options are kept. */
function usageError(message: string, verbs: readonly string[]): UserError {
  const help = helpCommand(verbs);
  const hint = `${help} lists ${verbs.length === 0 ? "the commands" : "its options"}`;
  const missing = /^Missing required arguments?: ([a-z, -]+)$/.exec(message)?.[1];
  if (missing === "env") {
    return new UserError("missing: --env", {
      hint: `name the environment, as in ${["paraform", ...(verbs.length === 0 ? ["COMMAND"] : verbs)].join(" ")} --env ENV`,
    });
  }
  if (missing !== undefined) return new UserError(`missing: --${missing.replaceAll(", ", ", --")}`, { hint });
  const bare = /^Not enough arguments following: ([a-z-]+)$/.exec(message)?.[1];
  if (bare !== undefined) return new UserError(`--${bare} needs a value`, { hint });
  if (/^Not enough non-option arguments/.test(message)) {
    return new UserError("a command or its argument is missing", {
      hint: `${help} shows what has to stand here`,
    });
  }
  return new UserError(choicesIn(message) ?? "a word is not taken here", { hint });
}

/** The option of a refused choice and what it takes, without what it was given. */
function choicesIn(message: string): string | undefined {
  const option = /^Invalid values:\n {2}Argument: ([a-z-]+), Given: /.exec(message)?.[1];
  const choices = /, Choices: ("[a-z]+"(?:, "[a-z]+")*)$/.exec(message)?.[1];
  if (option === undefined || choices === undefined || message.split("Argument: ").length > 2)
    return undefined;
  const flag = option === "shell" || option === "name" ? option : `--${option}`;
  return `${flag} takes ${choices.replaceAll('"', "")}`;
}
