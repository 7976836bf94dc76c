import { actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import {
  ATTRIBUTE_ORDER,
  type AttributeKey,
  isEqual,
  type Side,
  sideAfter,
  sideBefore,
} from "./attribute-side.ts";
import { carriesValue } from "./carried.ts";
import type { Paint } from "./colour.ts";
import { quoteText } from "./escape.ts";
import { mapLines, mapText } from "./map-lines.ts";
import { textDiff } from "./text-diff.ts";

export type Sign = "+" | "~" | "-" | " ";

/** One attribute of a block. `body` stands below it, not yet indented: a diff, or the entries of a map. */
export interface AttributeLine {
  readonly sign: Sign;
  readonly key: AttributeKey;
  readonly text: string;
  readonly body: readonly string[];
}

export interface AttributeLines {
  readonly lines: readonly AttributeLine[];
  /** How many stay as they are and are not in `lines`. */
  readonly unchanged: number;
  /** How many of a new or destroyed parameter have Parameter Store's own default and are not in `lines`. */
  readonly defaults: number;
}

const DEFAULTS: Partial<Record<AttributeKey, string>> = { tier: "Standard", data_type: "text" };

/** Attributes that Parameter Store does not change in place; a tier is never lowered. */
const FORCING: ReadonlySet<AttributeKey> = new Set(["type", "data_type", "tier"]);

/** The lines of a change's block. `verbose` shows also what stays as it is, or has its default. */
export function attributeLines(change: ResourceChange, paint: Paint, verbose: boolean): AttributeLines {
  const lines: AttributeLine[] = [];
  let unchanged = 0;
  let defaults = 0;
  for (const key of ATTRIBUTE_ORDER) {
    const before = sideBefore(change, key);
    const after = actionOf(change) === "forget" ? before : sideAfter(change, key);
    if (before.kind === "absent" && after.kind === "absent") continue;
    if (key === "version" && saysNothing(change, after)) continue;
    const isDefault = isDefaultOf(key, before, after) || isDefaultOf(key, after, before);
    const line = attributeLine(change, key, before, after, paint);
    if (verbose || (line.sign !== " " && !isDefault)) lines.push(line);
    else if (isDefault) defaults += 1;
    else unchanged += 1;
  }
  return { lines, unchanged, defaults };
}

/** True for an attribute that comes or goes with its parameter and has Parameter Store's own default. */
function isDefaultOf(key: AttributeKey, absent: Side, present: Side): boolean {
  return absent.kind === "absent" && present.kind === "text" && DEFAULTS[key] === present.text;
}

/** A new parameter is version 1, and a plan that tells no next version has nothing to say about it. */
function saysNothing(change: ResourceChange, version: Side): boolean {
  const action = actionOf(change);
  return action === "create" || action === "move" || (action === "update" && version.kind === "absent");
}

function attributeLine(
  change: ResourceChange,
  key: AttributeKey,
  before: Side,
  after: Side,
  paint: Paint,
): AttributeLine {
  const arrow = paint("->", "yellow");
  const sign = before.kind === "absent" ? "+" : after.kind === "absent" ? "-" : "~";
  const same = { sign: " ", key, text: sideText(change, after), body: [] } as const;

  const body = bodyOf(before, after, paint);
  if (body !== undefined) return body.length === 0 ? same : { sign, key, text: "", body };
  if (before.kind === "secret" && (after.kind === "secret" || after.kind === "unknown")) {
    const fate = secretFate(change, before.digest, after);
    if (fate === "kept") return { ...same, text: "(sensitive value)" };
    if (after.kind === "secret" || !isMadeAtApply(change)) {
      return { sign, key, text: `(sensitive value, ${fate})`, body: [] };
    }
  }
  if (isEqual(before, after)) return same;

  const sides = [before, after]
    .filter((side) => side.kind !== "absent")
    .map((side) => sideText(change, side));
  if (sign === "-") sides.push(paint("null", "grey"));
  const forces = sign === "~" && actionOf(change) === "replace" && FORCING.has(key);
  const text = sides.join(` ${arrow} `) + (forces ? paint(" # forces replacement", "red") : "");
  return { sign, key, text, body: [] };
}

/** What does not fit on one line: maps, and texts of several lines where both sides may be shown. */
function bodyOf(before: Side, after: Side, paint: Paint): string[] | undefined {
  if (before.kind === "map" || after.kind === "map") {
    const lines = mapLines(mapOf(before), mapOf(after), paint);
    return lines.length === 0 ? [] : ["{", ...lines.map((line) => `  ${line}`), "}"];
  }
  const [from, to] = [textOf(before), textOf(after)];
  if (from === undefined || to === undefined || !`${from}${to}`.includes("\n")) return undefined;
  return textDiff(from, to, paint);
}

function mapOf(side: Side): ReadonlyMap<string, string> {
  return side.kind === "map" ? side.map : new Map();
}

function textOf(side: Side): string | undefined {
  if (side.kind === "absent") return "";
  return side.kind === "text" ? side.text : undefined;
}

type Fate = "kept" | "changed" | "rewritten";

/** What happens to a value that is shown neither before nor after: masks are never compared. */
function secretFate(change: ResourceChange, before: string | undefined, after: Side): Fate {
  if (keepsLiveValue(change)) return "kept";
  const same = after.kind === "secret" ? sameDigest(before, after.digest) : undefined;
  if (same === false) return "changed";
  switch (change.action_reason) {
    case "regenerate":
    case "source_changed":
    case "value_changed":
      return same === true ? "kept" : "changed";
    // A digest tells what we once wrote: what somebody else touched or made is written again whatever it says.
    case "changed_outside":
    case "adopted":
      return "rewritten";
    default:
      return "kept";
  }
}

/** Digests under different keys say nothing about each other: a digest begins with its key's id and a dot. */
function sameDigest(before: string | undefined, after: string | undefined): boolean | undefined {
  if (before === undefined || after === undefined) return undefined;
  if (before === after) return true;
  return before.split(".")[0] === after.split(".")[0] ? false : undefined;
}

/** True where only what stands beside the value is written anew. */
function keepsLiveValue({ action_reason, origin }: ResourceChange): boolean {
  if (action_reason === "attribute_changed" || action_reason === "stamp_renewed") return true;
  if (action_reason !== "adopted" && action_reason !== "changed_outside") return false;
  if (origin?.rule === "generate") return origin.sources.length === 0;
  return origin?.rule === "static" && origin.supplied_by === undefined;
}

/**
 * True where apply makes the value or is told it. What else is unknown exists, and only nobody read it; and of what
 * changes with its source, be it copied or derived, that says all.
 */
function isMadeAtApply({ action_reason, origin }: ResourceChange): boolean {
  if (origin?.sources.some(({ version }) => version === "planned") || action_reason === "source_changed")
    return false;
  return action_reason === "regenerate" || origin?.rule === "generate" || origin?.supplied_by === "prompt";
}

function unknownText(change: ResourceChange): string {
  if (change.origin?.supplied_by === "prompt") return "(asked for at apply)";
  return carriesValue(change) ? "(sensitive value, as it is)" : "(known after apply)";
}

function sideText(change: ResourceChange, side: Side): string {
  switch (side.kind) {
    case "absent":
      return "null";
    case "unknown":
      return unknownText(change);
    case "secret":
      return "(sensitive value)";
    case "text":
      return quoteText(side.text);
    case "number":
      return String(side.number);
    case "map":
      return mapText(side.map);
  }
}
