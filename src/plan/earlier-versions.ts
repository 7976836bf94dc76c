import type { DesiredGraph } from "../graph/graph.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { isDerived } from "../model/recipe.ts";
import { inputsOf, type Rule, valueKindOf } from "../model/rule.ts";
import type { LiveParameter, Store } from "../store/store.ts";

/**
 * The metadata of the versions that are to come back, by name.
 * @throws UserError for a name that a rule or a source gives its value, and for a version that is not kept
 */
export async function readEarlierVersions(
  store: Store,
  graph: DesiredGraph,
  supplied: ReadonlyMap<ParameterName, { readonly from: string; readonly whenAbsent?: true }>,
  rollback: Readonly<Record<string, number>>,
): Promise<ReadonlyMap<ParameterName, LiveParameter>> {
  const earlier = new Map<ParameterName, LiveParameter>();
  for (const [address, version] of Object.entries(rollback)) {
    const name = address as ParameterName;
    const found = supplied.get(name);
    // What is supplied only where nothing is does not undo a rollback.
    const from = found?.whenAbsent === true ? undefined : found?.from;
    const refusal = refusalOf(name, graph, from);
    if (refusal !== undefined) throw refusal;
    const then = (await store.history(name)).find((kept) => kept.version === version);
    if (then === undefined) {
      throw new UserError(`${name} has no version ${version}`, {
        hint: "Parameter Store keeps the last 100 versions: paraform history lists them",
      });
    }
    earlier.set(name, then);
  }
  return earlier;
}

/** What another value follows from would be undone by the next plan: the source is what has to go back. */
function refusalOf(
  name: ParameterName,
  graph: DesiredGraph,
  from: string | undefined,
): UserError | undefined {
  const refused = (why: string, hint: string) =>
    new UserError(`${name} is not rolled back: ${why}`, { hint });
  const rule = graph.parameters.get(name)?.rule;
  switch (rule?.kind) {
    case undefined:
    case "exists":
      return refused("no rule of this environment provides it", "its owner can roll it back");
    case "copy":
    case "merge":
      return refused(`its rule is ${rule.kind}`, sourceHint(rootsOf(graph, rule)));
    case "value":
      return refused("its rule is value", "change its literal in the config");
    case "static":
    case "generate":
      if (rule.kind === "generate" && isDerived(rule.recipe)) {
        const { source } = rule.recipe;
        return refused(`it is derived from ${source}`, `roll back its source: ${source}`);
      }
      return from === undefined ? undefined : refused(`its value comes from ${from}`, "change it there");
  }
}

/** The first ones upstream, each once, whose value follows from nothing that a rollback refuses. */
function rootsOf({ parameters }: DesiredGraph, rule: Rule): readonly ParameterName[] {
  const upstream = new Set(inputsOf(rule));
  for (const name of upstream) {
    const above = parameters.get(name)?.rule;
    for (const input of above === undefined ? [] : inputsOf(above)) upstream.add(input);
  }
  return [...upstream].filter((name) => {
    const rule = parameters.get(name)?.rule;
    const kind = rule === undefined ? undefined : valueKindOf(rule);
    return kind === "static" || kind === "generated";
  });
}

function sourceHint(roots: readonly ParameterName[]): string {
  if (roots.length === 0) return "what it follows from is changed in the config, or by its owner";
  return `roll back ${roots.length === 1 ? "its source" : "one of its sources"}: ${roots.join(", ")}`;
}
