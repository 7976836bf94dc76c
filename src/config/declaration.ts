import type { ParameterName } from "../model/name.ts";
import type { ParameterType, Rule, Tier } from "../model/rule.ts";
import type { Move, Removal } from "./lifecycle.ts";
import type { Origin } from "./origin.ts";

/** The attributes of a native entry as written; what is absent takes its default in the graph. */
export interface Attributes {
  readonly description?: string;
  readonly type?: ParameterType;
  readonly key?: string;
  readonly tier?: Tier;
  /** A JSON array as Parameter Store wants it, in canonical text. */
  readonly policies?: string;
  readonly allowedPattern?: string;
  readonly dataType?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A name with its rule. Every name has at most one declaration in an environment. */
export interface Declaration {
  readonly name: ParameterName;
  readonly rule: Exclude<Rule, { kind: "exists" }>;
  readonly attributes: Attributes;
  readonly origin: Origin;
}

/** A name that must exist: named by `"exists": true` or `shared_figs`, whoever writes it. */
export interface Reference {
  readonly name: ParameterName;
  readonly origin: Origin;
}

/** Leave to take over what exists: unstamped, or bearing the stamp of `owner`. */
export interface Adoption {
  readonly name: ParameterName;
  readonly owner?: string;
  readonly origin: Origin;
}

/** Sources that mean something only together, as a user and its password: what follows from them waits until all are written. */
export interface Group {
  readonly members: readonly { readonly name: ParameterName; readonly origin: Origin }[];
  /** How long none of them may have changed before what follows from them is replicated. */
  readonly quietSeconds: number;
}

/** What replication files say, before anyone asked whether two of them say it of one name. */
export interface Entries {
  readonly declarations: readonly Declaration[];
  readonly references: readonly Reference[];
  readonly adoptions: readonly Adoption[];
  readonly groups: readonly Group[];
  readonly moves: readonly Move[];
  readonly removals: readonly Removal[];
}
