import type { LiveParameter, Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { Lease } from "./lock.ts";
import type { Outcome } from "./outcome.ts";
import { isLost } from "./sent-mark.ts";

/** How often a delete is sent when its answer could not be read and the parameter is still there. */
const SENDINGS = 5;

/**
 * Deletes one parameter as `planned`, described again immediately before each sending: DeleteParameter knows no
 * version, and where its answer is lost only the live store tells whether it was done.
 * @throws StoreError
 */
export async function removeParameter(
  store: Store,
  planned: LiveParameter,
  lease: Lease,
): Promise<Outcome & { kind: "applied" | "done" | "failed" }> {
  const { name } = planned;
  for (let sending = 1; ; sending += 1) {
    const live = (await store.describe({ prefixes: [], names: [name] })).get(name);
    if (live === undefined) return sending === 1 ? { kind: "done" } : { kind: "applied", version: null };
    if (live.version !== planned.version || live.lastModified !== planned.lastModified) {
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
