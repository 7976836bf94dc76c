import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { publish, redact } from "../model/known-secrets.ts";
import { systemClock } from "../store/clock.ts";
import { connect } from "../store/connection.ts";
import { AWS_RATES } from "../store/rates.ts";
import { ssmStore } from "../store/ssm.ts";
import { throttle } from "../store/throttle.ts";
import { bundleOf, readBundle } from "./bundle.ts";
import { type Handler, makeHandler } from "./handler.ts";

/**
 * The replicator as a Lambda of its own: built once for each container, from the bundle beside its code. With a
 * `replication` it sees to that one alone.
 */
export async function openReplicator(
  bundle: string,
  replication: string | undefined,
  print: (line: string) => void,
): Promise<Handler> {
  const whole = readBundle(bundle);
  const { config, graph, replicas, location } =
    replication === undefined ? whole : bundleOf(whole, replication);
  publish([bundle]);
  const { account, region, endpoint } = location;
  const connection = await connect({ kind: "parameter-store", ...location });
  return makeHandler({
    session: {
      config,
      graph,
      replicas,
      store: ssmStore(connection, throttle(AWS_RATES, systemClock)),
      diagnostics: [],
      endpoint,
    },
    place: { account, region },
    holder: { host: randomUUID(), pid: 0, who: "the replicator", isAlive: () => true },
    monotonic: () => performance.now(),
    sleep: systemClock.sleep,
    log: (line) => print(redact(line)),
  });
}
