import { replicationsOf } from "../../src/access/replication.ts";
import { replicasIn } from "../../src/graph/replicas.ts";
import type { ParameterName } from "../../src/model/name.ts";
import type { Session } from "../../src/pipeline.ts";
import { bundleOf } from "../../src/replicate/bundle.ts";
import type { SourceChange } from "../../src/replicate/change.ts";
import { type Replication, replicate } from "../../src/replicate/replicate.ts";
import { type ReplicaSession, sourcesIn } from "../../src/replicate/work.ts";
import type { World } from "./world.ts";

/** A replicator's view of a world: its own session, which may be outdated, and its own holder of the lock. */
export async function replicateIn(
  world: World,
  names: readonly (string | SourceChange)[],
  session: Session | (Session & ReplicaSession) = world.session,
): Promise<Replication> {
  const changes = names.map((name) => (typeof name === "string" ? { name: name as ParameterName } : name));
  return replicate(replicating(session), changes, {
    holder: { host: "replicator", pid: 1, who: "the replicator", isAlive: () => true },
    monotonic: () => world.engine.now().getTime(),
    sleep: async (milliseconds) => world.pass(milliseconds),
    stopped: () => null,
  });
}

/** What the schedule does: every source is told. */
export async function reconcileIn(
  world: World,
  session: Session | (Session & ReplicaSession) = world.session,
): Promise<Replication> {
  return replicateIn(world, sourcesIn(replicating(session)), session);
}

/** A replicator of everything, unless the session says of what. */
export function replicating(session: Session | (Session & ReplicaSession)): ReplicaSession {
  return "replicas" in session ? session : { ...session, replicas: replicasIn(session.graph) };
}

/** The replicator of each replication, by its name. */
export function replicatorsOf({ session }: World): Record<string, Session & ReplicaSession> {
  const { config, graph } = session;
  const whole = { config, graph, replicas: replicasIn(graph), location: { account: "", region: "" } };
  return Object.fromEntries(
    replicationsOf(config.environment, graph).map(({ name }) => {
      const { location: _, ...own } = bundleOf(whole, name);
      return [name, { ...session, ...own }];
    }),
  );
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
