import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { isDerived } from "../model/recipe.ts";
import type { Decision, Verdict } from "./decision.ts";
import { decideDerived } from "./derived.ts";
import { decideFollower } from "./follower.ts";
import { decideGenerated } from "./generated.ts";
import { heldBack } from "./held.ts";
import { keptNotes } from "./kept-note.ts";
import { valueDigest } from "./keyring.ts";
import { kindNotes } from "./kind-change.ts";
import { decideMove, movingTo } from "./move.ts";
import { liveValue, type Pass, valueAfter, type World } from "./pass.ts";
import type { Diagnostic } from "./plan.ts";
import type { KnownValues } from "./resource-change.ts";
import { decideRollback } from "./rollback.ts";
import { type ShownNames, shownNames } from "./shown.ts";
import { type Standing, standingOf } from "./standing.ts";
import { decideLiteral, decideStatic } from "./supplied.ts";
import { blocked, decision, remark, typeHere } from "./verdict.ts";

export interface Decisions {
  /** In the graph's order: sources before what follows from them. */
  readonly decisions: ReadonlyMap<ParameterName, Decision>;
  /** Names whose live value would make the decisions sharper: read them and decide again. */
  readonly wants: ReadonlySet<ParameterName>;
  /** Names whose planned values may be shown in clear. */
  readonly shown: ReadonlySet<ParameterName>;
  /** What may be said of a decision's values: those that may be shown, and those at hand for a digest. */
  readonly valuesOf: (decision: Decision) => KnownValues;
}

/**
 * Decides every desired parameter. A row of SPEC §5 is a function of its own; the columns are the standings:
 *
 *   absent · unstamped · stamped by us and untouched · touched outside · another's stamp, or one that does not verify
 */
export function decide(world: World): Decisions {
  const pass: Pass = { world, decisions: new Map(), values: new Map(), atHand: new Map(), wants: new Set() };
  for (const parameter of world.graph.parameters.values()) {
    const decided = world.held.has(parameter.name) ? decideHeld(pass, parameter) : decideOne(pass, parameter);
    const notes = decided.hidden
      ? []
      : [...keptNotes(world, decided), ...kindNotes(decided, world.ring.place.environment)];
    pass.decisions.set(parameter.name, { ...decided, notes: [...decided.notes, ...notes] });
  }
  const shown = shownNames(world.ring, pass.decisions);
  const valuesOf = (decided: Decision) => knownValues(pass, shown, decided);
  return { decisions: pass.decisions, wants: pass.wants, shown: shown.after, valuesOf };
}

/** By metadata alone: who may not write it need not be able to read what it follows from. */
function decideHeld(pass: Pass, parameter: DesiredParameter): Decision {
  return heldBack(decideOne({ ...pass, values: new Map(), wants: new Set() }, parameter));
}

function knownValues(pass: Pass, shown: ShownNames, decided: Decision): KnownValues {
  const { parameter, standing, source, verdict } = decided;
  const { name } = parameter;
  const after = shown.after.has(name);
  const shows = { after, before: after && shown.before.has(name) };
  if (!shows.after || verdict.kind !== "change") {
    const made = pass.world.untrusted ? undefined : pass.values.get(name);
    const known = source.kind === "supplied" ? source.value : made;
    return { shows, before: undefined, after: known };
  }
  const reads = shows.before && standing.kind !== "absent";
  return { shows, before: reads ? liveValue(pass, name) : undefined, after: valueAfter(pass, name) };
}

function decideOne(pass: Pass, parameter: DesiredParameter): Decision {
  const { world } = pass;
  const { name } = parameter;
  const standing = standingOf(world.ring, world.owner, name, world.live.get(name));
  const moving = movingTo(world, parameter, standing);
  if (!world.selects(name)) {
    return { ...reference(parameter, standing), hidden: true, ...(moving === undefined ? {} : { moving }) };
  }
  if (moving !== undefined) {
    return decideMove(pass, decideByRule(pass, parameter, { kind: "absent" }), moving);
  }
  if (!world.deep || standing.kind === "absent") return decideByRule(pass, parameter, standing);
  const decided = decideByRule(pass, parameter, comparedStanding(pass, standing));
  if (world.known.get(name)?.kind !== "denied") return decided;
  const unread = remark(parameter, "warning", "not_compared", "may not be read and was not compared");
  return { ...decided, notes: [...decided.notes, unread] };
}

