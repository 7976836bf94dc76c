import { authorize } from "./authorization.ts";
import type { Context, Operation } from "./context.ts";
import {
  type Condition,
  checkFilters,
  conditionOf,
  type Filter,
  type PathRange,
  rangesOf,
  readFilters,
  readOldFilters,
} from "./filters.ts";
import { readFields } from "./input.ts";
import { type Listing, type PageOf, readPage } from "./page.ts";
import { listedName, readHierarchy } from "./parameter-name.ts";
import {
  currentVersions,
  type MetadataRow,
  metadataOf,
  parameterOf,
  selectVersions,
  type VersionRow,
  type VersionSelect,
} from "./parameter-rows.ts";
import { openValue } from "./secure-string.ts";
import { invalid } from "./service-error.ts";

export const describeParameters: Operation = {
  kind: "read",
  run: (context, input) => {
    const fields = readFields(input);
    const filters = readFilters(fields);
    const oldFilters = readOldFilters(fields);
    const limit = fields.integer("MaxResults", { min: 1, max: 50 }) ?? 10;
    const token = fields.text("NextToken");
    const shared = fields.flag("Shared");
    fields.check();
    if (filters.length > 0 && oldFilters.length > 0) {
      throw invalid("You can use either Filters or ParameterFilters in a single request.");
    }
    const all = filters.length > 0 ? filters : oldFilters;
    checkFilters(all, "DescribeParameters");
    authorize(context, "DescribeParameters", "*");
    if (shared) return { Parameters: [] };
    const of: PageOf = ["DescribeParameters", filters, oldFilters];
    const columns = currentVersions(context, "metadata");
    const page = readPage(
      context,
      of,
      token,
      limit,
      walk<MetadataRow>(context, columns, rangesOf(all), all.map(conditionOf)),
    );
    return { Parameters: page.rows.map((row) => metadataOf(row, listedName(row.path))), ...page.token };
  },
};

export const getParametersByPath: Operation = {
  kind: "read",
  run: (context, input) => {
    const fields = readFields(input);
    const path = fields.requiredText("Path", { min: 1, max: 2048 });
    const recursive = fields.flag("Recursive");
    const filters = readFilters(fields);
    const withDecryption = fields.flag("WithDecryption");
    const limit = fields.integer("MaxResults", { min: 1, max: 10 }) ?? 10;
    const token = fields.text("NextToken");
    fields.check();
    const hierarchy = readHierarchy(path);
    checkFilters(filters, "GetParametersByPath");
    authorize(context, "GetParametersByPath", hierarchy);
    const place: Filter = { key: "Path", option: recursive ? "Recursive" : "OneLevel", values: [hierarchy] };
    const labels = filters.find(({ key }) => key === "Label")?.values;
    const conditions = [place, ...filters.filter(({ key }) => key !== "Label")].map(conditionOf);
    const columns = labels === undefined ? currentVersions(context, "all") : labelledVersions(labels);
    const of: PageOf = ["GetParametersByPath", hierarchy, recursive, filters];
    const page = readPage(
      context,
      of,
      token,
      limit,
      walk<VersionRow>(context, columns, rangesOf([place]), conditions),
    );
    return {
      Parameters: page.rows.map((row) =>
        parameterOf(context, row, listedName(row.path), openValue(context, row, withDecryption)),
      ),
      ...page.token,
    };
  },
};

/** The Label filter shows the version that bears the label, not the latest; the newest where several labels meet. */
function labelledVersions(labels: readonly string[]): VersionSelect {
  const labelled =
    "SELECT max(version) FROM label WHERE parameter = p.id AND label IN (SELECT value FROM json_each(?))";
  return selectVersions("all", `(${labelled})`, [JSON.stringify(labels)]);
}

/** Walks the path index, so that what a page costs does not grow with the store. */
function walk<Row extends { path: string }>(
  context: Context,
  columns: VersionSelect,
  ranges: readonly PathRange[],
  conditions: readonly Condition[],
): Listing<Row> {
  const where = conditions.map(({ sql }) => ` AND ${sql}`).join("");
  const sql = `${columns.sql} WHERE p.account = ? AND p.region = ? AND p.path >= ? AND p.path < ? AND p.path > ?${where} ORDER BY p.path LIMIT ?`;
  const filtered = conditions.flatMap(({ values }) => values);
  return {
    positionOf: ({ path }) => path,
    list: (after, count) => {
      const { database, account, region } = context;
      const rows: Row[] = [];
      for (const { from, to } of ranges) {
        if (rows.length >= count) break;
        if (to <= after) continue;
        const missing = count - rows.length;
        const found = [account, region, from, to, after, ...filtered, missing];
        rows.push(...database.all<Row>(sql, ...columns.values, ...found));
      }
      return rows;
    },
  };
}
