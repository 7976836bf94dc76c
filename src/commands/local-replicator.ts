import type { Engine } from "../embedded/engine.ts";
import { UserError } from "../model/error.ts";
import { digestKeyName } from "../model/own-name.ts";
import type { ChangeQueue } from "../replicate/change-queue.ts";
import type { Store } from "../store/store.ts";
import type { Host } from "./host.ts";
import { compileEnvironment } from "./session.ts";

/** The replicator of one environment, fed by the change events of the store that is served here. */
export interface LocalReplicator {
  readonly environment: string;
  /** The file of its store, where it has an embedded one. */
  readonly path: string | undefined;
  /** Ties it to the engine whose events it is offered. */
  start(engine: Engine): Promise<ChangeQueue>;
}

/** @throws ConfigError for its configs, UserError where they mean another account or region than is served */
export function localReplicator(
  host: Host,
  given: { readonly env: string; readonly configs: string; readonly chdir: string | undefined },
  served: { readonly account: string; readonly region: string },
): LocalReplicator {
  const { config, graph } = compileEnvironment(host, given);
  const { environment } = config;
  const place = environment.store.kind === "embedded" ? served : environment.store;
  if (place.account !== served.account) {
    throw new UserError(
      `environment ${environment.name} is account ${place.account}, served is ${served.account}`,
      {
        hint: `serve it with --account ${place.account}`,
      },
    );
  }
  const { account, region } = place;
  const start = async (engine: Engine): Promise<ChangeQueue> => {
    const { embeddedTransport } = await import("../embedded/transport.ts");
    const { changeQueue } = await import("../replicate/change-queue.ts");
    const { scheduled } = await import("../replicate/schedule.ts");
    const { replicasIn } = await import("../graph/replicas.ts");
    const { makeHandler } = await import("../replicate/handler.ts");
    const { systemClock } = await import("../store/clock.ts");
    const { UNLIMITED } = await import("../store/rates.ts");
    const { ssmStore } = await import("../store/ssm.ts");
    const { throttle } = await import("../store/throttle.ts");
    const credentials = { accessKeyId: "replicator", secretAccessKey: "replicator" };
    const connection = { region, credentials, transport: embeddedTransport(engine) };
    const store = ssmStore(connection, throttle(UNLIMITED, systemClock));
    const handle = makeHandler({
      session: {
        config,
        graph,
        replicas: replicasIn(graph),
        store,
        diagnostics: [],
        endpoint: undefined,
      },
      place: { account, region },
      holder: host.holder,
      monotonic: () => host.monotonic(),
      sleep: (milliseconds) => host.sleep(milliseconds),
      log: (line) => host.say(`${line}\n`),
      tally: () => {},
    });
    const sleep = (milliseconds: number) => host.sleep(milliseconds);
    return scheduled(changeQueue(handle, sleep), {
      isReady: () => isInitialized(store, environment.name),
      writesElsewhere: () => engine.writesElsewhere(),
      sleep,
    });
  };
  return {
    environment: environment.name,
    path: environment.store.kind === "embedded" ? environment.store.path : undefined,
    start,
  };
}

/** A store that is not is new; of one that cannot be read the handler says why. */
async function isInitialized(store: Store, environment: string): Promise<boolean> {
  try {
    const [key] = await store.read([{ name: digestKeyName(environment) }]);
    return key?.kind !== "absent";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return true;
  }
}
