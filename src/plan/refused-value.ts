import type { DesiredParameter } from "../graph/graph.ts";
import type { Secret } from "../model/secret.ts";
import { valueFaults } from "../model/value-fault.ts";
import type { LiveParameter } from "../store/store.ts";
import { largestValue } from "./tier.ts";

/** Why Parameter Store would not take `value` for this parameter, as a plan and a failed write say it. */
export function refusedValue(
  parameter: DesiredParameter,
  live: LiveParameter | undefined,
  value: Secret,
): "value_too_large" | "value_refused" | undefined {
  const limits = { bytes: largestValue(parameter, live), pattern: parameter.allowedPattern };
  const [fault] = valueFaults(value.expose(), limits);
  if (fault === undefined) return undefined;
  return fault === "too_large" ? "value_too_large" : "value_refused";
}
