import type { DesiredGraph } from "../graph/graph.ts";
import { matchesAny } from "../graph/name-glob.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import type { PlanInputs } from "./plan.ts";

/**
 * What `--target` and `--exclude` leave in the plan: targets with everything that they follow from. A rollback takes
 * none of that with it: what else its followers are made of keeps its live value and waits for a plan of its own.
 */
export function selection(graph: DesiredGraph, inputs: PlanInputs): (name: ParameterName) => boolean {
  const excludes = matchesAny(inputs.exclude);
  const excluded = (name: ParameterName) =>
    excludes(name) || (graph.parameters.get(name)?.formerly ?? []).some((former) => excludes(former.name));
  if (inputs.target.length === 0) return (name) => !excluded(name);
  const targeted = matchesAny(inputs.target);
  if (inputs.rollback !== undefined) return (name) => targeted(name) && !excluded(name);
  const needed = new Set<ParameterName>();
  for (const parameter of [...graph.parameters.values()].reverse()) {
    if (!targeted(parameter.name) && !needed.has(parameter.name)) continue;
    for (const input of inputsOf(parameter.rule)) needed.add(input);
  }
  return (name) => (targeted(name) || needed.has(name)) && !excluded(name);
}
