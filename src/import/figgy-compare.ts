import { readMergeParts } from "../config/merge-template.ts";
import { warningAt } from "../config/origin.ts";
import type { ParameterNames } from "../config/parameter-names.ts";
import type { Problem } from "../model/problem.ts";
import { type FiggyEntry, writePart } from "./figgy-entry.ts";
import { type TableRow, textsOf } from "./figgy-table.ts";

/**
 * Holds Figgy's table against what its files say, by name with variables filled in, and reports every disagreement.
 * What is returned is what only the table says.
 */
export function compareTable(
  declared: ReadonlyMap<string, FiggyEntry>,
  rows: readonly TableRow[],
  context: {
    readonly environment: string;
    readonly expand: (text: string) => string;
    readonly names: ParameterNames;
    readonly reports: Problem[];
  },
): FiggyEntry[] {
  const { environment, expand, names, reports } = context;
  const inTable = new Set(rows.map(({ destination }) => destination));
  for (const [name, { rule, origin }] of declared) {
    if ((rule.kind === "copy" || rule.kind === "merge") && !inTable.has(name))
      reports.push(warningAt(origin, `${name} is a ${rule.kind} that Figgy's table does not have`));
  }
  const foreign = rows.find((row) => row.environment !== undefined && row.environment !== environment);
  if (foreign !== undefined) {
    const summary = `this row was written for environment ${foreign.environment}, not ${environment}`;
    reports.push(warningAt(foreign.at, summary, "check that this is the export of the right account"));
  }
  return rows.flatMap((row) => {
    const entry = declared.get(row.destination);
    if (entry !== undefined && entry.rule.kind !== "exists") {
      const difference = differenceOf(entry, row, expand);
      if (difference !== undefined) {
        const hint = "the file's rule is written; mend it if the table is right";
        reports.push(warningAt(row.at, `${row.destination}: ${difference}`, hint));
      }
      return [];
    }
    const only = readRow(row, names, reports);
    if (only === undefined) return [];
    const hint = "it is written to figgy-table.json: move it where its owner reviews it";
    reports.push(warningAt(row.at, `${row.destination} is in the table and in no file`, hint));
    return [only];
  });
}

function differenceOf(
  { rule }: FiggyEntry,
  { source }: TableRow,
  expand: (text: string) => string,
): string | undefined {
  const inTable = typeof source === "string" ? `a copy of ${source}` : "a merge";
  switch (rule.kind) {
    case "static":
    case "exists":
      return `the file has a static value, the table ${inTable}`;
    case "copy": {
      const name = expand(rule.source);
      return source === name ? undefined : `the file has a copy of ${name}, the table ${inTable}`;
    }
    case "merge": {
      if (typeof source === "string") return `the file has a merge, the table ${inTable}`;
      const [own, other] = [rule.parts.map(writePart).map(expand), textsOf(source)];
      const same = own.length === other.length && own.every((text, index) => text === other[index]);
      return same ? undefined : "the file and the table have different templates";
    }
  }
}

function readRow(
  { destination, source, at }: TableRow,
  names: ParameterNames,
  reports: Problem[],
): FiggyEntry | undefined {
  const name = names.read(destination, "destination", at);
  if (name === undefined) return undefined;
  if (typeof source === "string") {
    const from = names.read(source, "source", at);
    return from === undefined ? undefined : { name, rule: { kind: "copy", source: from }, origin: at };
  }
  const parts = readMergeParts(textsOf(source), source, names, reports, "figgy");
  return parts === undefined || parts.length === 0
    ? undefined
    : { name, rule: { kind: "merge", parts }, origin: at };
}
