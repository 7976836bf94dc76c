import { basename } from "node:path";
import type { LocationOf } from "../config/source-location.ts";
import { runChild } from "./child.ts";
import { byName, readEntries } from "./entries-reading.ts";
import { jsonEntries } from "./json-entries.ts";
import type { Source, SourceContext } from "./source.ts";
import { NOTHING } from "./source-reading.ts";

/** A program that is told the wanted names, a JSON list on its standard input, and prints a JSON object of name to value. */
export function commandSource(location: LocationOf<"command">, context: SourceContext): Source {
  const { kind, at, command, folder, environment, timeout } = location;
  const [program = "", ...args] = command;
  const from = `command ${basename(program)}`;
  return {
    kind,
    mayHave: () => true,
    async read(wanted) {
      if (wanted.size === 0) return NOTHING;
      const child = {
        name: from,
        program,
        args,
        folder,
        input: JSON.stringify([...wanted]),
        timeout,
        mayHave: (variable: string) => environment.includes(variable),
        absentHint: "install it, or name it by its path relative to environment.json",
      };
      const output = await runChild(child, context.environmentVariables);
      return readEntries(jsonEntries(output, "output"), { from, at, ...byName(context.names) });
    },
  };
}
