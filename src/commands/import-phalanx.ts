import { join, relative, resolve } from "node:path";
import type { Argv } from "yargs";
import type { ExitCode } from "../model/error.ts";
import { escapeText } from "../render/escape.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { importOptions, importPlace, namePrefix } from "./import-options.ts";

function options(yargs: Argv) {
  return importOptions(yargs)
    .positional("checkout", {
      type: "string",
      demandOption: true,
      describe: "The Phalanx checkout, or a folder in it",
    })
    .option("prefix", {
      type: "string",
      requiresArg: true,
      describe: "What names begin with; /phalanx/ENV when absent",
    })
    .option("pull-secret", {
      type: "boolean",
      default: false,
      describe: "Declare the pull secret too",
    })
    .option("secrets", {
      type: "string",
      requiresArg: true,
      describe: "The file that Phalanx is given as --secrets: the source of static values",
    });
}

async function importCheckout(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { showPath } = await import("../config/json-file.ts");
  const { checkoutRoot } = await import("../import/checkout.ts");
  const { importPhalanx } = await import("../import/phalanx.ts");
  const { writeImport } = await import("./import-write.ts");
  const place = importPlace(host, given);
  const prefix = await namePrefix("--prefix", given.prefix ?? `/phalanx/${given.env}`);
  const named = resolve(place.cwd, given.checkout);
  const folder = checkoutRoot(named, place.cwd);
  if (folder !== named) host.say(`Reading the checkout ${escapeText(showPath(folder, place.cwd))}\n`);
  const secrets =
    given.secrets === undefined
      ? {}
      : { secrets: relative(join(place.configs, given.env), resolve(place.cwd, given.secrets)) };
  const imported = importPhalanx({ ...place, folder, prefix, pullSecret: given.pullSecret, ...secrets });
  return writeImport(host, imported, { ...place, force: given.force });
}

export const importPhalanxCommand = command({
  spec: "phalanx <checkout>",
  describe: "Secrets of one environment of a Phalanx checkout",
  options,
  run: importCheckout,
});
