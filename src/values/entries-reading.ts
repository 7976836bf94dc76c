import { closestWord } from "../config/closest-word.ts";
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
  /** The wanted names, where an entry bears one as it is: a key that is nearly one is told from it. */
  readonly names?: ReadonlySet<ParameterName>;
  /** Where the source is named, when what the entries were read from is no file that a person could open. */
  readonly at?: Origin;
}

/** The values among the entries of a whole object: what is no string is a problem, what belongs to nobody a finding. */
export function readEntries({ entries, problems }: FileEntries, origin: EntriesOrigin): SourceReading {
  const values = new Map<ParameterName, FoundValue>();
  const unusable: Problem[] = [];
  const unknown: { key: string; keyAt: Origin }[] = [];
  for (const { key, keyAt, at, text } of entries) {
    const name = origin.nameOf(key);
    if (name === undefined) unknown.push({ key, keyAt });
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
    findings: unknownWarnings(unknown, origin, values),
  };
}

/** The names themselves as keys. */
export function byName(names: ReadonlySet<ParameterName>): Pick<EntriesOrigin, "nameOf" | "names"> {
  const isWanted = (key: string): key is ParameterName => (names as ReadonlySet<string>).has(key);
  return { names, nameOf: (key) => (isWanted(key) ? key : undefined) };
}

/** More entries than this are hardly all misspelt. */
const MOST_LOOKED_FOR = 10;

/** One warning of each entry that is most likely misspelt, by the name that is meant, and one of all others. */
function unknownWarnings(
  unknown: readonly { readonly key: string; readonly keyAt: Origin }[],
  origin: EntriesOrigin,
  values: ReadonlyMap<ParameterName, FoundValue>,
): ValueFinding[] {
  const lacking = [...(origin.names ?? [])].filter((name) => !values.has(name));
  const meant = unknown
    .slice(0, MOST_LOOKED_FOR)
    .map(({ key, keyAt }) => ({ keyAt, name: closestWord(key, lacking) }));
  const others = unknown.filter((_, index) => meant[index]?.name === undefined).map(({ keyAt }) => keyAt);
  return [
    ...meant.flatMap(({ keyAt, name }) =>
      name === undefined ? [] : [unknownWarning([keyAt], origin, `: did you mean ${name}?`)],
    ),
    ...(others.length === 0 ? [] : [unknownWarning(others, origin, "")]),
  ];
}

function relocate(problem: Problem, { at, from }: EntriesOrigin): Problem {
  if (at === undefined) return problem;
  const { line, column, summary } = problem;
  return { ...problem, ...at, summary: `${from}: ${summary} (line ${line}, column ${column})` };
}

function unknownWarning(
  places: readonly Origin[],
  { at, from }: EntriesOrigin,
  question: string,
): ValueFinding {
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
        ? `${entries} ${belong}${lines.length === 1 ? "" : ` (lines ${shown})`}${question}`
        : `${entries} of ${from} ${belong}${question}`,
    file,
    line,
  };
}
