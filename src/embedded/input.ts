import { invalid, ServiceError } from "./service-error.ts";

/** Constraints as AWS's API model states them; lengths count UTF-16 units, as the model's do for all but values. */
export interface TextLimits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
}

export interface ListLimits {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Reads a request's members. A member of the wrong JSON type ends the reading at once, as AWS's deserializer does;
 * broken constraints are collected, and `check` reports them all in one ValidationException. Until `check` returned,
 * what the readers gave may break a constraint.
 */
export interface Fields {
  text(member: string, limits?: TextLimits): string | undefined;
  requiredText(member: string, limits?: TextLimits): string;
  flag(member: string): boolean;
  integer(member: string, range?: { min: number; max: number }): number | undefined;
  requiredInteger(member: string): number;
  texts(member: string, list: ListLimits, each?: TextLimits): string[] | undefined;
  requiredTexts(member: string, list: ListLimits, each?: TextLimits): string[];
  objects(member: string, list?: ListLimits): Fields[] | undefined;
  /** @throws ServiceError ValidationException */
  check(): void;
}

/** @throws ServiceError SerializationException, from here or from a reader, for what is not the JSON that was asked for. */
export function readFields(input: unknown): Fields {
  const problems: string[] = [];
  return fieldsOf(input, "", problems);
}

function fieldsOf(input: unknown, path: string, problems: string[]): Fields {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw unexpected("a structure");
  const members = new Map(Object.entries(input));
  const label = (member: string) => `${path}${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  const present = (member: string) => members.get(member) ?? undefined;
  const problem = (member: string, value: string, constraint: string) =>
    problems.push(
      `Value '${value}' at '${label(member)}' failed to satisfy constraint: Member must ${constraint}`,
    );

  const limitText = (member: string, value: string, limits: TextLimits) => {
    if (limits.values !== undefined && !limits.values.includes(value)) {
      problem(member, value, `satisfy enum value set: [${limits.values.join(", ")}]`);
    }
    if (limits.min !== undefined && value.length < limits.min) {
      problem(member, value, `have length greater than or equal to ${limits.min}`);
    }
    if (limits.max !== undefined && value.length > limits.max) {
      problem(member, abbreviated(value), `have length less than or equal to ${limits.max}`);
    }
    if (limits.pattern !== undefined && !limits.pattern.test(value)) {
      problem(member, abbreviated(value), `satisfy regular expression pattern: ${limits.pattern.source}`);
    }
  };
  const limitList = (member: string, length: number, limits: ListLimits) => {
    if (limits.min !== undefined && length < limits.min) {
      problem(member, "[]", `have length greater than or equal to ${limits.min}`);
    }
    if (limits.max !== undefined && length > limits.max) {
      problem(member, `[${length} members]`, `have length less than or equal to ${limits.max}`);
    }
  };
  const text = (member: string, limits: TextLimits = {}) => {
    const value = present(member);
    if (value === undefined) return undefined;
    if (typeof value !== "string") throw unexpected("a string");
    limitText(member, value, limits);
    return value;
  };
  const list = (member: string, limits: ListLimits): unknown[] | undefined => {
    const value = present(member);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw unexpected("a list");
    limitList(member, value.length, limits);
    return value;
  };
  const texts = (member: string, limits: ListLimits, each: TextLimits = {}) =>
    list(member, limits)?.map((value) => {
      if (typeof value !== "string") throw unexpected("a string");
      limitText(member, value, each);
      return value;
    });
  const integer = (member: string, range?: { min: number; max: number }) => {
    const value = present(member);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value)) throw unexpected("an integer");
    if (range !== undefined && value < range.min) {
      problem(member, String(value), `have value greater than or equal to ${range.min}`);
    }
    if (range !== undefined && value > range.max) {
      problem(member, String(value), `have value less than or equal to ${range.max}`);
    }
    return value;
  };
  const missing = (member: string) => problem(member, "null", "not be null");

  return {
    text,
    requiredText: (member, limits) => {
      const value = text(member, limits);
      if (value === undefined) missing(member);
      return value ?? "";
    },
    flag: (member) => {
      const value = present(member);
      if (value !== undefined && typeof value !== "boolean") throw unexpected("a boolean");
      return value ?? false;
    },
    integer,
    requiredInteger: (member) => {
      const value = integer(member);
      if (value === undefined) missing(member);
      return value ?? 0;
    },
    texts,
    requiredTexts: (member, limits, each) => {
      const value = texts(member, limits, each);
      if (value === undefined) missing(member);
      return value ?? [];
    },
    objects: (member, limits = {}) =>
      list(member, limits)?.map((value, index) =>
        fieldsOf(value, `${label(member)}.${index + 1}.member.`, problems),
      ),
    check: () => {
      if (problems.length === 0) return;
      const errors = problems.length === 1 ? "error" : "errors";
      throw invalid(`${problems.length} validation ${errors} detected: ${problems.join("; ")}`);
    },
  };
}

function abbreviated(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}...` : value;
}

function unexpected(wanted: string): ServiceError {
  return new ServiceError(
    "SerializationException",
    `The request body holds something else where ${wanted} belongs.`,
  );
}
