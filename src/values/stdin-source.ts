import { buffer } from "node:stream/consumers";
import type { LocationOf } from "../config/source-location.ts";
import { UserError } from "../model/error.ts";
import { byName, readEntries } from "./entries-reading.ts";
import { jsonEntries } from "./json-entries.ts";
import type { Source, SourceContext } from "./source.ts";
import { NOTHING } from "./source-reading.ts";

const FROM = "standard input";

/** Standard input, read to its end once: a JSON object of name to value. */
export function stdinSource({ kind }: LocationOf<"stdin">, { stdin, names }: SourceContext): Source {
  return {
    kind,
    mayHave: () => true,
    async read(wanted) {
      if (wanted.size === 0) return NOTHING;
      if (stdin.isTTY === true) {
        const hint = "pipe a JSON object of name to value into it";
        throw new UserError("values are read from standard input, which is a terminal", { hint });
      }
      return readEntries(jsonEntries(decode(await buffer(stdin)), FROM), {
        from: FROM,
        ...byName(names),
      });
    },
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError("standard input is no text in UTF-8", { hint: "values are text" });
  }
}
