import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { digestKeyName } from "../model/own-name.ts";
import type { Secret } from "../model/secret.ts";
import { newDigestKey, openKeyring, type Place } from "../plan/keyring.ts";
import { bearsStamp } from "../plan/stamp.ts";
import type { Reading, Store } from "../store/store.ts";

export interface MadeKey {
  readonly kind: "made" | "kept" | "renewed";
  readonly id: string;
}

/**
 * Makes the environment's digest key, or keeps the one that is there. `rekey` puts a new one before the old
 * one, which goes on verifying its stamps: so never before one that the config does not name.
 * @throws UserError when it may not be read or written, is not the one that the config names, or is gone while
 * stamps made with it are still live
 */
export async function makeDigestKey(
  store: Store,
  environment: Environment,
  graph: DesiredGraph,
  place: Place,
  rekey: boolean,
): Promise<MadeKey> {
  const name = digestKeyName(environment.name);
  const pinned = environment.digestKey.id;
  const [reading] = await store.read([{ name }]);
  if (reading?.kind === "denied") {
    throw new UserError(`${name} may not be read`, {
      hint: "init needs ssm:GetParameter on it and kms:Decrypt on its key",
    });
  }
  if (reading?.kind === "value") {
    const id = openKeyring(reading.value, place)?.currentId;
    if (id === undefined)
      throw new UserError(`${name} holds no digest key`, { hint: "restore an older version of it" });
    if (pinned !== undefined && pinned !== id) {
      throw new UserError(`the digest key is ${id}, the config names ${pinned}`, {
        hint: "somebody replaced it, or digestKey.id in environment.json is outdated: find out which before you change either",
      });
    }
    if (!rekey) return { kind: "kept", id };
    return {
      kind: "renewed",
      id: await writeKey(store, environment, place, newDigestKey(reading.value), true),
    };
  }
  if (pinned !== undefined) {
    throw new UserError(`${name} does not exist, and the config names the digest key ${pinned}`, {
      hint: "if it was deleted, restore it; to make another one, take digestKey.id out of environment.json first",
    });
  }
  if (!rekey && (await hasStamps(store, environment, graph))) {
    throw new UserError(`${name} does not exist, but parameters bear stamps of paraform`, {
      hint: "if it was deleted, restore it; if the environment was renamed, give it its old name back; with --rekey a new key is made, and those stamps never verify again",
    });
  }
  const id = await writeKey(store, environment, place, newDigestKey(), false);
  return { kind: "made", id };
}

async function writeKey(
  store: Store,
  { name: environment, digestKey }: Environment,
  place: Place,
  value: Secret,
  overwrite: boolean,
): Promise<string> {
  const name = digestKeyName(environment);
  const outcome = await store.put({
    name,
    value,
    type: "SecureString",
    keyId: digestKey.kmsKey,
    description: "paraform's digest key of this environment: who reads it can forge stamps",
    overwrite,
    tier: "Standard",
    dataType: "text",
  });
  if (outcome.kind === "refused") {
    throw new UserError(`${name} could not be written: ${outcome.code}`, {
      hint: "init needs ssm:PutParameter on it and kms:Encrypt on its key",
    });
  }
  const [written] = await store.read([{ name }]);
  if (overwrite && !(written?.kind === "value" && written.value.equals(value))) {
    throw new UserError(`${name} does not hold the new digest key`, {
      hint: "its write was lost, or somebody renewed it too: run init again, with --rekey if it is still to change",
    });
  }
  const id = idOf(written, place);
  if (id === undefined) throw new UserError(`${name} could not be read back`, { hint: "run init again" });
  return id;
}

function idOf(reading: Reading | undefined, place: Place): string | undefined {
  return reading?.kind === "value" ? openKeyring(reading.value, place)?.currentId : undefined;
}

async function hasStamps(store: Store, environment: Environment, graph: DesiredGraph): Promise<boolean> {
  const names: ParameterName[] = [...graph.parameters.keys()];
  const live = await store.describe({ prefixes: environment.scopes.map(({ path }) => path), names });
  return [...live.values()].some(({ description }) => bearsStamp(description));
}
