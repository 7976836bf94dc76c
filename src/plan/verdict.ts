import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import type { ParameterType } from "../model/rule.ts";
import type { BlockedReason, Decision, Input, ValueSource, Verdict } from "./decision.ts";
import { comingEnd } from "./ending.ts";
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
  return stamp.kind === parameter.rule.kind ? { kind: "keep" } : change(parameter, standing, "stamp_renewed");
}

/** A name that is only referred to has no type of its own: it keeps the one it has. */
export function typeHere(parameter: DesiredParameter, standing: Standing): ParameterType {
  const live = standing.kind === "absent" ? undefined : standing.live.type;
  return parameter.type ?? live ?? "SecureString";
}

/**
 * The decision of a verdict. A replace is done only for what may be deleted and whose value can be made again, and what is
 * protected is not left to an Expiration policy either.
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
  const replaces = verdict.kind === "change" && verdict.action === "replace";
  const refused = replaces ? refusedReplace(parameter, source) : undefined;
  const writes = verdict.kind === "change" && standing.kind !== "absent";
  const ends = writes && parameter.protected && comingEnd(parameter, standing.live) !== undefined;
  const allowed = ends ? blocked("expires", null) : verdict;
  const final = refused === undefined ? allowed : blocked(refused, null);
  const stays = final.kind !== "change" && standing.kind !== "absent";
  const typeAfter = stays ? standing.live.type : type;
  return { parameter, standing, type: typeAfter, verdict: final, source, notes, inputs, hidden: false };
}

function refusedReplace(
  { inScope, protected: isProtected }: DesiredParameter,
  source: ValueSource,
): BlockedReason | undefined {
  if (!inScope) return "outside_scopes";
  if (isProtected) return "protected";
  return isRemakeable(source) ? undefined : "cannot_replace";
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

export function keptThoughTouched(parameter: DesiredParameter): Diagnostic {
  return remark(parameter, "note", "changed_outside", "was changed outside and is kept");
}
