import { type Action, actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import { type AttributeLine, attributeLines } from "./attribute-lines.ts";
import { painter } from "./colour.ts";

type Source = NonNullable<ResourceChange["origin"]>["sources"][number];

/** Several changes with one cause that look alike: what follows from one source, is made of it, or stamps to renew. */
export interface Fold {
  readonly kind: "fold";
  readonly cause: Source | "stamps";
  /** The change that is the cause, where this plan makes it. */
  readonly root: ResourceChange | undefined;
  readonly action: Action;
  /** The attributes of every member alike: what is created has several, what changes its value alone or none. */
  readonly lines: readonly AttributeLine[];
  readonly members: readonly ResourceChange[];
}

export type Entry = { readonly kind: "change"; readonly change: ResourceChange } | Fold;

/**
 * The changes of a plan in its order, but followers that change for one and the same source, and what is made of it
 * alone with the same attributes, are one entry, right behind the source's own change. What also changes otherwise, or
 * for several sources, or exposes a secret or will be deleted by its policy stands by itself, and so does an only follower.
 */
export function foldCauses(changes: readonly ResourceChange[]): Entry[] {
  const folds = collectFolds(changes);
  const foldOf = new Map(folds.flatMap((fold) => fold.members.map((member) => [member, fold] as const)));
  const isPlacedByRoot = ({ root }: Fold) => root !== undefined && !foldOf.has(root);
  return changes.flatMap((change): Entry[] => {
    const fold = foldOf.get(change);
    if (fold === undefined)
      return [{ kind: "change", change }, ...folds.filter(({ root }) => root === change)];
    return fold.members[0] === change && !isPlacedByRoot(fold) ? [fold] : [];
  });
}

function collectFolds(changes: readonly ResourceChange[]): Fold[] {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const groups = new Map<string, Fold & { members: ResourceChange[] }>();
  for (const change of changes) {
    if (change.exposes === true || change.expires !== undefined) continue;
    const cause = rootCause(change, byAddress);
    const lines = cause === undefined ? undefined : sharedLines(change);
    if (cause === undefined || lines === undefined) continue;
    const action = actionOf(change);
    const key = JSON.stringify([cause, action, lines]);
    const group = groups.get(key);
    if (group !== undefined) {
      group.members.push(change);
      continue;
    }
    const root = cause === "stamps" ? undefined : byAddress.get(cause.address);
    groups.set(key, { kind: "fold", cause, root, action, lines, members: [change] });
  }
  return [...groups.values()].filter(({ members }) => members.length > 1);
}

/** The cause furthest upstream: a copy of a copy follows from the first one's source. */
function rootCause(
  change: ResourceChange,
  byAddress: ReadonlyMap<string, ResourceChange>,
): Fold["cause"] | undefined {
  let cause = ownCause(change, byAddress);
  const seen = new Set([change.address]);
  while (cause !== undefined && cause !== "stamps" && !seen.has(cause.address)) {
    seen.add(cause.address);
    const upstream = byAddress.get(cause.address);
    const next =
      upstream === undefined || !isPassedOn(upstream, change) ? undefined : ownCause(upstream, byAddress);
    if (next === undefined || next === "stamps") break;
    cause = next;
  }
  return cause;
}

/**
 * Whether what causes `upstream` causes `change` too. A copy of a new copy is made of what that one copies; what is there
 * already follows from a source that becomes new, not from what that is made of.
 */
function isPassedOn(upstream: ResourceChange, { action_reason }: ResourceChange): boolean {
  if (action_reason !== "missing") return upstream.action_reason !== "missing";
  return upstream.action_reason === "missing" && upstream.origin?.rule === "copy";
}

function ownCause(
  { action_reason, origin }: ResourceChange,
  byAddress: ReadonlyMap<string, ResourceChange>,
): Fold["cause"] | undefined {
  if (action_reason === "stamp_renewed") return "stamps";
  if (origin === null) return undefined;
  const planned = origin.sources.filter(({ version }) => version === "planned");
  const isNew = action_reason === "missing";
  // What is new is told by all that it is made of, what follows by what changes of that.
  const [first, second] = planned.length > 0 && !isNew ? planned : origin.sources;
  if (first === undefined || second !== undefined) return undefined;
  // Where --regenerate asks for a derived value and its source alike, the source is what there is to say.
  const follows =
    isNew ||
    action_reason === "source_changed" ||
    (action_reason === "regenerate" && byAddress.get(first.address)?.action_reason === "regenerate");
  return follows ? first : undefined;
}

/** All attributes of what is created, else the value of a change that touches nothing else; `undefined` where a line more is to be read. */
function sharedLines(change: ResourceChange): readonly AttributeLine[] | undefined {
  const { lines } = attributeLines(change, painter(false), false);
  if (change.action_reason === "missing") return lines;
  const telling = lines.filter(({ key }) => key !== "version");
  const isShared = telling.every(({ key, body }) => key === "value" && body.length === 0);
  return isShared ? telling : undefined;
}
