import type { Environment } from "../config/environment.ts";
import { systemClock } from "../store/clock.ts";
import { connect } from "../store/connection.ts";
import { AWS_RATES, UNLIMITED } from "../store/rates.ts";
import { ssmStore } from "../store/ssm.ts";
import type { Store } from "../store/store.ts";
import { throttle } from "../store/throttle.ts";
import type { Host } from "./host.ts";
import type { EnvironmentOptions } from "./options.ts";
import { compileEnvironment } from "./session.ts";

/** The environment's store, with no source of values asked: what is imported needs none. @throws ConfigError */
export async function withStore<Result>(
  host: Host,
  options: EnvironmentOptions,
  work: (opened: { readonly environment: Environment; readonly store: Store }) => Promise<Result>,
): Promise<Result> {
  const { environment } = compileEnvironment(host, options).config;
  const { store: location } = environment;
  const endpoint = options.endpointUrl ?? ("endpoint" in location ? location.endpoint : undefined);
  const connection = await connect(location, endpoint === undefined ? {} : { endpoint });
  try {
    const rates = location.kind === "embedded" ? UNLIMITED : AWS_RATES;
    return await work({ environment, store: ssmStore(connection, throttle(rates, systemClock)) });
  } finally {
    connection.close();
  }
}
