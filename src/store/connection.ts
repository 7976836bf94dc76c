import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { STSClientConfig } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { EngineOptions } from "../embedded/engine.ts";
import { endpointProblem } from "../model/endpoint.ts";
import { UserError } from "../model/error.ts";

/** Where calls go and as whom: every client of an environment is made from one. */
export interface Connection {
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Serves SSM, STS and KMS alike; without one, AWS's own of the region do. */
  readonly endpoint?: string;
  /** Carries requests instead of the network. */
  readonly transport?: Transport;
  /** After how many milliseconds without an answer a request counts as lost; 10 seconds unless said. */
  readonly requestTimeout?: number;
}

export type Transport = NonNullable<STSClientConfig["requestHandler"]>;

/** A connection that may hold a file open. */
export interface OpenConnection extends Connection {
  close(): void;
}

/** What of an environment's store location the connection follows. */
export type Location =
  | {
      readonly kind: "parameter-store";
      readonly region: string;
      readonly profile?: string;
      readonly roleArn?: string;
      readonly endpoint?: string;
    }
  | { readonly kind: "embedded"; readonly path: string };

const CONNECT_TIMEOUT = 3_000;
const REQUEST_TIMEOUT = 10_000;

/**
 * What every client of `connection` is built with. The endpoints that the SDK would take from variables and
 * profiles are ignored: what is planned for an environment is what its config says.
 */
export function clientOptions(connection: Connection) {
  const { region, credentials, endpoint, transport, requestTimeout = REQUEST_TIMEOUT } = connection;
  return {
    region,
    credentials,
    ignoreConfiguredEndpointUrls: true,
    // FIPS and dual-stack variables choose among AWS's endpoints; the SDK refuses them beside one of our own.
    ...(endpoint === undefined ? {} : { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false }),
    requestHandler: transport ?? {
      connectionTimeout: Math.min(CONNECT_TIMEOUT, requestTimeout),
      requestTimeout,
      // An answer that stops half-way is not covered by the request's timeout.
      socketTimeout: requestTimeout,
      throwOnRequestTimeout: true,
    },
  };
}

export interface ConnectOptions {
  /** Stands above the location's own. */
  readonly endpoint?: string;
  /** See `Connection`. */
  readonly requestTimeout?: number;
  /** How the embedded store behaves, where it is one. */
  readonly embedded?: Omit<EngineOptions, "path">;
}

/**
 * Opens what `location` names. Nothing is called yet: credentials are looked up by the first call.
 * @throws UserError when the endpoint cannot be used, or the embedded store cannot be opened
 */
export async function connect(location: Location, options: ConnectOptions = {}): Promise<OpenConnection> {
  if (location.kind === "embedded") {
    if (options.endpoint !== undefined)
      throw new UserError("an embedded store has no endpoint", {
        hint: 'leave --endpoint-url away, or give the environment a store of kind "parameter-store"',
      });
    return openEmbedded({ ...options.embedded, path: location.path }, options.requestTimeout);
  }
  const endpoint = options.endpoint ?? location.endpoint;
  const problem = endpoint === undefined ? undefined : endpointProblem(endpoint);
  if (problem !== undefined) throw new UserError(`the endpoint ${problem.summary}`, { hint: problem.hint });
  const target = { region: location.region, ...(endpoint === undefined ? {} : { endpoint }) };
  return {
    ...target,
    ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
    credentials: await credentialsOf(location, target),
    close: () => {},
  };
}

async function openEmbedded(
  options: EngineOptions,
  requestTimeout = REQUEST_TIMEOUT,
): Promise<OpenConnection> {
  await makeStoreFolder(dirname(options.path));
  const { openEngine } = await import("../embedded/engine.ts");
  const { embeddedTransport } = await import("../embedded/transport.ts");
  const engine = openEngine(options);
  return {
    region: engine.region,
    credentials: { accessKeyId: "embedded", secretAccessKey: "embedded" },
    transport: embeddedTransport(engine, { requestTimeout }),
    close: () => engine.close(),
  };
}

/** A new folder is its user's alone, and git leaves it out: the store's key file lies beside the store. */
export async function makeStoreFolder(folder: string): Promise<void> {
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "unknown";
    throw new UserError(`the folder of the embedded store cannot be made (${code})`, {
      hint: "give store.path a place that can be written",
    });
  }
}

/** Without a logger of ours the SDK writes its advice about variables to the console by itself. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function credentialsOf(
  { profile, roleArn }: { profile?: string; roleArn?: string },
  target: { region: string; endpoint?: string },
): Promise<AwsCredentialIdentityProvider> {
  const { fromIni, fromNodeProviderChain, fromTemporaryCredentials } = await import(
    "@aws-sdk/credential-providers"
  );
  const clientConfig = { ignoreConfiguredEndpointUrls: true };
  const own =
    profile === undefined
      ? fromNodeProviderChain({ clientConfig, logger: SILENT })
      : fromIni({ profile, clientConfig });
  if (roleArn === undefined) return own;
  return fromTemporaryCredentials({
    masterCredentials: own,
    params: { RoleArn: roleArn, RoleSessionName: "paraform" },
    clientConfig: { ...clientConfig, ...target },
  });
}
