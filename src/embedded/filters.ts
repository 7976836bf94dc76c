import type { SqlValue } from "./database.ts";
import type { Fields } from "./input.ts";
import { isReserved, readHierarchy } from "./parameter-name.ts";
import { invalid, ServiceError } from "./service-error.ts";

/** One member of ParameterFilters, checked. */
export interface Filter {
  readonly key: string;
  readonly option: string;
  readonly values: readonly string[];
}

/** A condition on the joined rows `p` (parameter) and `v` (its version). */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Where paths lie between `from` (inclusive) and `to` (exclusive). */
export interface PathRange {
  readonly from: string;
  readonly to: string;
}

const TYPES = ["String", "StringList", "SecureString"];
const TIERS = ["Standard", "Advanced", "Intelligent-Tiering"];
/** Above every character of a name. */
const LAST = "\x7f";

const KEYS = {
  DescribeParameters: ["Path", "Name", "Type", "KeyId", "Tier", "DataType"],
  GetParametersByPath: ["Type", "KeyId", "Label"],
} as const;

/** The ParameterFilters member; broken constraints are left to `fields.check`. */
export function readFilters(fields: Fields): Filter[] {
  const filters = fields.objects("ParameterFilters") ?? [];
  return filters.map((filter) => {
    const key = filter.requiredText("Key", {
      min: 1,
      max: 132,
      pattern: /^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$/,
    });
    return {
      key,
      option: filter.text("Option", { min: 1, max: 10 }) ?? (key === "Path" ? "OneLevel" : "Equals"),
      values: filter.texts("Values", { min: 1, max: 50 }, { min: 1, max: 1024 }) ?? [],
    };
  });
}

/** The deprecated Filters member: the same as `Name BeginsWith`, `Type Equals` and `KeyId Equals`. */
export function readOldFilters(fields: Fields): Filter[] {
  const filters = fields.objects("Filters") ?? [];
  return filters.map((filter) => {
    const key = filter.requiredText("Key", { values: ["Name", "Type", "KeyId"] });
    const values = filter.requiredTexts("Values", { min: 1, max: 50 }, { min: 1, max: 1024 });
    return { key, option: key === "Name" ? "BeginsWith" : "Equals", values };
  });
}

/** @throws ServiceError InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, ValidationException */
export function checkFilters(filters: readonly Filter[], operation: keyof typeof KEYS): void {
  const seen = new Set<string>();
  for (const { key, option, values } of filters) {
    const keys: readonly string[] = KEYS[operation];
    const isTag = operation === "DescribeParameters" && key.startsWith("tag:");
    if (!isTag && !keys.includes(key)) {
      throw new ServiceError(
        "InvalidFilterKey",
        `The following filter key is not valid: ${key}. Valid filter keys include: [${keys.join(", ")}].`,
      );
    }
    if (seen.has(key)) {
      throw new ServiceError(
        "InvalidFilterKey",
        `The following filter is duplicated in the request: ${key}. A request can contain only one occurrence of a specific filter.`,
      );
    }
    seen.add(key);
    if (values.length === 0 && !isTag) {
      throw new ServiceError(
        "InvalidFilterValue",
        `The following filter values are missing : null for filter key ${key}.`,
      );
    }
    const options = optionsOf(key);
    if (!options.includes(option)) {
      throw new ServiceError(
        "InvalidFilterOption",
        `The following filter option is not valid: ${option}. Valid options include: [${options.join(", ")}].`,
      );
    }
    if (key === "Type") checkValues(values, TYPES);
    if (key === "Tier") checkValues(values, TIERS);
    if (key === "Path") values.forEach(checkPath);
  }
}

function optionsOf(key: string): readonly string[] {
  if (key === "Path") return ["Recursive", "OneLevel"];
  if (key === "Label") return ["Equals"];
  return key === "Name" ? ["BeginsWith", "Equals", "Contains"] : ["BeginsWith", "Equals"];
}

