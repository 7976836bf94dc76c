import type { DesiredParameter } from "../graph/graph.ts";
import { expirationOf } from "../model/policies.ts";
import type { LiveParameter } from "../store/store.ts";
import type { Decision } from "./decision.ts";

/**
 * When Parameter Store itself deletes a parameter by its Expiration policy, where a write adds that or brings it forward.
 * Value and history go then, and nothing keeps a copy.
 */
export function comingEnd(
  { policies }: DesiredParameter,
  live: LiveParameter | undefined,
): string | undefined {
  const [end, before] = [expirationOf(policies), expirationOf(live?.policies)];
  if (end === undefined || (before !== undefined && Date.parse(before) <= Date.parse(end))) return undefined;
  return end;
}

/** The same of a decision; what moves ends sooner than it did under its former name. */
export function plannedEnd({ parameter, standing, moving, verdict }: Decision): string | undefined {
  if (verdict.kind !== "change") return undefined;
  const former = moving?.standing ?? standing;
  return comingEnd(parameter, former.kind === "absent" ? undefined : former.live);
}

/** Whether a change lets a live parameter be deleted: what is created is not there to be lost. */
export function endsLive(decision: Decision): boolean {
  const isLive = decision.standing.kind !== "absent" || decision.moving !== undefined;
  return isLive && plannedEnd(decision) !== undefined;
}
