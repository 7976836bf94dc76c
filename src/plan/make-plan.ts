import type { Environment } from "../config/environment.ts";
import { matchesAny } from "../graph/name-glob.ts";
import { readerOf } from "../graph/reader.ts";
import type { ParameterName } from "../model/name.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { exposedNames } from "./exposure.ts";
import { fingerprintOf, planMac } from "./fingerprint.ts";
import { checkGuards } from "./guards.ts";
import { inputFindings } from "./input-findings.ts";
import { reachOf } from "./key-reach.ts";
import { type Lineage, lineageOf } from "./lineage.ts";
import { misspelt } from "./misspelt.ts";
import { movingAway } from "./move.ts";
import { findUndeclared, orphansOf, unlistedShares } from "./orphans.ts";
import type { World } from "./pass.ts";
import { plainValues } from "./plain-values.ts";
import { type Diagnostic, FORMAT_VERSION, type Plan, type PlanInputs, type ResourceChange } from "./plan.ts";
import { broadeningNames, readersOf } from "./readers.ts";
import { givenUp } from "./removals.ts";
import { desiredChange, forgetChange, orphanChange } from "./resource-change.ts";
import { selection } from "./selection.ts";
import type { Standing } from "./standing.ts";
import { uncheckedValues } from "./unchecked-values.ts";

