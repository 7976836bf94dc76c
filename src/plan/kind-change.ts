import type { ParameterName } from "../model/name.ts";
import { type ValueKind, valueKindOf } from "../model/rule.ts";
import { changesValue, type Decision, formerKind, losesValue } from "./decision.ts";
import type { Diagnostic } from "./plan.ts";
import { remark } from "./verdict.ts";

/** What becomes of the value of a parameter that changes its kind. */
export function kindNotes(decision: Decision, environment: string): readonly Diagnostic[] {
  const { parameter, standing, verdict, moving } = decision;
  const was = formerKind(decision);
  const kind = valueKindOf(parameter.rule);
  if (verdict.kind !== "change" || was === undefined || was === kind || kind === "exists") return [];
  const turned = `was ${KINDS[was]} and is ${KINDS[kind]} now`;
  if (!changesValue(decision)) {
    const until = kind === "generated" ? ", until it is regenerated" : "";
    return [remark(parameter, "note", "kind_changed", `${turned}: its value stays${until}`)];
  }
  if (!losesValue(decision)) return [];
  const inHistory = verdict.action === "update" && standing.kind !== "absent";
  const back = inHistory
    ? `its history keeps it: paraform put ${parameter.name} --from-version ${standing.live.version} --env ${environment}`
    : copyOf(moving?.from.name ?? parameter.name, environment);
  return [
    remark(parameter, "warning", "value_lost", `${turned}: the value that it had is given up; ${back}`),
  ];
}

/** Where the value of what apply deletes is for a while. */
export function copyOf(name: ParameterName, environment: string): string {
  return `unless apply is to --purge, a copy of it is kept for 30 days, as ${name}: see paraform undelete --env ${environment}`;
}

const KINDS: Readonly<Record<ValueKind, string>> = {
  static: "static",
  value: "a literal",
  copy: "a copy",
  merge: "a merge",
  generated: "generated",
  derived: "derived from its source",
  exists: "only referred to",
};
