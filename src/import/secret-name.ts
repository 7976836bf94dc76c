import { nameProblem, OWN_ROOT, type ParameterName } from "../model/name.ts";
import { segmentOf } from "../model/segment.ts";

/** `/prefix/application/key`, or why there can be no such name. */
export function secretName(
  prefix: string,
  application: string,
  key: string,
): { readonly name: ParameterName } | { readonly problem: string } {
  if (application === "" || key === "") return { problem: "a name has no empty segment" };
  const text = `${prefix}/${segmentOf(application)}/${segmentOf(key)}`;
  const problem = nameProblem(text);
  return problem === undefined ? { name: text as ParameterName } : { problem };
}

/** Says why names cannot begin with `prefix`, which has no slash at its end; `undefined` when they can. */
export function prefixProblem(prefix: string): string | undefined {
  const problem = nameProblem(prefix);
  if (problem !== undefined) return problem;
  return `${prefix}/`.startsWith(OWN_ROOT) ? "paraform keeps its own records there" : undefined;
}
