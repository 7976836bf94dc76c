import { actionOf } from "../plan/action.ts";
import { isBroughtUp } from "../plan/input.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Planned } from "../plan/make-plan.ts";
import type { Standing } from "../plan/standing.ts";
import { writtenBy } from "../plan/standing.ts";
import type { FreshPlan } from "./compare.ts";
import { isWholeOf, type Run } from "./run.ts";

/** The plan to carry out. */
export interface Chosen {
  readonly planned: Planned;
  /** It is what metadata alone decides, though this identity may read more. */
  readonly blind: boolean;
}

/**
 * The plan that has the expected fingerprint: the decision of this identity, or that of a planner who may read no
 * value, or what is left of either after `cut`, the run that is resumed, when nobody else wrote since what the rest
 * depends on. `undefined` when none has it. Without an expectation it is this identity's own, or what is left.
 */
export function choosePlan(
  ring: Keyring,
  fresh: FreshPlan,
  cut: Run | undefined,
  expected: string | undefined,
): Chosen | undefined {
  const sharp: Chosen = { planned: fresh, blind: false };
  const blurred: Chosen = { planned: fresh.blind, blind: true };
  const rest = cut?.blind === true ? blurred : sharp;
  if (expected === undefined) return rest;
  const equal = [sharp, blurred].find(({ planned }) => planned.plan.fingerprint === expected);
  if (equal !== undefined) return equal;
  return cut?.fingerprint === expected && isUndisturbed(ring, rest.planned, cut) ? rest : undefined;
}

/**
 * Whether nobody else wrote or deleted, since `cut` began, what is left of it and what that depends on. What is absent
 * has no time: it is the run's own doing where no more is to be made than the run was begun to make.
 */
export function isUndisturbed(ring: Keyring, planned: Planned, cut: Run): boolean {
  const { plan, decisions } = planned;
  const deletesNothingNewer = plan.resource_changes.every(
    (change) =>
      (actionOf(change) !== "delete" && actionOf(change) !== "forget") ||
      Date.parse(change.precondition?.last_modified ?? "") <= cut.started,
  );
  return (
    isWholeOf(ring, cut, planned) &&
    deletesNothingNewer &&
    [...decisions.values()]
      .filter(({ verdict }) => verdict.kind === "change")
      .flatMap(({ standing, moving, inputs }): Standing[] => [
        standing,
        moving?.standing ?? { kind: "absent" },
        ...inputs
          .filter(({ name }) => !isBroughtUp(decisions.get(name)))
          .map(({ name }): Standing => decisions.get(name)?.standing ?? { kind: "absent" }),
      ])
      .every((standing) => isUntouchedSince(standing, cut))
  );
}

function isUntouchedSince(standing: Standing, { fingerprint, started }: Run): boolean {
  return (
    standing.kind === "absent" || standing.live.lastModified <= started || writtenBy(fingerprint, standing)
  );
}
