import { acquireLock } from "../apply/lock.ts";
import type { Host } from "./host.ts";
import type { OpenSession } from "./session.ts";

/** Closes a run that was cut after its last write: the next apply begins a new one. */
export async function finishRun(
  host: Pick<Host, "holder" | "monotonic">,
  { store, config }: OpenSession,
): Promise<void> {
  const lease = await acquireLock(
    store,
    config.environment.name,
    host.holder,
    (before) => before,
    () => host.monotonic(),
  );
  await lease.release({ ...lease.left, run: null });
}
