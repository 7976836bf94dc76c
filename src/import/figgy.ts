import path from "node:path";
import type { Entries } from "../config/declaration.ts";
import { ENVIRONMENT_FILE, readEnvironment } from "../config/environment-file.ts";
import { readFiggy } from "../config/figgy-file.ts";
import { bundleImports } from "../config/figgy-import.ts";
import { isFile, readJsonFile, showPath } from "../config/json-file.ts";
import { warningAt } from "../config/origin.ts";
import { type ReplicationFile, readReplicationFile } from "../config/replication-file.ts";
import { ConfigError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { segmentOf } from "../model/segment.ts";
import { keepFirst, reportGiven, reportVariables, withoutCycles } from "./figgy-checks.ts";
import { compareTable } from "./figgy-compare.ts";
import { type FiggyEntry, type FiggyRule, writeRule } from "./figgy-entry.ts";
import { readTable } from "./figgy-table.ts";
import { type Imported, type ImportedFile, replicationFile, type WrittenEntry } from "./imported.ts";
import { newEnvironment } from "./new-environment.ts";
import { namesAsWritten, withVariables } from "./variable-names.ts";

export interface FiggyImport {
  readonly environment: string;
  /** The folder of the environments, absolute. */
  readonly configs: string;
  readonly cwd: string;
  /** Absolute paths of owner and app files. */
  readonly files: readonly string[];
  /** The absolute path of an export of the replication table. */
  readonly table: string | undefined;
  /** Values for `${NAME}`; those of environment.json, where there is one, stand above them. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Reads Figgy's files by Figgy's meaning and, where given, its replication table: a native file for each, and one for
 * what only the table says. Where file and table disagree the file stands, for it is the one that was reviewed.
 * @throws ConfigError with every file that could not be read
 */
export function importFiggy(options: FiggyImport): Imported {
  const { configs, environment, cwd } = options;
  const found: Problem[] = [];
  const reports: Problem[] = [];
  const existing = path.join(configs, environment, ENVIRONMENT_FILE);
  const known = isFile(existing) ? readEnvironment(readJsonFile(existing, cwd), environment) : undefined;
  const namespaces = known?.environment.namespaces ?? { service: "/app", shared: "/shared" };
  const variables = { ...options.variables, ...known?.variables };
  const expand = (text: string) => withVariables(text, variables);

  const load = loader(cwd, reports, found);
  const roots = options.files.map(load);
  const rows = options.table === undefined ? undefined : readTable(options.table, cwd, reports);
  const names = namesAsWritten(reports);
  const bundles = bundleImports(
    roots.flatMap((root) => (root !== undefined && isFiggy(root, reports) ? [root] : [])),
    { isThere: isFile, load },
    reports,
  );
  if (found.length > 0) throw new ConfigError(found);
  const files = bundles.map((bundle) => ({
    root: bundle.root,
    entries: entriesOf(readFiggy(bundle, names, namespaces, reports)),
  }));
  const kept = keepFirst(
    files.flatMap(({ entries }) => entries),
    expand,
    reports,
  );
  const missing = rows === undefined ? [] : compareTable(kept, rows, { environment, expand, names, reports });
  const acyclic = withoutCycles([...kept.values(), ...missing], expand, reports);
  reportVariables([...kept.values()], variables, reports);
  const place = { file: showPath(existing, cwd), line: 1, column: 1 };
  const given = [...files.flatMap(({ entries }) => entries), ...missing];
  reportGiven(options.variables, known?.variables, given, place, reports);

  const written = files.flatMap(({ root, entries }) =>
    fileOf(
      titleOf(root),
      originOf(root),
      entries.filter((entry) => entry.rule.kind === "exists" || kept.get(expand(entry.name)) === entry),
    ),
  );
  const draft = newEnvironment({
    environment,
    owner: "figgy",
    scopes: [`${namespaces.service}/`],
    ...(Object.keys(options.variables).length === 0 ? {} : { variables: options.variables }),
  });
  const table = fileOf("figgy-table.json", "its replication table, for what no file says", missing);
  return { files: [draft, ...table, ...written], reports: reports.map(asWarning) };

  function fileOf(name: string, origin: string, entries: readonly FiggyEntry[]): ImportedFile[] {
    if (entries.length === 0) return [];
    const parameters = new Map<string, WrittenEntry>();
    for (const entry of entries) parameters.set(entry.name, writeRule(acyclic.get(entry) ?? entry.rule));
    return [replicationFile(name, `Imported from Figgy: ${origin}`, { parameters, adopt: [] })];
  }
}

/** The comment of a file in version control says nothing of the machine that it was written on. */
function originOf({ file, path: absolute }: ReplicationFile): string {
  return file.startsWith("..") ? path.basename(absolute) : file;
}

/** Reads a file once. One that is no JSON object is an error, anything else that is wrong with it a report. */
function loader(cwd: string, reports: Problem[], errors: Problem[]) {
  const loaded = new Map<string, ReplicationFile | undefined>();
  return (absolute: string): ReplicationFile | undefined => {
    if (loaded.has(absolute)) return loaded.get(absolute);
    const problems: Problem[] = [];
    const file = readReplicationFile(absolute, cwd, problems);
    (file === undefined ? errors : reports).push(...problems);
    loaded.set(absolute, file);
    return file;
  };
}

function isFiggy({ language, file }: ReplicationFile, reports: Problem[]): boolean {
  if (language === "figgy") return true;
  reports.push(warningAt({ file, line: 1, column: 1 }, "this is no file of Figgy's and is left out"));
  return false;
}

/** In one native file a name has one entry: its rule says more than that it is expected. */
function entriesOf({ declarations, references }: Entries): FiggyEntry[] {
  const declared = new Set(declarations.map(({ name }) => name));
  return [
    // Figgy's files have no other rules than these.
    ...declarations.map(({ name, rule, origin }) => ({ name, rule: rule as FiggyRule, origin })),
    ...references
      .filter(({ name }) => !declared.has(name))
      .map(({ name, origin }) => ({ name, rule: { kind: "exists" as const }, origin })),
  ];
}

/** The file name for what was read: a service's after its twig, another's after its own. */
function titleOf({ path: absolute, value }: ReplicationFile): string {
  const own = path.basename(absolute, ".json");
  const folder = path.basename(path.dirname(absolute));
  const twig = value.twig
    ?.split("/")
    .filter((segment) => segment !== "")
    .slice(1)
    .join("-");
  return `${segmentOf(twig || (own === "figgy" ? folder : own)) || "figgy"}.json`;
}

function asWarning(problem: Problem): Problem {
  return { ...problem, severity: "warning" };
}
