import type { ParameterName } from "../model/name.ts";
import type { ResourceChange } from "../plan/plan.ts";
import type { LiveParameter, Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { Lease } from "./lock.ts";
import type { Outcome } from "./outcome.ts";

/** A deleted name may be used again after 30 seconds (API reference, DeleteParameter); this is waited, in milliseconds. */
export const REST = 31_000;
const REST_STEP = 5_000;

/** How often a delete is sent when its answer could not be read and the parameter is still there. */
const SENDINGS = 5;

/**
 * Deletes one parameter, described again immediately before each sending: DeleteParameter knows no version, and
 * where its answer is lost only the live store tells whether it was done.
 * @throws StoreError
 */
export async function removeParameter(
  store: Store,
  change: ResourceChange,
  lease: Lease,
): Promise<Outcome & { kind: "applied" | "done" | "failed" }> {
  const name = change.address as ParameterName;
  for (let sending = 1; ; sending += 1) {
    const live = (await store.describe({ prefixes: [], names: [name] })).get(name);
    if (live === undefined) return sending === 1 ? { kind: "done" } : { kind: "applied", version: null };
    if (!isAsPlanned(live, change)) {
      return {
        kind: "failed",
        code: "conflict",
        message: "somebody wrote it since the plan",
        hint: "plan again",
      };
    }
    if (!lease.outlasts()) {
      return { kind: "failed", code: "NotStarted", message: "the lock could not be kept long enough" };
    }
    try {
      await store.delete(name, lease.outlasts);
      return { kind: "applied", version: null };
    } catch (error) {
      if (sending === SENDINGS || !(error instanceof StoreError) || !isLost(error)) throw error;
    }
  }
}

function isAsPlanned(live: LiveParameter, { precondition }: ResourceChange): boolean {
  return (
    live.version === precondition?.version &&
    new Date(live.lastModified).toISOString() === precondition.last_modified
  );
}

function isLost({ failure }: StoreError): boolean {
  return failure === "broken" || failure === "unreachable";
}

/** Waits until a deleted name can be used again; false when the lock was lost meanwhile. */
export async function restForReuse(
  lease: Lease,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<boolean> {
  for (let rested = 0; rested < REST; rested += REST_STEP) {
    await sleep(Math.min(REST_STEP, REST - rested));
    if (!(await lease.ensure())) return false;
  }
  return true;
}
