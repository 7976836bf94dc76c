import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";
import type { ExitCode } from "../model/error.ts";
import type { Host } from "./host.ts";

/** A verb of the command line: its options, and what it does with them. It returns the exit code or throws. */
export interface Command {
  readonly spec: string;
  /** What an error ends with in the place of 1. */
  readonly failure?: ExitCode;
  /** `chosen` is called as soon as the verb stands on the command line, whatever its options are. */
  readonly module: (
    run: (work: (host: Host) => Promise<ExitCode>) => Promise<void>,
    chosen?: () => void,
  ) => CommandModule;
}

/** Ties a verb's options to its work, so that the work is given what the options declare. */
export function command<Options>(definition: {
  readonly spec: string;
  readonly describe: string;
  readonly failure?: ExitCode;
  readonly options: (yargs: Argv) => Argv<Options>;
  readonly run: (host: Host, options: ArgumentsCamelCase<Options>) => Promise<ExitCode>;
}): Command {
  const { spec, describe, failure } = definition;
  return {
    spec,
    ...(failure === undefined ? {} : { failure }),
    module: (run, chosen) => ({
      command: spec,
      describe,
      builder: (yargs) => {
        chosen?.();
        return definition.options(yargs) as Argv;
      },
      handler: (options) => run((host) => definition.run(host, options as ArgumentsCamelCase<Options>)),
    }),
  };
}

/** What a function that declares options makes of the command line. */
export type OptionsOf<Declare extends (yargs: Argv) => Argv<unknown>> =
  ReturnType<Declare> extends Argv<infer Options> ? ArgumentsCamelCase<Options> : never;
