import { resolve } from "node:path";
import type { Argv } from "yargs";
import { type ExitCode, UserError } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { importOptions, importPlace } from "./import-options.ts";

function options(yargs: Argv) {
  return importOptions(yargs)
    .positional("files", { type: "string", array: true, demandOption: true, describe: "Owner and app files" })
    .option("table", {
      type: "string",
      requiresArg: true,
      describe: "What aws dynamodb scan prints of figgy-config-replication",
    })
    .option("var", {
      type: "string",
      array: true,
      nargs: 1,
      describe: "NAME=VALUE of a variable in the files",
    });
}

async function importFiles(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { importFiggy } = await import("../import/figgy.ts");
  const { writeImport } = await import("./import-write.ts");
  const place = importPlace(host, given);
  const imported = importFiggy({
    ...place,
    files: given.files.map((file) => resolve(place.cwd, file)),
    table: given.table === undefined ? undefined : resolve(place.cwd, given.table),
    variables: Object.fromEntries((given.var ?? []).map(variable)),
  });
  return writeImport(host, imported, { ...place, force: given.force });
}

/** @throws UserError */
function variable(text: string): readonly [string, string] {
  const [, name, value] = /^(\w{1,64})=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new UserError("--var takes NAME=VALUE", { hint: "a name has letters, digits and _" });
  return [name, value];
}

export const importFiggyCommand = command({
  spec: "figgy <files..>",
  describe: "Figgy's files, and what its replication table has beyond them",
  options,
  run: importFiles,
});
