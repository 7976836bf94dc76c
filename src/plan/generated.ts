import type { DesiredParameter } from "../graph/graph.ts";
import type { Decision, ValueSource, Verdict } from "./decision.ts";
import type { Pass } from "./pass.ts";
import type { Diagnostic } from "./plan.ts";
import { ruleHash } from "./stamp.ts";
import { type Standing, writtenBy } from "./standing.ts";
import {
  attributesVerdict,
  blocked,
  change,
  decision,
  keptThoughTouched,
  mayAdopt,
  refusal,
  remark,
  typeHere,
} from "./verdict.ts";

/** SPEC §5, the row of a generated parameter: made once, then kept until it is to be regenerated. */
export function decideGenerated({ world }: Pass, parameter: DesiredParameter, standing: Standing): Decision {
  const type = typeHere(parameter, standing);
  const make = (verdict: Verdict, source: ValueSource["kind"] & ("live" | "generated"), note?: Diagnostic) =>
    decision(parameter, standing, type, verdict, { kind: source }, note === undefined ? [] : [note]);
  if (standing.kind === "absent") return make(change(parameter, standing, "missing"), "generated");
  if (mayAdopt(parameter, standing)) return make(change(parameter, standing, "adopted"), "live");
  const refused = refusal(standing);
  if (refused !== undefined || standing.kind !== "stamped") {
    return make(refused ?? blocked("unstamped", null), "live");
  }
  const asked = world.regenerates(parameter.name);
  const made = writtenBy(world.run, standing);
  if (asked && !made && !parameter.protected)
    return make(change(parameter, standing, "regenerate"), "generated");
  const note = asked ? notRegenerated(parameter, standing, made) : undefined;
  const remedy = `--regenerate=${parameter.name} has it generated anew`;
  if (standing.touched) return make({ kind: "keep" }, "live", note ?? keptThoughTouched(parameter, remedy));
  const { stamp } = standing;
  const sameRecipe = ruleHash(world.ring, stamp.keyId, parameter.rule) === stamp.rule;
  const verdict = attributesVerdict(world.ring, parameter, type, standing);
  const isOtherRecipe = standing.valueKind === "generated" && !sameRecipe;
  return make(verdict, "live", note ?? (isOtherRecipe ? otherRecipe(parameter) : undefined));
}

/** Said of what `--regenerate` asks for and is kept: `protect` forbids it, or the apply that is resumed `made` it already. */
export function notRegenerated(
  parameter: DesiredParameter,
  { live }: Exclude<Standing, { kind: "absent" }>,
  made: boolean,
): Diagnostic {
  if (!made) return remark(parameter, "note", "protected", "is protected and not regenerated");
  const time = new Date(live.lastModified).toISOString();
  const what = `was written at ${time} by the apply that is resumed, and is not regenerated again`;
  return remark(parameter, "note", "regenerated_before", what);
}

function otherRecipe(parameter: DesiredParameter): Diagnostic {
  const what = "has another rule than its value was made by; regenerate it to follow";
  return remark(parameter, "note", "recipe_changed", what);
}
