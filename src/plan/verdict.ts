import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { type ParameterType, valueKindOf } from "../model/rule.ts";
import {
  type BlockedReason,
  type Decision,
  type Input,
  losesValue,
  type ValueSource,
  type Verdict,
} from "./decision.ts";
import { comingEnd } from "./ending.ts";
import { isFiggyReplica } from "./figgy-replica.ts";
import type { Keyring } from "./keyring.ts";
import type { Diagnostic, Reason } from "./plan.ts";
import { attributesHash } from "./stamp.ts";
import type { Standing } from "./standing.ts";

/** A create where nothing is, else an update; a data type cannot be updated, only replaced. */
export function change(parameter: DesiredParameter, standing: Standing, reason: Reason): Verdict {
  if (standing.kind === "absent") return { kind: "change", action: "create", reason };
  const replaces = standing.live.dataType !== parameter.dataType;
  return { kind: "change", action: replaces ? "replace" : "update", reason };
}

export function blocked(reason: BlockedReason, on: ParameterName | null): Verdict {
  return { kind: "blocked", reason, on };
}

/** `undefined` where the parameter is ours to write; `blocked` only stands for unstamped. */
export function refusal(standing: Standing): Verdict | undefined {
  switch (standing.kind) {
    case "absent":
      return undefined;
    case "unstamped":
      return blocked("unstamped", null);
    case "invalid":
      return { kind: "conflict", owner: null };
    case "stamped":
      return standing.ours ? undefined : { kind: "conflict", owner: standing.stamp.owner };
  }
}

/** Whether the config names what is live to be taken over: unstamped, or the named owner's. */
export function mayAdopt({ adopt }: DesiredParameter, standing: Standing): boolean {
  if (adopt === undefined) return false;
  if (standing.kind === "unstamped") return true;
  return standing.kind === "stamped" && !standing.ours && standing.stamp.owner === adopt.owner;
}

/** What is left to ask of an untouched parameter of ours whose value is right: its attributes, and its kind. */
export function attributesVerdict(
  ring: Keyring,
  parameter: DesiredParameter,
  type: ParameterType,
  standing: Standing & { kind: "stamped" },
): Verdict {
  const { stamp } = standing;
  if (attributesHash(ring, stamp.keyId, parameter, type) !== stamp.attributes) {
    return change(parameter, standing, "attribute_changed");
  }
  const sameKind = standing.valueKind === valueKindOf(parameter.rule);
  return sameKind ? { kind: "keep" } : change(parameter, standing, "stamp_renewed");
}

/** A name that is only referred to has no type of its own: it keeps the one it has. */
export function typeHere(parameter: DesiredParameter, standing: Standing): ParameterType {
  const live = standing.kind === "absent" ? undefined : standing.live.type;
  return parameter.type ?? live ?? "SecureString";
}

/**
 * The decision of a verdict. A replace is done only for what may be deleted and whose value can be made again; nor does
 * what is protected give its value up by a change of kind, or to an Expiration policy.
 */
export function decision(
  parameter: DesiredParameter,
  standing: Standing,
  type: ParameterType,
  verdict: Verdict,
  source: ValueSource,
  notes: readonly Diagnostic[] = [],
  inputs: readonly Input[] = [],
): Decision {
  const asked: Decision = { parameter, standing, type, verdict, source, notes, inputs, hidden: false };
  const refused = refusedBecause(asked);
  const final = refused === undefined ? verdict : blocked(refused, null);
  const stays = final.kind !== "change" && standing.kind !== "absent";
  return { ...asked, type: stays ? standing.live.type : type, verdict: final };
}

function refusedBecause(asked: Decision): BlockedReason | undefined {
  const { parameter, standing, verdict, source } = asked;
  if (verdict.kind !== "change") return undefined;
  const replaces = verdict.action === "replace";
  if (replaces && !parameter.inScope) return "outside_scopes";
  if (parameter.protected && (replaces || losesValue(asked) || overwritesAdopted(asked))) return "protected";
  if (replaces && !isRemakeable(source)) return "cannot_replace";
  const ends = standing.kind !== "absent" && comingEnd(parameter, standing.live) !== undefined;
  return parameter.protected && ends ? "expires" : undefined;
}

/**
 * Whether what is taken over loses a value that cannot be made again. What bears no stamp somebody put, unless it says that
 * it is Figgy's replica of the same.
 */
function overwritesAdopted({ parameter: { rule }, standing, verdict, source }: Decision): boolean {
  const isAdopted = verdict.kind === "change" && verdict.reason === "adopted";
  if (!isAdopted || source.kind === "live" || rule.kind === "static") return false;
  if (standing.kind === "stamped")
    return standing.valueKind === "static" || standing.valueKind === "generated";
  const follows = rule.kind === "copy" || rule.kind === "merge";
  return standing.kind === "unstamped" && !(follows && isFiggyReplica(standing.text, rule));
}

/** A replace deletes the live value, and with it the history. */
function isRemakeable({ kind }: ValueSource): boolean {
  return kind !== "live" && kind !== "earlier";
}

/** Something to say of a parameter that changes nothing: `what` completes a sentence that its name begins. */
export function remark(
  { name, origin }: DesiredParameter,
  severity: "note" | "warning",
  code: string,
  what: string,
): Diagnostic {
  return {
    severity,
    code,
    summary: `${name} ${what}`,
    address: name,
    file: origin.file,
    line: origin.line,
  };
}

/** `remedy` is what is to be done about it, if anything. */
export function keptThoughTouched(parameter: DesiredParameter, remedy: string): Diagnostic {
  return remark(parameter, "note", "changed_outside", `was changed outside and is kept: ${remedy}`);
}
