import type { LocationOf } from "../config/source-location.ts";
import { byName, readEntries } from "./entries-reading.ts";
import { jsonEntries } from "./json-entries.ts";
import { readPrivateFile } from "./private-text.ts";
import type { Source, SourceContext } from "./source.ts";
import { yamlEntries } from "./yaml-entries.ts";

/** A JSON or YAML file (`.yaml`, `.yml`): one object of full parameter name to string. */
export function fileSource({ kind, path }: LocationOf<"file">, context: SourceContext): Source {
  const entriesOf = /\.ya?ml$/i.test(path) ? yamlEntries : jsonEntries;
  return {
    kind,
    mayHave: () => true,
    read: () =>
      readPrivateFile(path, context, (text, file) =>
        readEntries(entriesOf(text, file), { from: `file ${file}`, ...byName(context.names) }),
      ),
  };
}
