import { type Origin, showPlace, warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import { inputsOf } from "../model/rule.ts";
import { findCycles } from "./cycles.ts";
import type { FiggyEntry, FiggyRule } from "./figgy-entry.ts";
import { variablesOf } from "./variable-names.ts";

/** By name with its variables' values: of two rules for one name the first. A rule stands above a reference. */
export function keepFirst(
  entries: readonly FiggyEntry[],
  expand: (text: string) => string,
  reports: Problem[],
): ReadonlyMap<string, FiggyEntry> {
  const kept = new Map<string, FiggyEntry>();
  for (const entry of entries) {
    const name = expand(entry.name);
    const first = kept.get(name);
    if (first === undefined || (first.rule.kind === "exists" && entry.rule.kind !== "exists"))
      kept.set(name, entry);
    else if (entry.rule.kind !== "exists") {
      const summary = `${name} has a rule already, at ${showPlace(first.origin)}; this one is left out`;
      reports.push(warningAt(entry.origin, summary, "a name has one rule"));
    }
  }
  return kept;
}

/** Rules that follow from themselves become static. */
export function withoutCycles(
  entries: readonly FiggyEntry[],
  expand: (text: string) => string,
  reports: Problem[],
): ReadonlyMap<FiggyEntry, FiggyRule> {
  const byName = new Map(entries.map((entry) => [expand(entry.name), entry]));
  const inputs = new Map([...byName].map(([name, { rule }]) => [name, inputsOf(rule).map(expand)]));
  const changed = new Map<FiggyEntry, FiggyRule>();
  for (const cycle of findCycles(inputs)) {
    for (const name of cycle.slice(1)) {
      const entry = byName.get(name);
      if (entry === undefined || changed.has(entry)) continue;
      changed.set(entry, { kind: "static" });
      const hint = "it is written as static: a live value stands until a person or a source gives another";
      reports.push(warningAt(entry.origin, `${name} follows from itself: ${cycle.join(" → ")}`, hint));
    }
  }
  return changed;
}

/** Each variable without a value once, at its first use. */
export function reportVariables(
  entries: readonly FiggyEntry[],
  variables: Readonly<Record<string, string>>,
  reports: Problem[],
): void {
  const reported = new Set<string>();
  for (const { name, rule, origin } of entries) {
    for (const variable of [name, ...inputsOf(rule)].flatMap(variablesOf)) {
      if (Object.hasOwn(variables, variable) || reported.has(variable)) continue;
      reported.add(variable);
      const hint = `add it to "variables" in environment.json, or give --var ${variable}=VALUE`;
      reports.push(warningAt(origin, `variable ${variable} has no value`, hint));
    }
  }
}

/** What of the given variables comes to nothing: one that no name has, and one that the kept environment.json, at `place`, lacks. */
export function reportGiven(
  given: Readonly<Record<string, string>>,
  kept: Readonly<Record<string, string>> | undefined,
  entries: readonly FiggyEntry[],
  place: Origin,
  reports: Problem[],
): void {
  const used = new Set(entries.flatMap(({ name, rule }) => [name, ...inputsOf(rule)].flatMap(variablesOf)));
  for (const [variable, value] of Object.entries(given)) {
    if (!used.has(variable)) {
      reports.push(warningAt(place, `--var ${variable}: no name of these files has this variable`));
    } else if (kept !== undefined && kept[variable] !== value) {
      const hint = `write ${variable} under "variables" there by hand`;
      const what = Object.hasOwn(kept, variable) ? "it has another value" : "it does not have it";
      reports.push(warningAt(place, `--var ${variable} is not written: the file is kept, and ${what}`, hint));
    }
  }
}