function checkValues(values: readonly string[], allowed: readonly string[]): void {
  const stranger = values.find((value) => !allowed.includes(value));
  if (stranger === undefined) return;
  throw new ServiceError(
    "InvalidFilterValue",
    `The following filter value is not valid: ${stranger}. Valid values include: [${allowed.join(", ")}].`,
  );
}

function checkPath(path: string): void {
  if (isReserved(readHierarchy(path))) {
    throw invalid('Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
}

/** The condition that `filter` puts on a row. Those of Name and Path also bound the walk: `rangesOf`. */
export function conditionOf(filter: Filter): Condition {
  const values = JSON.stringify(filter.values);
  switch (filter.key) {
    case "Path":
      return filter.option === "Recursive"
        ? {
            sql: "EXISTS (SELECT 1 FROM json_each(?) j WHERE substr(p.path, 1, length(j.value)) = j.value)",
            values: [JSON.stringify(filter.values.map(insideOf))],
          }
        : {
            sql: "EXISTS (SELECT 1 FROM json_each(?) j WHERE substr(p.path, 1, length(j.value)) = j.value AND instr(substr(p.path, length(j.value) + 1), '/') = 0)",
            values: [JSON.stringify(filter.values.map(insideOf))],
          };
    case "Name":
      return compare(
        "p.path",
        filter.option,
        filter.option === "Contains" ? values : JSON.stringify(filter.values.map(rooted)),
      );
    case "Type":
      return compare("v.type", filter.option, values);
    case "KeyId":
      return compare("v.keyId", filter.option, values);
    case "Tier":
      return compare("v.tier", filter.option, values);
    case "DataType":
      return compare("v.dataType", filter.option, values);
    default: {
      const tag = filter.key.slice("tag:".length);
      const matches =
        filter.values.length === 0 ? { sql: "1", values: [] } : compare("t.value", filter.option, values);
      return {
        sql: `EXISTS (SELECT 1 FROM tag t WHERE t.parameter = p.id AND t.key = ? AND ${matches.sql})`,
        values: [tag, ...matches.values],
      };
    }
  }
}

function compare(column: string, option: string, values: string): Condition {
  switch (option) {
    case "BeginsWith":
      return {
        sql: `EXISTS (SELECT 1 FROM json_each(?) j WHERE substr(${column}, 1, length(j.value)) = j.value)`,
        values: [values],
      };
    case "Contains":
      return {
        sql: `EXISTS (SELECT 1 FROM json_each(?) j WHERE instr(${column}, j.value) > 0)`,
        values: [values],
      };
    default:
      return { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [values] };
  }
}

/** The parts of the path index where `filters` can hold at all, disjoint and in order. */
export function rangesOf(filters: readonly Filter[]): PathRange[] {
  const bounding = filters.find(
    ({ key, option }) => key === "Path" || (key === "Name" && option !== "Contains"),
  );
  if (bounding === undefined) return [{ from: "/", to: LAST }];
  return disjoint(bounding.values.map((value) => rangeOf(bounding, value)));
}

function rangeOf({ key, option }: Filter, value: string): PathRange {
  const prefix = key === "Path" ? insideOf(value) : rooted(value);
  return { from: prefix, to: option === "Equals" ? `${prefix}\0` : `${prefix}${LAST}` };
}

/** Ranges of prefixes and names lie within each other or apart, so the first that reaches far enough covers the rest. */
function disjoint(ranges: readonly PathRange[]): PathRange[] {
  const apart: PathRange[] = [];
  for (const range of [...ranges].sort((a, b) =>
    a.from < b.from ? -1 : a.from > b.from ? 1 : a.to > b.to ? -1 : 1,
  )) {
    const last = apart.at(-1);
    if (last === undefined || range.from >= last.to) apart.push(range);
  }
  return apart;
}

/** What every name inside the hierarchy `path` begins with. */
export function insideOf(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

function rooted(value: string): string {
  return value.startsWith("/") ? value : `/${value}`;
}
