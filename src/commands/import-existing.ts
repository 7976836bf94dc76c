import { join } from "node:path";
import { loadConfig } from "../config/config.ts";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { isFile, showPath } from "../config/json-file.ts";
import { matchesAny } from "../graph/name-glob.ts";
import type { ExistingNames } from "../import/existing.ts";

const NOTHING: ExistingNames = { declared: new Set(), adopted: new Set(), isIgnored: () => false };

/** Reads what the environment's files but `written` say, as far as it can be understood; nothing where there is none. */
export function existingNames(
  place: { readonly environment: string; readonly configs: string; readonly cwd: string },
  written: string,
): ExistingNames {
  const folder = join(place.configs, place.environment);
  const { config } = isFile(join(folder, ENVIRONMENT_FILE)) ? loadConfig(place) : {};
  if (config === undefined) return NOTHING;
  const own = showPath(join(folder, written), place.cwd);
  const elsewhere = (entries: readonly { name: string; origin: { file: string } }[]) =>
    new Set(entries.filter(({ origin }) => origin.file !== own).map(({ name }) => name));
  return {
    declared: elsewhere(config.declarations),
    adopted: elsewhere(config.adoptions),
    isIgnored: matchesAny(config.environment.ignore),
  };
}
