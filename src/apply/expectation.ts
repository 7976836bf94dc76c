import { actionOf } from "../plan/action.ts";
import type { Planned } from "../plan/make-plan.ts";
import type { Standing } from "../plan/standing.ts";
import { writtenBy } from "../plan/standing.ts";
import type { Run } from "./lock.ts";

/**
 * Whether a plan is the one with the expected fingerprint: the same decision, or what is left of it after a
 * cut run of the same intent, when nobody else wrote since what the rest depends on.
 */
export function meetsExpectation(
  expected: string,
  cut: Run | undefined,
  { planned, resumed }: { readonly planned: Planned; readonly resumed: boolean },
): boolean {
  if (planned.plan.fingerprint === expected) return true;
  if (!resumed || cut?.fingerprint !== expected) return false;
  const deletesNothingNewer = planned.plan.resource_changes.every(
    (change) =>
      (actionOf(change) !== "delete" && actionOf(change) !== "forget") ||
      Date.parse(change.precondition?.last_modified ?? "") <= cut.started,
  );
  return (
    deletesNothingNewer &&
    [...planned.decisions.values()]
      .filter(({ verdict }) => verdict.kind === "change")
      .flatMap(({ standing, moving, inputs }): Standing[] => [
        standing,
        moving?.standing ?? { kind: "absent" },
        ...inputs.map(({ name }): Standing => planned.decisions.get(name)?.standing ?? { kind: "absent" }),
      ])
      .every((standing) => isUntouchedSince(standing, cut))
  );
}

function isUntouchedSince(standing: Standing, { fingerprint, started }: Run): boolean {
  return (
    standing.kind === "absent" || standing.live.lastModified <= started || writtenBy(fingerprint, standing)
  );
}
