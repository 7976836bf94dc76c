import { resolve } from "node:path";
import type { Argv } from "yargs";
import type { ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { importOptions, importPlace, namePrefix } from "./import-options.ts";

function options(yargs: Argv) {
  return importOptions(yargs)
    .positional("export", {
      type: "string",
      demandOption: true,
      describe: "Folder of phalanx vault export-secrets, APPLICATION.json each",
    })
    .option("prefix", {
      type: "string",
      requiresArg: true,
      demandOption: true,
      describe: "What names begin with",
    })
    .option("adopt", {
      type: "boolean",
      default: false,
      describe: "Adopt all of it, also what is declared already",
    });
}

async function importExport(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { importVault, VAULT_FILE } = await import("../import/vault.ts");
  const { existingNames } = await import("./import-existing.ts");
  const { writeImport } = await import("./import-write.ts");
  const place = importPlace(host, given);
  const imported = importVault({
    environment: place.environment,
    cwd: place.cwd,
    folder: resolve(place.cwd, given.export),
    prefix: await namePrefix("--prefix", given.prefix),
    adopt: given.adopt,
    existing: existingNames(place, VAULT_FILE),
  });
  return writeImport(host, imported, { ...place, force: given.force });
}

export const importVaultCommand = command({
  spec: "vault <export>",
  describe: "Names of an export of Vault; its values are not read",
  options,
  run: importExport,
});
