import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { publish, redact } from "../model/known-secrets.ts";
import { METRICS } from "../model/own-name.ts";
import { renderMetricsLine } from "../render/metrics-line.ts";
import { systemClock } from "../store/clock.ts";
import { connect } from "../store/connection.ts";
import { AWS_RATES } from "../store/rates.ts";
import { ssmStore } from "../store/ssm.ts";
import { throttle } from "../store/throttle.ts";
import { bundleOf, readBundle } from "./bundle.ts";
import { deadline } from "./deadline.ts";
import { type Handler, LEAST_TIME, makeHandler } from "./handler.ts";

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
  const { pace, begin } = deadline(throttle(AWS_RATES, systemClock), LEAST_TIME);
  const dimensions = { environment: config.environment.name, replication: replication ?? "all" };
  const handle = makeHandler({
    session: {
      config,
      graph,
      replicas,
      store: ssmStore(connection, pace),
      diagnostics: [],
      endpoint,
    },
    place: { account, region },
    holder: { host: randomUUID(), pid: 0, who: "the replicator", isAlive: () => true },
    monotonic: () => performance.now(),
    sleep: systemClock.sleep,
    log: (line) => print(redact(line)),
    tally: (counts) =>
      print(
        renderMetricsLine(METRICS, { dimensions, counts: { ...counts }, seconds: ["waited"] }, Date.now()),
      ),
  });
  return (event, invocation) => {
    begin(() => invocation?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY);
    return handle(event, invocation);
  };
}
