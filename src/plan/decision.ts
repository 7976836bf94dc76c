import type { FormerName } from "../graph/former-name.ts";
import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { type ParameterType, type ValueKind, valueKindOf } from "../model/rule.ts";
import type { Secret } from "../model/secret.ts";
import type { LiveParameter } from "../store/store.ts";
import type { Diagnostic, Reason } from "./plan.ts";
import type { Stamp } from "./stamp.ts";
import type { Standing } from "./standing.ts";

export type BlockedReason =
  | "missing"
  | "unstamped"
  | "input_missing"
  | "input_blocked"
  | "downgrade"
  | "value_too_large"
  | "value_refused"
  | "cannot_replace"
  | "outside_scopes"
  | "protected"
  /** An Expiration policy would delete what is protected. */
  | "expires"
  /** What lies under the former name is not what a run that was cut has carried over. */
  | "former_changed"
  /** Who plans may not write it. */
  | "held";

/** What is to happen to one desired parameter. Keeping is a verdict too. */
export type Verdict =
  | { readonly kind: "keep" }
  | { readonly kind: "change"; readonly action: "create" | "update" | "replace"; readonly reason: Reason }
  | { readonly kind: "blocked"; readonly reason: BlockedReason; readonly on: ParameterName | null }
  | { readonly kind: "conflict"; readonly owner: string | null };

/** Where the value comes from that the parameter has after apply. */
export type ValueSource =
  /** A literal, or a static value that a source supplies. */
  | {
      readonly kind: "supplied";
      readonly value: Secret;
      readonly from: string;
      /** The parameter that a source read it from, and that one's type. */
      readonly readFrom?: { readonly name: ParameterName; readonly type: ParameterType };
    }
  /** A static value that apply asks for. */
  | { readonly kind: "asked" }
  /** The live value stays, also where it is put again with other attributes. */
  | { readonly kind: "live" }
  /** The live value of the name that the parameter moves from. */
  | { readonly kind: "moved" }
  /** The value of a former version. */
  | {
      readonly kind: "earlier";
      /** The rule that it has now made it then. */
      readonly byRule: boolean;
      /** As the history tells it. */
      readonly then: LiveParameter;
      /** That version's own. */
      readonly stamp: Stamp | undefined;
    }
  | { readonly kind: "generated" }
  /** Made from the value of its one input. */
  | { readonly kind: "derived" }
  /** Computed from the inputs. */
  | { readonly kind: "followed" };

/** An input as a follower binds to it. */
export interface Input {
  readonly name: ParameterName;
  /** Its identity and version as it lies live; `undefined` where it does not. */
  readonly identity: string | undefined;
  readonly version: number | undefined;
  /** This plan writes it. */
  readonly planned: boolean;
  /** The run that is being resumed has written it: for the decision it is still planned. */
  readonly written: boolean;
}

/** Where a parameter moves from, and how that stands live. */
export interface Moving {
  readonly from: FormerName;
  readonly standing: Exclude<Standing, { kind: "absent" }>;
  /** The parameter itself where the run that is being resumed has written it: only the former name is left to go. */
  readonly begun: Standing | undefined;
  /** It has begun, and since then somebody wrote the former name. */
  readonly overtaken: boolean;
}

export interface Decision {
  readonly parameter: DesiredParameter;
  readonly standing: Standing;
  /** The type after apply: the live one where nothing is written. */
  readonly type: ParameterType;
  readonly inputs: readonly Input[];
  readonly verdict: Verdict;
  readonly source: ValueSource;
  /** Left out by `--target` or `--exclude`: what is live stands, and the plan does not speak of it. */
  readonly hidden: boolean;
  /** Also where the move is refused. */
  readonly moving?: Moving;
  readonly notes: readonly Diagnostic[];
}

/** Whether the value is a secret, before apply or after it: a config that calls it a String does not make it one. */
export function holdsSecret({ type, standing }: Decision): boolean {
  return type === "SecureString" || (standing.kind !== "absent" && standing.live.type === "SecureString");
}

/** The live parameter that a value comes from which apply puts again: of this name, or of the one it moves from. */
export function formerLive({ standing, source, moving }: Decision): LiveParameter | undefined {
  const former = source.kind === "moved" ? moving?.standing : standing;
  return former === undefined || former.kind === "absent" ? undefined : former.live;
}

/** The parameter as it lies live, also where the run that is being resumed wrote it. */
export function standingNow({ standing, moving }: Decision): Standing {
  return moving?.begun ?? standing;
}

/** True where apply will change the value itself, as far as the plan can tell. */
export function changesValue(decision: Decision): boolean {
  const { verdict, source } = decision;
  if (verdict.kind !== "change") return false;
  if (source.kind === "derived") return true;
  if (verdict.reason === "attribute_changed" || verdict.reason === "stamp_renewed") return false;
  return source.kind !== "live" && source.kind !== "moved";
}

/** What the value is that the parameter has until now, here or under the name that it moves from, if it is ours. */
export function formerKind({ standing, moving }: Decision): ValueKind | undefined {
  const former = moving?.standing ?? standing;
  return former.kind === "stamped" && former.ours ? former.valueKind : undefined;
}

/**
 * Whether a change gives up a value that cannot be made again, because the parameter is of another kind now: a
 * static or generated one that from now on follows a rule, or is generated anew.
 */
export function losesValue(decision: Decision): boolean {
  const was = formerKind(decision);
  if (was === valueKindOf(decision.parameter.rule)) return false;
  return (was === "static" || was === "generated") && changesValue(decision);
}