/** With `--deep`, a value that is not the stamped one was put by somebody else, whatever the metadata say. */
function comparedStanding(pass: Pass, standing: Exclude<Standing, { kind: "absent" }>): Standing {
  const { name } = standing.live;
  const value = liveValue(pass, name);
  if (standing.kind !== "stamped" || value === undefined) return standing;
  const { keyId, digest } = standing.stamp;
  const differs = valueDigest(pass.world.ring, keyId, name, value) !== digest;
  return { ...standing, touched: standing.touched || differs };
}

function decideByRule(pass: Pass, parameter: DesiredParameter, standing: Standing): Decision {
  const { rule } = parameter;
  const then = pass.world.earlier.get(parameter.name);
  if (then !== undefined) return decideRollback(pass, parameter, standing, then);
  switch (rule.kind) {
    case "exists":
      return isSupplied(pass.world, parameter, standing)
        ? decideReference(pass, parameter, standing)
        : { ...reference(parameter, standing), notes: providerNotes(parameter, standing) };
    case "static":
      return decideStatic(pass, parameter, standing);
    case "value":
      return decideLiteral(pass, parameter, rule.value, standing);
    case "generate":
      return isDerived(rule.recipe)
        ? decideDerived(pass, parameter, rule.recipe, standing)
        : decideGenerated(pass, parameter, standing);
    case "copy":
    case "merge":
      return decideFollower(pass, parameter, rule, standing);
  }
}

/**
 * A reference that a source supplies is static, but the config says nothing of its attributes: what is live keeps
 * those that it has, and nothing is written for their sake.
 */
function decideReference(pass: Pass, parameter: DesiredParameter, standing: Standing): Decision {
  const decided = decideStatic(pass, asItLies(parameter, standing), standing);
  const { verdict } = decided;
  const keeps = verdict.kind === "change" && verdict.reason === "attribute_changed";
  return keeps ? { ...decided, verdict: { kind: "keep" } } : decided;
}

function asItLies(parameter: DesiredParameter, standing: Standing): DesiredParameter {
  const asStatic: DesiredParameter = { ...parameter, rule: { kind: "static" } };
  if (standing.kind === "absent") return asStatic;
  const { live, text } = standing;
  const { type, keyId, policies, allowedPattern, dataType } = live;
  return {
    ...asStatic,
    type,
    key: keyId ?? parameter.key,
    description: text,
    ...(policies === undefined ? {} : { policies }),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
    dataType,
    tags: {},
  };
}

/** A name that is only referred to is static where a source has its value, or a person can be asked for it. */
function isSupplied(world: World, parameter: DesiredParameter, standing: Standing): boolean {
  if (world.supplied.has(parameter.name)) return true;
  const isInput = world.graph.followers.has(parameter.name);
  return world.prompts && isInput && !parameter.expected && standing.kind === "absent";
}

/** Others may still follow what we made by a rule that is gone; nothing keeps it right any more. */
function providerNotes(parameter: DesiredParameter, standing: Standing): readonly Diagnostic[] {
  if (standing.kind !== "stamped" || !standing.ours || standing.stamp.kind === "static") return [];
  const what = "is referred to, but no rule provides it any more: its live value stays as it is";
  return [remark(parameter, "warning", "no_provider", what)];
}

function reference(parameter: DesiredParameter, standing: Standing): Decision {
  const type = typeHere(parameter, standing);
  const verdict: Verdict = standing.kind === "absent" ? blocked("missing", null) : { kind: "keep" };
  return decision(parameter, standing, type, verdict, { kind: "live" });
}
