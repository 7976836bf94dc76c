import type { ParameterName } from "../model/name.ts";
import type { LiveParameter, Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { Lease } from "./lock.ts";
import type { Outcome } from "./outcome.ts";
import { isLost } from "./sent-mark.ts";

/** How often a delete is sent when its answer could not be read and the parameter is still there. */
const SENDINGS = 5;

/** What has to be there for something else to be deleted, and by what it is told. */
export interface Heir {
  readonly name: ParameterName;
  readonly isThere: (live: LiveParameter | undefined) => boolean;
}

/**
 * Deletes one parameter as `planned`, described again immediately before each sending: DeleteParameter knows no
 * version, and where its answer is lost only the live store tells whether it was done. Without its heir it stays.
 * @throws StoreError
 */
export async function removeParameter(
  store: Store,
  planned: LiveParameter,
  lease: Lease,
  heir?: Heir,
): Promise<Outcome & { kind: "applied" | "done" | "failed" }> {
  const { name } = planned;
  for (let sending = 1; ; sending += 1) {
    const names = heir === undefined ? [name] : [name, heir.name];
    const found = await store.describe({ prefixes: [], names });
    const live = found.get(name);
    if (live === undefined) return sending === 1 ? { kind: "done" } : { kind: "applied", version: null };
    if (live.version !== planned.version || live.lastModified !== planned.lastModified) {
      return {
        kind: "failed",
        code: "conflict",
        message: "somebody wrote it since the plan",
        hint: "plan again",
      };
    }
    if (heir !== undefined && !heir.isThere(found.get(heir.name))) {
      return {
        kind: "failed",
        code: "conflict",
        message: `somebody wrote or deleted ${heir.name} meanwhile`,
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
