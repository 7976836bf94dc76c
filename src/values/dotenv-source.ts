import type { LocationOf } from "../config/source-location.ts";
import { dotenvEntries } from "./dotenv-entries.ts";
import { readEntries } from "./entries-reading.ts";
import { readPrivateFile } from "./private-text.ts";
import type { Source, SourceContext } from "./source.ts";
import { byVariable } from "./variable-names.ts";

/** A dotenv file: names are spelled as the environment source spells them, without its prefix. */
export function dotenvSource({ kind, path, prefix }: LocationOf<"dotenv">, context: SourceContext): Source {
  return {
    kind,
    mayHave: () => true,
    read: () =>
      readPrivateFile(path, context, (text, file) =>
        readEntries(dotenvEntries(text, file), {
          from: `file ${file}`,
          nameOf: byVariable(context.names, prefix),
        }),
      ),
  };
}
