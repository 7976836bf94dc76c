import { acquireLock } from "../apply/lock.ts";
import { beginRun } from "../apply/run.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Host } from "./host.ts";
import type { OpenSession } from "./session.ts";

/** Closes a run that was cut after its last write: the next apply begins a new one. */
export async function finishRun(
  host: Pick<Host, "holder" | "monotonic">,
  { store, config }: OpenSession,
  ring: Keyring,
  run: { readonly fingerprint: string; readonly intent: string },
): Promise<void> {
  const record = beginRun(
    ring,
    { guards: [], resource_changes: [] },
    { ...run, started: store.now(), blind: false, replaces: [] },
  );
  const lease = await acquireLock(store, config.environment.name, host.holder, record, () =>
    host.monotonic(),
  );
  await lease.release(false);
}
