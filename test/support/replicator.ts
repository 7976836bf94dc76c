import type { ParameterName } from "../../src/model/name.ts";
import type { Session } from "../../src/pipeline.ts";
import type { SourceChange } from "../../src/replicate/change.ts";
import { type Replication, replicate, sourcesIn } from "../../src/replicate/replicate.ts";
import type { World } from "./world.ts";

/** A replicator's view of a world: its own session, which may be outdated, and its own holder of the lock. */
export async function replicateIn(
  world: World,
  names: readonly (string | SourceChange)[],
  session: Session = world.session,
): Promise<Replication> {
  const changes = names.map((name) => (typeof name === "string" ? { name: name as ParameterName } : name));
  return replicate(session, changes, {
    holder: { host: "replicator", pid: 1, who: "the replicator", isAlive: () => true },
    monotonic: () => world.engine.now().getTime(),
    sleep: async (milliseconds) => world.pass(milliseconds),
    stopped: () => null,
  });
}

/** What the schedule does: every source is told. */
export async function reconcileIn(world: World, session: Session = world.session): Promise<Replication> {
  return replicateIn(world, sourcesIn(session.graph), session);
}

/** `name: what became of it`, in the order of the writes. */
export function written({ outcomes }: Replication): string[] {
  return outcomes.map(
    ({ address, outcome }) =>
      `${address}: ${outcome.kind === "failed" ? `failed ${outcome.code}` : outcome.kind}`,
  );
}

export function againOf({ again }: Replication): Record<string, string> {
  return Object.fromEntries([...again].map(([name, { why }]) => [name, why]));
}
