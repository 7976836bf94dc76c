import type { Rule } from "../model/rule.ts";
import { changesValue, type Decision } from "./decision.ts";
import type { Diagnostic } from "./plan.ts";
import type { Stamp } from "./stamp.ts";
import { remark } from "./verdict.ts";

/**
 * Whether a change gives up a value that cannot be made again, because the parameter is of another kind now: a
 * static or generated one that from now on follows a rule, or is generated anew.
 */
export function losesValue(decision: Decision): boolean {
  const was = formerKind(decision);
  if (was === undefined || was === decision.parameter.rule.kind) return false;
  return (was === "static" || was === "generate") && changesValue(decision);
}

/** What becomes of the value of a parameter that changes its kind. */
export function kindNotes(decision: Decision, environment: string): readonly Diagnostic[] {
  const { parameter, standing, verdict, moving } = decision;
  const was = formerKind(decision);
  const { kind } = parameter.rule;
  if (verdict.kind !== "change" || was === undefined || was === kind || kind === "exists") return [];
  const turned = `was ${KINDS[was]} and is ${KINDS[kind]} now`;
  if (!changesValue(decision)) {
    const until = kind === "generate" ? ", until it is regenerated" : "";
    return [remark(parameter, "note", "kind_changed", `${turned}: its value stays${until}`)];
  }
  if (!losesValue(decision)) return [];
  const inHistory = verdict.action === "update" && standing.kind !== "absent";
  const back = inHistory
    ? `its history keeps it: paraform put ${parameter.name} --from-version ${standing.live.version} --env ${environment}`
    : `unless apply is to --purge, a copy of it is kept for 30 days, as ${moving?.from.name ?? parameter.name}: see paraform undelete --env ${environment}`;
  return [
    remark(parameter, "warning", "value_lost", `${turned}: the value that it had is given up; ${back}`),
  ];
}

const KINDS: Readonly<Record<Rule["kind"], string>> = {
  static: "static",
  value: "a literal",
  copy: "a copy",
  merge: "a merge",
  generate: "generated",
  exists: "only referred to",
};

function formerKind({ standing, moving }: Decision): Stamp["kind"] | undefined {
  const former = moving?.standing ?? standing;
  return former.kind === "stamped" && former.ours ? former.stamp.kind : undefined;
}
