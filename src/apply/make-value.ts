import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { isDerived } from "../model/recipe.ts";
import { Secret } from "../model/secret.ts";
import type { Decision } from "../plan/decision.ts";
import { refusedValue } from "../plan/refused-value.ts";
import { derive, mtimeText, readsSource } from "../values/derive.ts";
import { generate } from "../values/generate.ts";
import { type InputValues, isMissing, type Missing } from "./input-values.ts";

/** Why nothing can be written although all that it is made of is there. */
export interface Unfit {
  readonly kind: "unfit";
  readonly code: "source_unfit" | "value_too_large" | "value_refused";
  readonly failure: UserError;
}

/** What is said of a value that is not sent, and the remedy. */
const REFUSED = {
  value_too_large: ["its value is too large for its tier", "give it the Advanced tier, or a shorter value"],
  value_refused: [
    "its value is empty, has {{…}} in it, or does not match its allowedPattern",
    "give it a value that Parameter Store takes, or mend its allowedPattern",
  ],
} as const;

/** The live values that a write is made of. */
export function neededValues({ parameter, source, inputs }: Decision): readonly ParameterName[] {
  const { name, rule } = parameter;
  const { kind } = source;
  if (kind === "live" || kind === "moved" || kind === "earlier") return [name];
  const needed = rule.kind !== "generate" || !isDerived(rule.recipe) || readsSource(rule.recipe);
  return needed ? inputs.map((input) => input.name) : [];
}

/** The value to write, made at the last moment; `now` is the store's time in milliseconds. */
export async function makeValue(
  decision: Decision,
  values: InputValues,
  now: number,
): Promise<Secret | Missing | Unfit> {
  const { parameter, standing } = decision;
  const value = await writtenValue(decision, values, now);
  if ("kind" in value) return value;
  const live = standing.kind === "absent" ? undefined : standing.live;
  const code = refusedValue(parameter, live, value);
  if (code === undefined) return value;
  const [message, hint] = REFUSED[code];
  return { kind: "unfit", code, failure: new UserError(message, { hint }) };
}

async function writtenValue(
  { parameter, source }: Decision,
  values: InputValues,
  now: number,
): Promise<Secret | Missing | Unfit> {
  const { name, rule } = parameter;
  if (source.kind === "supplied") return source.value;
  const makes = source.kind === "generated" || source.kind === "derived";
  if (!makes || rule.kind !== "generate") return values.get(name);
  const { recipe } = rule;
  if (!isDerived(recipe)) return generate(recipe);
  if (!readsSource(recipe)) return new Secret(mtimeText(now));
  const made = values.get(recipe.source);
  if (isMissing(made)) return made;
  try {
    return await derive(recipe, made, now);
  } catch (failure) {
    if (!(failure instanceof UserError)) throw failure;
    return { kind: "unfit", code: "source_unfit", failure };
  }
}
