import { canonicalJson } from "../model/canonical-json.ts";
import type { ParameterName } from "../model/name.ts";
import { actionOf } from "../plan/action.ts";
import type { Decision } from "../plan/decision.ts";
import type { Planned } from "../plan/make-plan.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import { bearsStamp } from "../plan/stamp.ts";
import { writtenBy } from "../plan/standing.ts";
import type { LiveParameter } from "../store/store.ts";
import { additionOf, differenceOf, refusalsBeside } from "./difference.ts";

/** A saved plan held against a fresh one of the same inputs. Any difference makes the saved one stale. */
export interface Comparison {
  /** The fresh plan that the saved one was held against. */
  readonly planned: Planned;
  /** Addresses that are still to be changed, exactly as planned. */
  readonly todo: ReadonlySet<string>;
  /** Addresses that an earlier run of the same plan has finished. */
  readonly done: ReadonlySet<string>;
  readonly differences: readonly string[];
}

/** A plan just made. */
export interface FreshPlan extends Planned {
  /** The live names in its scopes. */
  readonly live: ReadonlyMap<ParameterName, LiveParameter>;
  /** The same as decided by who may read no value. */
  readonly blind: Planned;
}

/**
 * `fresh` was made with `run`, the fingerprint that the saved plan's writes bear, as the run to resume. The saved
 * plan also holds if it is what metadata alone decides: whoever made it may have had fewer rights to read.
 */
export function comparePlans(saved: Plan, run: string, fresh: FreshPlan): Comparison {
  const { live, blind } = fresh;
  const sharp = compareWith(saved, run, fresh, live);
  if (sharp.differences.length === 0 || blind.plan.fingerprint === fresh.plan.fingerprint) return sharp;
  const blurred = compareWith(saved, run, blind, live);
  return blurred.differences.length === 0 ? blurred : sharp;
}

function compareWith(saved: Plan, run: string, fresh: Planned, live: FreshPlan["live"]): Comparison {
  const now = new Map(fresh.plan.resource_changes.map((change) => [change.address, change]));
  const wanted = saved.resource_changes.filter((change) => actionOf(change) !== "no-op");
  const todo = new Set<string>();
  const done = new Set<string>();
  const differences: string[] = [];
  const [owner, ownerNow] = [saved.environment.owner, fresh.plan.environment.owner];
  if (owner !== ownerNow) differences.push(`the owner is ${ownerNow} now; the plan was made for ${owner}`);
  for (const change of wanted) {
    const current = now.get(change.address);
    if (current !== undefined && isSameChange(change, current)) todo.add(change.address);
    else if (isDone(saved, run, change, fresh, live)) done.add(change.address);
    else differences.push(differenceOf(change, current, { saved, fresh: fresh.plan, live }));
  }
  const planned = new Set(wanted.map(({ address }) => address));
  for (const change of now.values()) {
    if (actionOf(change) !== "no-op" && !planned.has(change.address)) {
      differences.push(additionOf(change));
    }
  }
  differences.push(...refusalsBeside(saved, fresh.plan));
  return { planned: fresh, todo, done, differences };
}

function isSameChange(saved: ResourceChange, current: ResourceChange): boolean {
  if (saved.decision !== current.decision) return false;
  if (actionOf(saved) === "replace" && actionOf(current) === "create") return true;
  return (
    actionOf(saved) === actionOf(current) &&
    canonicalJson(saved.precondition) === canonicalJson(current.precondition)
  );
}

/**
 * Absent after a delete, without a stamp after a forget; else nothing is left to change, and it is at the planned version
 * with a valid stamp of this plan, its former name gone, or is a supplied value that somebody put by hand, which the
 * planner was not allowed to see and this identity is.
 */
function isDone(
  saved: Plan,
  run: string,
  change: ResourceChange,
  fresh: Planned,
  live: FreshPlan["live"],
): boolean {
  const name = change.address as ParameterName;
  // Under another config what is absent may only have fallen out of what is read.
  const isGone = (gone: string) =>
    !live.has(gone as ParameterName) && saved.config.digest === fresh.plan.config.digest;
  if (actionOf(change) === "delete") return isGone(name);
  if (actionOf(change) === "forget") return isForgotten(change, live.get(name));
  if (change.previous_address !== undefined && !isGone(change.previous_address)) return false;
  const decision = fresh.decisions.get(name);
  const standing = decision?.standing;
  if (decision?.verdict.kind !== "keep" || standing === undefined || standing.kind === "absent") return false;
  const { version } = standing.live;
  if (writtenBy(run, standing) && version === change.change.after?.version) return true;
  if (isReplicated(change, decision) && saved.config.digest === fresh.plan.config.digest) return true;
  return decision.source.kind === "supplied" && version === change.precondition?.version;
}

/**
 * A copy or merge that was brought up with the very sources that the plan means: a replicator was told of them between
 * a cut apply and the one that finishes it. Sources that the plan writes are held against it themselves.
 */
function isReplicated({ origin }: ResourceChange, { source, inputs }: Decision): boolean {
  if (source.kind !== "followed") return false;
  return (origin?.sources ?? []).every(
    ({ address, version }) =>
      version === "planned" || inputs.some((input) => input.name === address && input.version === version),
  );
}

function isForgotten({ change }: ResourceChange, live: LiveParameter | undefined): boolean {
  return live !== undefined && live.version === change.after?.version && !bearsStamp(live.description);
}
