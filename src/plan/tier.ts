import type { DesiredParameter } from "../graph/graph.ts";
import type { Tier } from "../model/rule.ts";
import { LARGEST_VALUE } from "../model/value-size.ts";
import type { LiveParameter } from "../store/store.ts";

/**
 * The tier of a write: what the config says, else the least that the value's `bytes` and the policies need, and never
 * lower than what is live, for Parameter Store takes no way back. `undefined` where that hangs on a size not known yet.
 */
export function tierOf(
  { tier, policies }: DesiredParameter,
  live: LiveParameter | undefined,
  bytes: number | undefined,
): Tier | undefined {
  if (live?.tier === "Advanced") return "Advanced";
  if (tier !== undefined) return tier;
  if (policies !== undefined) return "Advanced";
  if (bytes === undefined) return undefined;
  return bytes > LARGEST_VALUE.Standard ? "Advanced" : "Standard";
}

/** The most bytes that a write may hold: 4,096 only where the config keeps it, and it is, in the standard tier. */
export function largestValue({ tier }: DesiredParameter, live: LiveParameter | undefined): number {
  return tier === "Standard" && live?.tier !== "Advanced" ? LARGEST_VALUE.Standard : LARGEST_VALUE.Advanced;
}
