import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { storeOptions, wholeNumber } from "./options.ts";
import { parameterNamed } from "./parameter-argument.ts";

function options(yargs: Argv) {
  return storeOptions(yargs.version(false))
    .positional("name", { type: "string", demandOption: true, describe: "The parameter" })
    .option("version", { type: "string", requiresArg: true, describe: "An earlier version instead" });
}

/** Prints one value: the one command that does, and so the value and nothing else, in no format. */
async function get(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const name = parameterNamed(given.name);
  const version =
    given.version === undefined
      ? undefined
      : wholeNumber("version", given.version, [1, Number.MAX_SAFE_INTEGER]);
  const what = version === undefined ? name : `version ${version} of ${name}`;
  return withStore(host, given, async ({ graph, store }) => {
    const [reading] = await store.read([version === undefined ? { name } : { name, version }]);
    if (reading?.kind === "denied") {
      throw new UserError(`${what} may not be read by this identity`, {
        hint: "get needs ssm:GetParameter on it and kms:Decrypt on its key",
      });
    }
    if (reading?.kind !== "value") {
      const { didYouMean } = await import("./next-apply.ts");
      const meant = graph.parameters.has(name) ? "" : didYouMean(name, graph.parameters.keys());
      throw new UserError(`${what} does not exist`, {
        hint:
          version === undefined || meant !== ""
            ? `${meant}check the name and the environment`
            : versionsHint(await store.history(name).catch(() => [])),
      });
    }
    host.reveal(reading.value);
    return EXIT.done;
  });
}

/** Who may read a value need not have the right to read its history. */
function versionsHint(kept: readonly { readonly version: number }[]): string {
  const [first, last] = [kept.at(0)?.version, kept.at(-1)?.version];
  if (first === undefined || last === undefined) return "Parameter Store keeps the last 100 versions";
  return first === last ? `it has version ${first} only` : `it has versions ${first} to ${last}`;
}

export const getCommand = command({
  spec: "get <name>",
  describe: "Print one value, and nothing else",
  options,
  run: get,
});
