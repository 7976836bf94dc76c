import type { ParameterName } from "../model/name.ts";
import { actionOf } from "../plan/action.ts";
import type { Decision } from "../plan/decision.ts";
import type { ResourceChange } from "../plan/plan.ts";
import { standingOf, writtenBy } from "../plan/standing.ts";
import type { LiveParameter, Reading } from "../store/store.ts";
import type { ApplyOptions } from "./apply-options.ts";
import type { Deletions } from "./deletions.ts";
import { forgetParameter } from "./forget.ts";
import type { Outcome } from "./outcome.ts";
import type { Progress } from "./progress.ts";

/** Everything that a plan deletes, but for what the run has deleted before. */
export function doomedBy({ plan, todo, decisions, live }: ApplyOptions): readonly LiveParameter[] {
  return plan.resource_changes.flatMap((change) => {
    if (!todo.has(change.address)) return [];
    const going = goingOf(change, decisions);
    return (going === undefined ? undefined : live.get(going)) ?? [];
  });
}

/** The name that a change deletes. */
function goingOf(
  change: ResourceChange,
  decisions: ReadonlyMap<ParameterName, Decision>,
): ParameterName | undefined {
  const address = change.address as ParameterName;
  switch (actionOf(change)) {
    case "delete":
    case "replace":
      return address;
    case "move":
      return decisions.get(address)?.moving?.from.name;
    case "no-op":
    case "create":
    case "update":
    case "forget":
      return undefined;
  }
}

/** What goes when all that is to be written is: the forgotten, the former names of what has moved, the deleted. */
export async function depart(options: ApplyOptions, deletions: Deletions, progress: Progress): Promise<void> {
  const { plan, todo, live } = options;
  const pending = plan.resource_changes.filter(({ address }) => todo.has(address));
  const forgotten = pending.filter((change) => actionOf(change) === "forget");
  const values = lazily(() => readValues(options, forgotten));
  for (const change of forgotten) {
    await progress.step(change, async () => forget(options, change, await values(), progress));
  }
  for (const change of pending) {
    const action = actionOf(change);
    if (action === "move" && !progress.isLost(change.address)) {
      await progress.step(change, () => finishMove(options, change, deletions));
    }
    if (action === "delete") {
      const doomed = live.get(change.address as ParameterName);
      await progress.step(change, async () =>
        doomed === undefined ? { kind: "done" } : deletions.remove(doomed),
      );
    }
  }
}

async function finishMove(
  { decisions, live, ring, plan, run }: ApplyOptions,
  change: ResourceChange,
  deletions: Deletions,
): Promise<Outcome> {
  const name = change.address as ParameterName;
  const heir = {
    name,
    isThere: (found: LiveParameter | undefined) =>
      writtenBy(run, standingOf(ring, plan.environment.owner, name, found)),
  };
  const going = goingOf(change, decisions);
  const former = going === undefined ? undefined : live.get(going);
  const removed = former === undefined ? undefined : await deletions.remove(former, {}, heir);
  if (removed?.kind === "failed") {
    return {
      ...removed,
      message: `${name} is written, but ${going} is not deleted: ${removed.message}`,
    };
  }
  return { kind: "applied", version: change.change.after?.version ?? null };
}

async function forget(
  { store, live, lease }: ApplyOptions,
  { address }: ResourceChange,
  values: ReadonlyMap<string, Reading>,
  progress: Progress,
): Promise<Outcome> {
  const parameter = live.get(address as ParameterName);
  const reading = values.get(address);
  if (reading?.kind === "denied") {
    return {
      kind: "failed",
      code: "source_denied",
      message: "its value may not be read, and without it no description can be changed",
      hint: "apply needs ssm:GetParameters on it and kms:Decrypt on its key",
    };
  }
  if (
    parameter === undefined ||
    reading?.kind !== "value" ||
    reading.lastModified !== parameter.lastModified
  ) {
    return {
      kind: "failed",
      code: "conflict",
      message: "somebody wrote it since the plan",
      hint: "plan again",
    };
  }
  const { outcome, overwritten } = await forgetParameter(store, parameter, reading.value, lease);
  progress.overwrote(address, overwritten);
  return outcome;
}

async function readValues(
  { store, live }: ApplyOptions,
  changes: readonly ResourceChange[],
): Promise<ReadonlyMap<string, Reading>> {
  const selectors = changes.flatMap(({ address }) => {
    const parameter = live.get(address as ParameterName);
    return parameter === undefined ? [] : [{ name: parameter.name, version: parameter.version }];
  });
  const readings = await store.read(selectors);
  return new Map(selectors.map(({ name }, index) => [name, readings[index] ?? { kind: "absent" }]));
}

/** Calls `make` when it is first needed, again only if that failed. */
function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Value | undefined;
  return async () => {
    made ??= await make();
    return made;
  };
}
