import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import type { Secret } from "../model/secret.ts";
import type { Reading } from "../store/store.ts";
import { combine } from "../values/combine.ts";
import { changesValue, type Decision } from "./decision.ts";
import type { Planned } from "./make-plan.ts";

/** What a plan comes to for who asks of values alone: whose they are, and what they are tagged with, is not in it. */
export interface Audit {
  /** Declared, not live, and an apply can make it. */
  readonly missing: readonly ParameterName[];
  /** Live, with another value than the config asks for. */
  readonly unexpected: readonly ParameterName[];
  /** In scope and ours, but not declared. */
  readonly unknown: readonly ParameterName[];
  /** Declared, not live, and nothing has its value; and what follows from that. */
  readonly unresolved: readonly ParameterName[];
  /** Live, but what it should be, or is, may not be read, and no stamp tells. */
  readonly untold: readonly ParameterName[];
}

type Decisions = ReadonlyMap<ParameterName, Decision>;
type Readings = ReadonlyMap<ParameterName, Reading>;

/** What a parameter should hold. `new`: an apply makes it; `unread`: its live value, which is not at hand. */
type Expected =
  | { readonly kind: "value"; readonly value: Secret }
  | { readonly kind: "new" | "unread" | "unresolved" };

/** The live values that an audit of these decisions needs: where a stamp tells that all is well, none. */
export function valuesToAudit(decisions: Decisions): readonly ParameterName[] {
  const asked = new Set<ParameterName>();
  const read: ParameterName[] = [];
  for (const decided of [...decisions.values()].reverse()) {
    const { parameter, standing, source, hidden } = decided;
    const compares = !hidden && standing.kind !== "absent" && !isTold(decided) && hasExpectation(decided);
    const isAsked = asked.has(parameter.name);
    if (!compares && !isAsked) continue;
    const follows = source.kind === "followed" && !isTold(decided);
    if (follows) for (const input of inputsOf(parameter.rule)) asked.add(input);
    const ownIsAsked = isAsked && !follows && source.kind !== "supplied";
    if (standing.kind !== "absent" && (compares || ownIsAsked)) read.push(parameter.name);
  }
  return read;
}

/** Compares what is live with what should be, as far as `readings` of `valuesToAudit` tell. Names are sorted. */
export function auditPlan({ plan, decisions }: Planned, readings: Readings): Audit {
  const found = new Map<ParameterName, keyof Audit | undefined>();
  const expected = new Map<ParameterName, Expected>();
  for (const [name, decided] of decisions) {
    const should = expectedOf(decided, expected, readings);
    expected.set(name, should);
    if (!decided.hidden) found.set(name, classOf(decided, should, readings));
  }
  const names = (kind: keyof Audit) =>
    [...found].flatMap(([name, one]) => (one === kind ? [name] : [])).sort();
  return {
    missing: names("missing"),
    unexpected: names("unexpected"),
    unknown: plan.withheld.map(({ address }) => address as ParameterName).sort(),
    unresolved: names("unresolved"),
    untold: names("untold"),
  };
}

function classOf(decided: Decision, should: Expected, readings: Readings): keyof Audit | undefined {
  const { parameter, standing } = decided;
  if (should.kind === "unresolved") return "unresolved";
  if (standing.kind === "absent") return "missing";
  if (isTold(decided)) return undefined;
  if (should.kind === "new") return "unexpected";
  if (!hasExpectation(decided)) return undefined;
  const live = valueIn(readings, parameter.name);
  if (should.kind === "value" && live !== undefined)
    return live.equals(should.value) ? undefined : "unexpected";
  if (standing.kind !== "stamped" || !standing.ours) return "untold";
  return changesValue(decided) ? "unexpected" : undefined;
}

function expectedOf(
  decided: Decision,
  expected: ReadonlyMap<ParameterName, Expected>,
  readings: Readings,
): Expected {
  const { parameter, standing, source, verdict, hidden } = decided;
  const { rule } = parameter;
  const isLive = standing.kind !== "absent";
  if (isLive && (hidden || isTold(decided))) return liveOf(parameter.name, readings);
  if (source.kind === "supplied") return { kind: "value", value: source.value };
  const inputs = inputsOf(rule).map((name) => expected.get(name) ?? ({ kind: "unresolved" } as const));
  const lacking = inputs.some(({ kind }) => kind === "unresolved");
  if (lacking) return { kind: "unresolved" };
  switch (rule.kind) {
    case "copy":
    case "merge": {
      if (inputs.some(({ kind }) => kind === "new")) return { kind: "new" };
      const value = combine(rule, (name) => {
        const input = expected.get(name);
        return input?.kind === "value" ? input.value : undefined;
      });
      return value === undefined ? { kind: "unread" } : { kind: "value", value };
    }
    case "generate":
      if (!isLive) return { kind: "new" };
      if (inputs.length > 0 && verdict.kind === "change" && isStale(verdict.reason)) return { kind: "new" };
      return liveOf(parameter.name, readings);
    case "static":
    case "value":
    case "exists":
      if (isLive) return liveOf(parameter.name, readings);
      return { kind: source.kind === "asked" ? "new" : "unresolved" };
  }
}

/** What a value that was derived from another must be made anew for; that it is not ours yet says nothing of it. */
function isStale(reason: string): boolean {
  return reason === "source_changed" || reason === "value_changed" || reason === "changed_outside";
}

/** Our own untouched stamp tells that the value is as it should be. */
function isTold(decided: Decision): boolean {
  const { standing, verdict, hidden } = decided;
  if (hidden || standing.kind !== "stamped" || !standing.ours || standing.touched) return false;
  return verdict.kind === "keep" || (verdict.kind === "change" && !changesValue(decided));
}

/** Whether anything but the live value says what the value should be. */
function hasExpectation({ source, parameter: { rule } }: Decision): boolean {
  return source.kind === "supplied" || rule.kind === "copy" || rule.kind === "merge";
}

function liveOf(name: ParameterName, readings: Readings): Expected {
  const value = valueIn(readings, name);
  return value === undefined ? { kind: "unread" } : { kind: "value", value };
}

function valueIn(readings: Readings, name: ParameterName): Secret | undefined {
  const reading = readings.get(name);
  return reading?.kind === "value" ? reading.value : undefined;
}
