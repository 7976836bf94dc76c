import type { Origin } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { ParameterType } from "../model/rule.ts";
import type { Secret } from "../model/secret.ts";

/** A value, where a reader of a plan is told it comes from (never the value), and its place. */
export interface FoundValue {
  readonly value: Secret;
  /** `file configs/dev/values.json`, `environment variable PARAFORM_VALUE_DBA_PASSWORD`. */
  readonly from: string;
  readonly at: Origin;
  /** It stands for what a source does not hold, and is written only where nothing is live. */
  readonly whenAbsent?: true;
  /** The parameter that it was read from, and that one's type. */
  readonly readFrom?: { readonly name: ParameterName; readonly type: ParameterType };
}

/** Something to look at in a source of values, in the shape of a plan's diagnostic. It quotes no value. */
export interface ValueFinding {
  readonly severity: "warning";
  readonly code:
    | "unknown_entry"
    | "readable_by_others"
    | "tracking_unknown"
    | "trailing_newline"
    | "placeholder";
  readonly summary: string;
  readonly address?: ParameterName;
  readonly file: string;
  readonly line: number;
}

/** What one source has for the names that are wanted of it. */
export interface SourceReading {
  readonly values: ReadonlyMap<ParameterName, FoundValue>;
  readonly problems: readonly Problem[];
  readonly findings: readonly ValueFinding[];
  /** Values for names that it does not have, where not having any says something: they overwrite nothing. */
  readonly fallbacks?: ReadonlyMap<ParameterName, FoundValue>;
  /** What a server was asked for in vain: it has no such item, or the item no such field. */
  readonly lacking?: ReadonlyMap<ParameterName, Lack>;
}

export type Lack = "item" | "field";

export const NOTHING: SourceReading = { values: new Map(), problems: [], findings: [] };
