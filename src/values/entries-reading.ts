import type { Origin } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { Secret } from "../model/secret.ts";
import type { FileEntries } from "./json-entries.ts";
import type { FoundValue, SourceReading, ValueFinding } from "./source-reading.ts";

const SHOWN_LINES = 10;

export interface EntriesOrigin {
  /** As plans name the source: `file configs/dev/values.json`. */
  readonly from: string;
  /** The name that a key stands for; `undefined` for a key that nobody asked for. */
  readonly nameOf: (key: string) => ParameterName | undefined;
  /** Where the source is named, when what the entries were read from is no file that a person could open. */
  readonly at?: Origin;
}

/** The values among the entries of a whole object: what is no string is a problem, what belongs to nobody a finding. */
export function readEntries({ entries, problems }: FileEntries, origin: EntriesOrigin): SourceReading {
  const values = new Map<ParameterName, FoundValue>();
  const unusable: Problem[] = [];
  const unknown: Origin[] = [];
  for (const { key, keyAt, at, text } of entries) {
    const name = origin.nameOf(key);
    if (name === undefined) unknown.push(keyAt);
    else if (text !== undefined)
      values.set(name, { value: new Secret(text), from: origin.from, at: origin.at ?? at });
    else {
      const hint = "a value is one string: put it in double quotes";
      unusable.push({ severity: "error", ...at, summary: `the value of ${name} is no string`, hint });
    }
  }
  return {
    values,
    problems: [...problems, ...unusable].map((problem) => relocate(problem, origin)),
    findings: unknown.length === 0 ? [] : [unknownWarning(unknown, origin)],
  };
}

/** The names themselves as keys. */
export function byName(names: ReadonlySet<ParameterName>): EntriesOrigin["nameOf"] {
  const isWanted = (key: string): key is ParameterName => (names as ReadonlySet<string>).has(key);
  return (key) => (isWanted(key) ? key : undefined);
}

function relocate(problem: Problem, { at, from }: EntriesOrigin): Problem {
  if (at === undefined) return problem;
  const { line, column, summary } = problem;
  return { ...problem, ...at, summary: `${from}: ${summary} (line ${line}, column ${column})` };
}

function unknownWarning(places: readonly Origin[], { at, from }: EntriesOrigin): ValueFinding {
  const lines = [...new Set(places.map(({ line }) => line))];
  const shown = lines.slice(0, SHOWN_LINES).join(", ") + (lines.length > SHOWN_LINES ? ", …" : "");
  const entries = places.length === 1 ? "an entry" : `${places.length} entries`;
  const belong = `${places.length === 1 ? "belongs" : "belong"} to no static parameter`;
  const { file, line } = at ?? { file: places[0]?.file ?? "", line: lines[0] ?? 1 };
  return {
    severity: "warning",
    code: "unknown_entry",
    summary:
      at === undefined
        ? `${entries} ${belong} (${lines.length === 1 ? "line" : "lines"} ${shown})`
        : `${entries} of ${from} ${belong}`,
    file,
    line,
  };
}