/** What heads a plan: where it applies and what it was asked for. */
export interface PlanHeader {
  readonly environment: Plan["environment"];
  readonly configDigest: string;
  readonly inputs: PlanInputs;
  /** Where an outsider wrote the configs. */
  readonly proposed?: Plan["proposed"];
  /** What compiling and the value sources had to say. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The document, and what apply needs beside it: the decisions behind the document. */
export interface Planned {
  readonly plan: Plan;
  /** In the order of writes: sources before what follows from them. */
  readonly decisions: ReadonlyMap<ParameterName, Decision>;
  /** Of what follows from others, the secrets that it is made of. */
  readonly stampedSecrets: Lineage["stamped"];
  /** Names whose live values would make the plan sharper. */
  readonly wants: ReadonlySet<ParameterName>;
}

/**
 * Compares what should be with what is. Each name is one of three cases: only desired (create, or blocked),
 * only live (an orphan, deleted or withheld, or none of our business), both (compare). `--delete`, protect
 * and the guards filter the outcome; they do not steer the comparison.
 */
export function makePlan(
  header: PlanHeader,
  environment: Environment,
  world: Omit<World, "selects" | "regenerates">,
): Planned {
  const { inputs } = header;
  const selects = selection(world.graph, inputs);
  const whole: World = { ...world, selects, regenerates: matchesAny(inputs.regenerate) };
  const decided = decide(whole);
  const visible = [...decided.decisions.values()].filter((decision) => !decision.hidden);
  const leaving = movingAway(decided.decisions.values());
  const undeclared = findUndeclared(
    world.ring,
    environment.owner,
    world.graph,
    world.live,
    environment.scopes,
    matchesAny(environment.ignore),
  ).filter((one) => isTargeted(inputs)(one) && !leaving.has(one.name));
  const stays = (name: ParameterName) => world.graph.removals.get(name)?.destroy === false;
  const orphans = orphansOf(undeclared, environment.scopes).filter(({ name }) => !stays(name));
  const isOrphan = (name: ParameterName) => orphans.some((orphan) => orphan.name === name);
  const { forgotten, notes } = givenUp(world, isTargeted(inputs), isOrphan);
  const deletes = matchesAny(inputs.delete);
  const protects = matchesAny(environment.protect);
  const deleted = orphans.filter(({ name }) => deletes(name) && !protects(name));
  const withheld = orphans.filter(({ name }) => !deletes(name) || protects(name));

  const blocked = visible.flatMap(({ parameter, verdict }) =>
    verdict.kind === "blocked" ? [{ address: parameter.name, reason: verdict.reason, on: verdict.on }] : [],
  );
  const conflicts = visible.flatMap(({ parameter, verdict }) =>
    verdict.kind === "conflict" ? [{ address: parameter.name, owner: verdict.owner }] : [],
  );
  const planned = visible.filter(({ verdict }) => verdict.kind === "keep" || verdict.kind === "change");
  const reach = reachOf(world.ring.place, environment);
  const lineage = lineageOf(whole, decided.decisions);
  const exposed = exposedNames(whole, lineage, visible, decided.decisions, decided.shown, reach, environment);
  const changes = [
    ...planned.map((decision) => ({
      ...desiredChange(world.ring, decision, decided.valuesOf(decision)),
      ...(exposed.has(decision.parameter.name) ? { exposes: true as const } : {}),
    })),
    ...deleted.map((orphan) => orphanChange(world.ring, orphan)),
    ...forgotten.map((orphan) => forgetChange(world.ring, orphan)),
  ].sort(byAddress);
  const readers = readersOf(
    lineage,
    readerOf(environment),
    decided.decisions,
    deleted.map(({ name }) => name),
  );
  const guards = checkGuards(
    environment.guards,
    {
      ours: ours(visible) + orphans.length + forgotten.length,
      known: world.graph.parameters.size,
      declared: [...world.graph.parameters.values()].filter(({ rule }) => rule.kind !== "exists").length,
      deletes: deleted.length,
      exposed: exposed.size,
      broadened: broadeningNames(readers).size,
      decisions: visible,
    },
    inputs.allow,
  );
  const unsigned: Plan = {
    format_version: FORMAT_VERSION,
    environment: header.environment,
    config: { digest: header.configDigest },
    ...(header.proposed === undefined ? {} : { proposed: header.proposed }),
    inputs,
    applyable: conflicts.length === 0 && guards.every((guard) => !guard.tripped),
    complete: true,
    summary: {
      ...summarize(changes),
      blocked: blocked.length,
      conflict: conflicts.length,
      withheld: { delete: withheld.length },
    },
    resource_changes: changes,
    readers,
    withheld: withheld.map(({ name }) => ({
      address: name,
      action_reason: protects(name)
        ? "protected"
        : world.graph.removals.has(name)
          ? "removed"
          : "not_in_config",
    })),
    blocked: blocked.sort(byAddress),
    conflicts: conflicts.sort(byAddress),
    guards: [...guards],
    diagnostics: [
      ...header.diagnostics,
      ...visible.flatMap(({ notes }) => notes),
      ...misspelt(visible, world.live.keys()),
      ...plainValues(visible),
      ...(world.untrusted ? uncheckedValues(visible) : []),
      ...unlistedShares(undeclared),
      ...notes,
      ...inputFindings(inputs, [...decided.decisions.values()], [...world.live.keys()]),
    ],
    fingerprint: fingerprintOf(world.ring, environment.owner, inputs, changes),
    mac: "",
  };
  return {
    plan: { ...unsigned, mac: planMac(world.ring, unsigned) },
    decisions: decided.decisions,
    stampedSecrets: lineage.stamped,
    wants: decided.wants,
  };
}

/** The plan of an environment that could not be read: it says so, plans nothing and is not applyable. */
export function incompletePlan(header: PlanHeader, unread: readonly Diagnostic[]): Plan {
  return {
    format_version: FORMAT_VERSION,
    environment: header.environment,
    config: { digest: header.configDigest },
    ...(header.proposed === undefined ? {} : { proposed: header.proposed }),
    inputs: header.inputs,
    applyable: false,
    complete: false,
    summary: { ...summarize([]), blocked: 0, conflict: 0, withheld: { delete: 0 } },
    resource_changes: [],
    readers: [],
    withheld: [],
    blocked: [],
    conflicts: [],
    guards: [],
    diagnostics: [...unread, ...header.diagnostics],
    fingerprint: "",
    mac: "",
  };
}

function summarize(
  changes: readonly ResourceChange[],
): Omit<Plan["summary"], "blocked" | "conflict" | "withheld"> {
  const count = (action: string) =>
    changes.filter(({ change }) => (change.actions as string[]).includes(action)).length;
  const moves = changes.filter(({ previous_address }) => previous_address !== undefined).length;
  return {
    add: count("create") - moves,
    change: count("update"),
    destroy: count("delete"),
    replace: changes.filter(({ change }) => change.actions.length === 2).length,
    adopt: changes.filter(({ action_reason }) => action_reason === "adopted").length,
    move: moves,
    forget: count("forget"),
    no_op: count("no-op"),
  };
}

function ours(decisions: readonly Decision[]): number {
  return decisions.filter(({ standing, moving }) => isOurs(standing) || isOurs(moving?.standing)).length;
}

function isOurs(standing: Standing | undefined): boolean {
  return standing?.kind === "stamped" && standing.ours;
}

/** What is not in the graph follows from nothing: only `--target` and `--exclude` themselves say whether it is meant. */
function isTargeted(inputs: PlanInputs): (one: { name: ParameterName }) => boolean {
  const targeted = matchesAny(inputs.target);
  const excluded = matchesAny(inputs.exclude);
  return ({ name }) => (inputs.target.length === 0 || targeted(name)) && !excluded(name);
}

function byAddress(one: { address: string }, other: { address: string }): number {
  return one.address < other.address ? -1 : one.address > other.address ? 1 : 0;
}
