import { compilePattern } from "../config/name-pattern.ts";
import type { LocationOf } from "../config/source-location.ts";
import type { ParameterName } from "../model/name.ts";
import { Secret } from "../model/secret.ts";
import { byName, readEntries } from "./entries-reading.ts";
import { readPhalanxFile } from "./phalanx-file.ts";
import { readPrivateFile } from "./private-text.ts";
import type { Source, SourceContext } from "./source.ts";
import type { FoundValue, SourceReading } from "./source-reading.ts";
import { composeDocument, EMPTY_DOCUMENT } from "./structure.ts";

/** A file of static secrets in the layout that `phalanx secrets --secrets` reads and `static-template` prints. */
export function phalanxSource(location: LocationOf<"phalanx">, context: SourceContext): Source {
  const { kind, path, names } = location;
  const match = compilePattern(names);
  const mayHave = (name: ParameterName) => match(name) !== undefined;
  return {
    kind,
    mayHave,
    read: () => readPrivateFile(path, context, readText),
  };

  function readText(text: string, file: string): SourceReading {
    const { entries, sections, problems } = readPhalanxFile(text, file, names);
    const from = `file ${file}`;
    const reading = readEntries({ entries, problems }, { from, ...byName(context.names) });
    const composed = new Map<ParameterName, FoundValue>();
    const fallbacks = new Map<ParameterName, FoundValue>();
    for (const [name, structure] of context.structures) {
      if (!mayHave(name)) continue;
      const { at, sections: own } = sections[structure];
      const empty = EMPTY_DOCUMENT[structure];
      if (own.length > 0)
        composed.set(name, { value: new Secret(composeDocument(structure, own)), from, at });
      else if (empty !== undefined)
        fallbacks.set(name, { value: new Secret(empty), from, at, whenAbsent: true });
    }
    return { ...reading, values: new Map([...composed, ...reading.values]), fallbacks };
  }
}
