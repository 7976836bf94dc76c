import type { Argv } from "yargs";
import type { Environment } from "../config/environment.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { storeOptions } from "./options.ts";
import type { OpenStore } from "./session.ts";

function options(yargs: Argv) {
  return storeOptions(yargs).option("rekey", {
    type: "boolean",
    default: false,
    describe: "Make a new digest key; the old one still verifies its stamps",
  });
}

/** Prepares an environment: checks who and where we are, and makes the digest key. Harmless again. */
async function init(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { makeDigestKey } = await import("../apply/digest-key.ts");
  return withStore(host, given, async (session) => {
    const account = await checkIdentity(session);
    await checkKey(session);
    const { environment } = session.config;
    const place = { account, region: session.connection.region, environment: environment.name };
    const made = await makeDigestKey(session.store, environment, session.graph, place, given.rekey);
    const what = { made: "Made", kept: "Found", renewed: "Renewed" }[made.kind];
    host.print(
      `${what} the digest key of environment ${environment.name} in account ${account}, ${place.region}.\n` +
        `Its id is ${made.id}${pinning(environment, made.id)}.\n`,
    );
    return EXIT.done;
  });
}

/** How the id gets into the config. An embedded store is on this machine alone, and a config is everybody's. */
function pinning({ digestKey, store, file }: Environment, id: string): string {
  if (digestKey.id === id || (digestKey.id === undefined && store.kind === "embedded")) return "";
  const key = `digestKey in ${file}, so that no other is ever accepted`;
  return digestKey.id === undefined ? `: add "id": "${id}" to ${key}` : `: make it the "id" of ${key}`;
}

async function checkIdentity({ config, connection }: OpenStore): Promise<string> {
  const { readIdentity } = await import("../store/identity.ts");
  const { store, name } = config.environment;
  const identity = await readIdentity(connection);
  if (store.kind === "parameter-store" && store.account !== identity.account) {
    throw new UserError(
      `environment ${name} is account ${store.account}, these credentials are of ${identity.account}`,
      {
        hint: "check the profile and the role",
      },
    );
  }
  return identity.account;
}

/** The digest key is worth nothing under a key that every principal of the account may use. */
async function checkKey({ config, connection }: OpenStore): Promise<void> {
  const { describeKey } = await import("../store/identity.ts");
  const { kmsKey } = config.environment.digestKey;
  const key = await describeKey(connection, kmsKey);
  if (key.kind === "absent")
    throw new UserError(`KMS key ${kmsKey} does not exist`, {
      hint: "create it, or name another as digestKey.kmsKey",
    });
  if (key.kind === "denied")
    throw new UserError(`KMS key ${kmsKey} may not be described`, {
      hint: "init needs kms:DescribeKey on it",
    });
  if (key.manager !== "CUSTOMER") {
    throw new UserError(`KMS key ${kmsKey} is managed by AWS`, {
      hint: "the digest key needs a customer managed key",
    });
  }
  if (key.state !== "Enabled")
    throw new UserError(`KMS key ${kmsKey} is not enabled`, { hint: "enable it first" });
}

export const initCommand = command({
  spec: "init",
  describe: "Prepare an environment, once: make its digest key",
  options,
  run: init,
});
