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
import { importCommand } from "./import.ts";
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
    .wrap(100)
    .parserConfiguration({ "dot-notation": false, "parse-numbers": false, "parse-positional-numbers": false })
    .option("color", { type: "boolean", describe: "Colour; default: on a terminal" })
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined && error.name !== "YError") throw error;
      throw usageError(message ?? error?.message ?? "");
    });
  let failure: ExitCode | undefined;
  for (const command of COMMANDS) {
    const run = async (work: (host: Host) => Promise<ExitCode>) => {
      exitCode = await work(host);
    };
    const chosen = () => {
      failure = command.failure;
    };
    parser.command(command.module(run, chosen));
  }
  const helpOf = async (words: readonly string[]) => {
    let help = "";
    await parser.parseAsync([...words, "--help"], {}, (_: unknown, __: unknown, text: string) => {
      help = text;
    });
    return help;
  };
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
    return true;
  });
  try {
    await parser.parseAsync(normalizeArguments(argv), {}, (error: unknown, _: unknown, text: string) => {
      if (error instanceof Error) throw error;
      output = text;
    });
  } catch (error) {
    if (failure === undefined) throw error;
    const code = await reportFailure(host, error);
    return code === EXIT.error ? failure : code;
  }
  if (output !== "") host.print(`${output}\n`);
  return exitCode;
}

/** yargs' messages quote what was typed; only those that speak of our own options are kept. */
function usageError(message: string): UserError {
  const hint = "paraform --help lists commands, paraform COMMAND --help its options";
  const missing = /^Missing required arguments?: ([a-z, -]+)$/.exec(message)?.[1];
  if (missing !== undefined) return new UserError(`missing: --${missing.replaceAll(", ", ", --")}`, { hint });
  const bare = /^Not enough arguments following: ([a-z-]+)$/.exec(message)?.[1];
  if (bare !== undefined) return new UserError(`--${bare} needs a value`, { hint });
  if (/^Not enough non-option arguments/.test(message))
    return new UserError("a command or its argument is missing", { hint });
  return new UserError("a word is not known here (it is not repeated, for it may hold a secret)", { hint });
}
