import { type JsonFile, readJsonFile } from "../config/json-file.ts";
import { type ArrayNode, type JsonNode, nodeAt } from "../config/json-node.ts";
import { errorAt, type Origin, warningAt } from "../config/origin.ts";
import { ConfigError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";

/** A row of Figgy's table `figgy-config-replication`: a destination, and its source or its template. */
export interface TableRow {
  readonly destination: string;
  readonly at: Origin;
  /** A name; of a merge the items of its template, with their places. */
  readonly source: string | ArrayNode;
  /** The environment that `share` wrote; rows of `sync` say `unknown`. */
  readonly environment?: string;
}

/**
 * The rows of an export: what `aws dynamodb scan` prints. A row that is none is reported.
 * @throws ConfigError when this is no export, or only a part of the table
 */
export function readTable(absolute: string, cwd: string, reports: Problem[]): TableRow[] {
  const json = readJsonFile(absolute, cwd);
  const { root } = json;
  const items = root === undefined ? undefined : nodeAt(root, ["Items"]);
  if (root === undefined || items?.kind !== "array") throw new ConfigError(noExport(json));
  if (nodeAt(root, ["NextToken"]) !== undefined || nodeAt(root, ["LastEvaluatedKey"]) !== undefined) {
    const hint = "scan it without --max-items and --no-paginate";
    throw new ConfigError([errorAt(root.at, "this is only a part of the table", hint)]);
  }
  return items.items.flatMap((item) => {
    const row = readRow(item);
    if (row === undefined)
      reports.push(warningAt(item.at, "a row without destination and source is left out"));
    return row ?? [];
  });
}

function noExport({ file, problems }: JsonFile): readonly Problem[] {
  if (problems.length > 0) return problems;
  const hint = "write it with aws dynamodb scan --table-name figgy-config-replication";
  return [
    errorAt({ file, line: 1, column: 1 }, "this is no export of a table: it has no list of Items", hint),
  ];
}

function readRow(item: JsonNode): TableRow | undefined {
  const destination = nodeAt(item, ["destination", "S"]);
  const source = sourceOf(item);
  const environment = nodeAt(item, ["env_alias", "S"]);
  if (destination?.kind !== "scalar" || typeof destination.value !== "string" || source === undefined)
    return undefined;
  const known = environment?.kind === "scalar" && typeof environment.value === "string";
  return {
    destination: destination.value,
    at: destination.at,
    source,
    ...(known && environment.value !== "unknown" ? { environment: String(environment.value) } : {}),
  };
}

function sourceOf(item: JsonNode): TableRow["source"] | undefined {
  const name = nodeAt(item, ["source", "S"]);
  if (name?.kind === "scalar" && typeof name.value === "string") return name.value;
  const list = nodeAt(item, ["source", "L"]);
  if (list?.kind !== "array") return undefined;
  const items = list.items.map((one) => nodeAt(one, ["S"]));
  return items.every((one) => one?.kind === "scalar" && typeof one.value === "string")
    ? { kind: "array", at: list.at, items: items.filter((one) => one !== undefined) }
    : undefined;
}

/** The texts of a template. */
export function textsOf({ items }: ArrayNode): string[] {
  return items.map((item) => (item.kind === "scalar" ? String(item.value) : ""));
}
