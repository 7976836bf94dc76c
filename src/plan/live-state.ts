import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { digestKeyName, keptRoot, lockName } from "../model/own-name.ts";
import type { LiveParameter, Reading, Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { KeptCopies } from "./kept-name.ts";
import { type Keyring, openKeyring } from "./keyring.ts";
import type { Diagnostic } from "./plan.ts";
import { type Replacing, readReplacing } from "./replacing.ts";

/** The live store as a plan needs it: metadata of all that is in scope or named, the digest key, and what applies that were cut were to replace. */
export type LiveState =
  | {
      readonly kind: "read";
      readonly ring: Keyring;
      readonly live: ReadonlyMap<ParameterName, LiveParameter>;
      readonly kept: KeptCopies;
      readonly replacing: Replacing;
    }
  | { readonly kind: "unread"; readonly failure: StoreError; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads metadata and digest key at once. What could not be read is named, never taken for absent.
 * @throws UserError for a missing, foreign or broken digest key, or another account or region than the config's
 */
export async function readLiveState(
  store: Store,
  environment: Environment,
  graph: DesiredGraph,
): Promise<LiveState> {
  const root = keptRoot(environment.name);
  const lock = lockName(environment.name);
  const prefixes = [...environment.scopes.map(({ path }) => path), root];
  const keyName = digestKeyName(environment.name);
  const [key, described] = await Promise.allSettled([
    readKeyring(store, environment, keyName),
    store.describe({ prefixes, names: namesToRead(graph, lock) }),
  ]);
  const failures = [key, described].flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  const other = failures.find((failure) => !(failure instanceof StoreError));
  if (other !== undefined) throw other;
  const [failure] = failures as StoreError[];
  if (failure !== undefined || key.status === "rejected" || described.status === "rejected") {
    const diagnostics = (failures as StoreError[]).map(unreadable);
    return { kind: "unread", failure: failure as StoreError, diagnostics };
  }
  const all = [...described.value];
  const live = new Map(all.filter(([name]) => name !== lock && !name.startsWith(root)));
  const kept = new Map(all.filter(([name]) => name.startsWith(root)));
  const replacing = readReplacing(key.value, described.value.get(lock)?.description ?? "");
  return { kind: "read", ring: key.value, live, kept, replacing };
}

/**
 * Every name that the config speaks of: declared, referred to, moved from or removed. Where something moves, the lock too:
 * it tells what waits for no move, and a plan without one need not know.
 */
function namesToRead({ parameters, removals }: DesiredGraph, lock: ParameterName): readonly ParameterName[] {
  const former = [...parameters.values()].flatMap(({ formerly }) => formerly ?? []).map(({ name }) => name);
  return [...parameters.keys(), ...former, ...removals.keys(), ...(former.length > 0 ? [lock] : [])];
}

function unreadable(failure: StoreError): Diagnostic {
  return { severity: "error", code: `unreadable_${failure.failure}`, summary: failure.message };
}

/** Opens the digest key; its ARN proves account and region without a further call. */
async function readKeyring(store: Store, environment: Environment, name: ParameterName): Promise<Keyring> {
  const [reading] = await store.read([{ name }]);
  if (reading?.kind === "denied") throw new StoreError("denied", `GetParameter of ${name}`, reading.code);
  if (reading?.kind !== "value") {
    throw new UserError(`environment ${environment.name} has no digest key`, {
      hint: `run paraform init --env ${environment.name} once`,
    });
  }
  return checkedKeyring(reading, environment, name);
}

/** @throws UserError unless the reading is this environment's digest key in the account and region it declares */
export function checkedKeyring(
  reading: Reading & { kind: "value" },
  environment: Environment,
  name: ParameterName,
): Keyring {
  const [, , , region = "", account = ""] = reading.arn.split(":");
  const { store, digestKey } = environment;
  if (store.kind === "parameter-store" && (store.account !== account || store.region !== region)) {
    throw new UserError(
      `environment ${environment.name} is account ${store.account} in ${store.region}, but these credentials lead to account ${account} in ${region}`,
      { hint: "check the profile, the role and the region" },
    );
  }
  const ring = openKeyring(reading.value, { account, region, environment: environment.name });
  if (ring === undefined) {
    throw new UserError(`${name} holds no digest key`, {
      hint: "somebody overwrote it: restore an older version",
    });
  }
  if (digestKey.id !== undefined && digestKey.id !== ring.currentId) {
    throw new UserError(
      `the digest key of environment ${environment.name} is ${ring.currentId}, its config names ${digestKey.id}`,
      {
        hint: "somebody replaced it, or digestKey.id in environment.json is outdated",
      },
    );
  }
  return ring;
}
