import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { forceOption, importPlace, namePrefix } from "./import-options.ts";
import { storeOptions } from "./options.ts";

function options(yargs: Argv) {
  return forceOption(storeOptions(yargs)).positional("prefix", {
    type: "string",
    demandOption: true,
    describe: "Path of what is imported, such as /app/service",
  });
}

/** Reads metadata alone: no value is asked for, so that no right to decrypt is needed. */
async function importParameters(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { importLive, liveFile } = await import("../import/live.ts");
  const { bearsStamp } = await import("../plan/stamp.ts");
  const { existingNames } = await import("./import-existing.ts");
  const { writeImport } = await import("./import-write.ts");
  const { withStore } = await import("./session.ts");
  const place = importPlace(host, { ...given, out: given.configs });
  if (given.prefix === "/") {
    throw new UserError("the prefix is the whole store", { hint: "name a path of it, such as /app" });
  }
  const prefix = await namePrefix("the prefix", given.prefix);
  return withStore(host, given, async ({ config: { environment }, store }) => {
    const described = await store.describe({ prefixes: [`${prefix}/`], names: [] });
    const imported = importLive({
      environment,
      prefix,
      parameters: [...described.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      existing: existingNames(place, liveFile(prefix)),
      isStamped: bearsStamp,
    });
    if (imported.files.length === 0) host.say(`Nothing to import lives under ${prefix}/.\n`);
    await writeImport(host, imported, { ...place, force: given.force });
    return EXIT.done;
  });
}

export const importLiveCommand = command({
  spec: "live <prefix>",
  describe: "What lives under a path of the environment's store, to be adopted",
  options,
  run: importParameters,
});
