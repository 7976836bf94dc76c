import type { DesiredParameter } from "../graph/graph.ts";
import type { Tier } from "../model/rule.ts";
import type { LiveParameter } from "../store/store.ts";

/** A value above 4,096 bytes, or with policies, needs the advanced tier (user guide, "Managing parameter tiers"). */
const STANDARD_BYTES = 4096;
/** The largest value of the advanced tier (API reference, PutParameter). */
const ADVANCED_BYTES = 8192;

/** The largest value, in bytes, that a write of this parameter may have. */
export function largestValue({ tier }: DesiredParameter, live: LiveParameter | undefined): number {
  const stays = tier === "Standard" && (live === undefined || live.tier === "Standard");
  return stays ? STANDARD_BYTES : ADVANCED_BYTES;
}

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
  return bytes > STANDARD_BYTES ? "Advanced" : "Standard";
}
