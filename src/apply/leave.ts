import type { ParameterWrite, Store, WriteOutcome } from "../store/store.ts";
import type { Lease } from "./lock.ts";

/** Leave to write, which may need to be renewed while a write waits for its turn. */
export type Leave = Pick<Lease, "ensure" | "outlasts">;

/** How often a write waits on under a renewed lease: throttles and a resting name outlast the first one. */
const RENEWALS = 4;

/** One PutParameter for as long as there is leave; `NotStarted` where it could not be renewed. @throws StoreError */
export async function putWithLeave(store: Store, write: ParameterWrite, leave: Leave): Promise<WriteOutcome> {
  for (let renewals = 0; ; renewals += 1) {
    const outcome = await store.put(write, leave.outlasts);
    if (outcome.kind !== "refused" || outcome.code !== "NotStarted" || renewals === RENEWALS) return outcome;
    if (!(await leave.ensure())) return outcome;
  }
}
