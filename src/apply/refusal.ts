import { EXIT, UserError } from "../model/error.ts";
import { isTripped } from "../plan/guards.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Planned } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { isUndisturbed } from "./expectation.ts";
import type { Run } from "./run.ts";

/** What was approved is what is left: which metadata tell less of once a part of it is done. */
const ANY = Number.POSITIVE_INFINITY;

/**
 * Why apply refuses a plan, if it does. `allow` may acknowledge more than the plan was made with; a run that
 * is resumed, `cut`, passed its guards when it began: as long as nobody else wrote or deleted what is left of it and they do
 * not count more than then, they let it finish.
 */
export function refusal(
  ring: Keyring,
  planned: Planned,
  allow: Readonly<Record<string, number>>,
  cut: Run | undefined,
): UserError | undefined {
  const { plan } = planned;
  const begun: Readonly<Record<string, number>> =
    cut !== undefined && isUndisturbed(ring, planned, cut) ? { ...cut.counts, broaden: ANY } : {};
  const [conflict] = plan.conflicts;
  if (conflict !== undefined) {
    return refused(
      `${conflict.address} is in conflict${more(plan.conflicts.length)}`,
      "see the plan: nothing is written over another owner's parameter unless adopt names it",
    );
  }
  const tripped = plan.guards.filter(
    (guard) => isTripped(guard, allow[guard.name]) && guard.count > (begun[guard.name] ?? -1),
  );
  const [guard] = tripped;
  if (guard === undefined) return undefined;
  const what = guard.name === "blocked" ? "blocked parameters" : `the guard ${guard.name}`;
  const flags = tripped
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `--allow ${name}=${count}`)
    .join(" ");
  const limit =
    allow[guard.name] === undefined ? `at most ${guard.limit}` : `exactly ${allow[guard.name]} allowed`;
  return refused(
    `refused by ${what}: ${guard.count}, ${limit}`,
    flags === "" ? `leave --allow ${guard.name} out` : `if exactly that is meant, add ${flags}`,
  );
}

/**
 * A saved plan as its guards see it now: what it counted and what is counted now, whichever is more, under the limits
 * that it was made with and those of the config as it is, whichever is less.
 */
export function guardedNow(saved: Plan, fresh: Planned): Planned {
  const guards = saved.guards.map((then) => {
    const now = fresh.plan.guards.find(({ name }) => name === then.name) ?? then;
    const [limit, count] = [Math.min(then.limit, now.limit), Math.max(then.count, now.count)];
    return { name: then.name, limit, count, tripped: count > limit };
  });
  return { ...fresh, plan: { ...saved, guards } };
}

function refused(message: string, hint: string): UserError {
  return new UserError(message, { hint, exitCode: EXIT.refused });
}

function more(count: number): string {
  return count > 1 ? `, and ${count - 1} more` : "";
}
