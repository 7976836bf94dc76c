import { canonicalJson } from "../model/canonical-json.ts";
import type { ParameterName } from "../model/name.ts";
import { actionOf } from "../plan/action.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import type { LiveParameter } from "../store/store.ts";

/** A saved plan, a fresh one of the same inputs, and what lives now. */
export interface Sides {
  readonly saved: Plan;
  readonly fresh: Plan;
  readonly live: ReadonlyMap<ParameterName, LiveParameter>;
}

/** Why a planned change is no longer the one that would be made: its name, what is there now, what the plan says. */
export function differenceOf(
  change: ResourceChange,
  current: ResourceChange | undefined,
  sides: Sides,
): string {
  const { address } = change;
  const now = standingDifference(change, current, sides) ?? contentDifference(change, current);
  return `${address} ${now}; the plan ${plannedText(change)}`;
}

/** What would be changed beside what was reviewed. */
export function additionOf(change: ResourceChange): string {
  return `${change.address} would be ${changedText(change)} too now (${change.action_reason}); the plan leaves it alone`;
}

/** What the plan leaves alone and what is now blocked or in conflict. */
export function refusalsBeside(saved: Plan, fresh: Plan): string[] {
  const known = new Set(
    [...saved.blocked, ...saved.conflicts, ...saved.resource_changes.filter(isChanging)].map(
      ({ address }) => address,
    ),
  );
  return [...fresh.blocked, ...fresh.conflicts]
    .filter(({ address }) => !known.has(address))
    .map(({ address }) => `${address} ${refusedText(address, fresh)}; the plan leaves it alone`);
}

/** What somebody did to the parameter itself; `undefined` where it stands as it did. */
function standingDifference(
  change: ResourceChange,
  current: ResourceChange | undefined,
  { saved, fresh, live }: Sides,
): string | undefined {
  const { address, precondition } = change;
  const there = live.get(address as ParameterName);
  const refused = current === undefined ? refusedText(address, fresh) : undefined;
  if (precondition === null && there !== undefined && change.previous_address === undefined) {
    return `exists already, at version ${there.version}${refused === undefined ? "" : `, and ${refused}`}`;
  }
  if (refused !== undefined) return refused;
  if (current === undefined) {
    // Under another config what is absent may only have fallen out of what is read.
    if (saved.config.digest !== fresh.config.digest) return "is no longer what the configs ask to change";
    return there === undefined ? "is gone" : "is left alone now";
  }
  if (canonicalJson(precondition) === canonicalJson(current.precondition)) return undefined;
  const [then, now] = [precondition?.version, current.change.before?.version];
  if (now === undefined) return "was deleted";
  return then === now ? `was made anew, at version ${now} again` : `is at version ${now} now`;
}

/** What the same parameter would now be made of, or become. */
function contentDifference(change: ResourceChange, current: ResourceChange | undefined): string {
  if (current !== undefined && actionOf(change) !== actionOf(current)) {
    return `would be ${changedText(current)} now`;
  }
  const sources = current?.origin?.sources ?? [];
  const moved = change.origin?.sources.find(
    ({ address, version }) => sources.find((source) => source.address === address)?.version !== version,
  );
  if (moved === undefined) return "would get another value or other attributes now";
  const now = sources.find(({ address }) => address === moved.address)?.version;
  return `would be made of ${sourceText(moved.address, now)} now, not of ${sourceText(moved.address, moved.version)}`;
}

function sourceText(address: string, version: number | "planned" | undefined): string {
  if (version === undefined) return `something else than ${address}`;
  return version === "planned" ? `a new version of ${address}` : `version ${version} of ${address}`;
}

function refusedText(address: string, { blocked, conflicts }: Plan): string | undefined {
  const block = blocked.find((entry) => entry.address === address);
  if (block !== undefined) {
    if (block.reason === "unstamped") return "is not what paraform wrote";
    if (block.reason === "former_changed")
      return `has an older value now: somebody wrote ${block.on} after its value was carried there`;
    return `is now blocked (${block.reason}${block.on === null ? "" : ` on ${block.on}`})`;
  }
  const conflict = conflicts.find((entry) => entry.address === address);
  if (conflict === undefined) return undefined;
  return conflict.owner === null
    ? "is now in conflict: its stamp does not verify"
    : `is now in conflict: it belongs to ${conflict.owner}`;
}

/** What the plan does, of which version. */
function plannedText(change: ResourceChange): string {
  const of = change.precondition === null ? "" : ` version ${change.precondition.version}`;
  switch (actionOf(change)) {
    case "create":
      return "creates it";
    case "update":
      return `updates${of}`;
    case "delete":
      return `deletes${of}`;
    case "replace":
      return `replaces${of}`;
    case "move":
      return `moves ${change.previous_address} there`;
    case "forget":
      return `lets go of${of}`;
    case "no-op":
      return "leaves it alone";
  }
}

function changedText(change: ResourceChange): string {
  switch (actionOf(change)) {
    case "create":
      return "created";
    case "update":
      return "updated";
    case "delete":
      return "deleted";
    case "replace":
      return "replaced";
    case "move":
      return `moved from ${change.previous_address}`;
    case "forget":
      return "let go of";
    case "no-op":
      return "left as it is";
  }
}

function isChanging(change: ResourceChange): boolean {
  return actionOf(change) !== "no-op";
}
