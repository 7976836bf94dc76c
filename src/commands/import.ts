import type { Command } from "./command.ts";
import { importFiggyCommand } from "./import-figgy.ts";
import { importLiveCommand } from "./import-live.ts";
import { importPhalanxCommand } from "./import-phalanx.ts";
import { importVaultCommand } from "./import-vault.ts";

const IMPORTERS: readonly Command[] = [
  importFiggyCommand,
  importPhalanxCommand,
  importVaultCommand,
  importLiveCommand,
];

export const IMPORTER_NAMES = IMPORTERS.map(({ spec }) => spec.split(" ")[0] ?? "");

/** What exists elsewhere as configs: files are written, never values. */
export const importCommand: Command = {
  spec: "import",
  module: (run) => ({
    command: "import",
    describe: "Write configs from what exists: figgy, phalanx, vault or live",
    builder: (yargs) =>
      IMPORTERS.reduce((commands, { module }) => commands.command(module(run)), yargs).demandCommand(1),
    handler: () => {},
  }),
};
