import type { Environment } from "../config/environment.ts";
import type { DesiredParameter } from "../graph/graph.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { Decision } from "../plan/decision.ts";
import { comingEnd } from "../plan/ending.ts";
import { reachBefore, reachOf } from "../plan/key-reach.ts";
import type { Keyring } from "../plan/keyring.ts";
import { type Standing, standingOf } from "../plan/standing.ts";
import { BY_HAND } from "../plan/version-record.ts";
import { describeOne } from "../store/describe-one.ts";
import type { LiveParameter, Store } from "../store/store.ts";
import type { Leave } from "./leave.ts";
import { versionsBetween, type Written, writeParameter } from "./write.ts";

/** One value is put without the lock. */
const AT_ONCE: Leave = { outlasts: () => true, ensure: async () => true };

export interface HandWrite {
  readonly store: Store;
  readonly ring: Keyring;
  readonly environment: Environment;
  /** As the config has it; `undefined` for a name that it does not know. */
  readonly parameter: DesiredParameter | undefined;
}

/** What a write by hand came to, and what it did to others who wrote at the same moment. */
export interface Handwritten extends Pick<Written, "overwritten" | "recreated"> {
  readonly version: number;
}

/**
 * Writes a value that a person gives. What the config declares static and is ours, or new, is stamped, so that
 * it stays ours; everything else keeps its attributes and its description as they are.
 * @throws UserError when the store refuses it
 */
export async function putValue(
  { store, ring, environment, parameter }: HandWrite,
  name: ParameterName,
  value: Secret,
): Promise<Handwritten> {
  const { owner } = environment;
  const live = await describeOne(store, name);
  const standing = standingOf(ring, owner, name, live);
  refuseOthers(parameter, standing, name);
  if (parameter === undefined) throw undeclared(name);
  const farther = isFarther(ring, environment);
  refuseExposure(parameter, live, farther);
  if (standing.kind === "unstamped") return putAsIs(store, value, standing.live, standing.live);
  refuseEnd(parameter, standing);
  const decision: Decision = {
    parameter: { ...parameter, rule: { kind: "static" } },
    standing,
    type: parameter.type ?? live?.type ?? "SecureString",
    inputs: [],
    verdict: { kind: "keep" },
    source: { kind: "supplied", value, from: "put" },
    notes: [],
    hidden: false,
  };
  const { outcome, overwritten, recreated } = await writeParameter(
    store,
    ring,
    { decision, value, sources: [], secrets: undefined, run: BY_HAND, owner },
    AT_ONCE,
  );
  if (outcome.kind === "failed") {
    const [lost] = overwritten;
    const hint =
      lost === undefined ? outcome.hint : `put --from-version ${lost} brings back what was overwritten`;
    throw new UserError(
      `${name} was not written: ${outcome.message} (${outcome.code})`,
      hint === undefined ? {} : { hint },
    );
  }
  return { version: outcome.version, overwritten, recreated };
}

/** Nothing that is not ours is touched by hand either. @throws UserError */
function refuseOthers(
  parameter: DesiredParameter | undefined,
  standing: Standing,
  name: ParameterName,
): void {
  if (standing.kind === "invalid" || (standing.kind === "stamped" && !standing.ours)) {
    const whose =
      standing.kind === "stamped"
        ? `belongs to ${standing.stamp.owner}`
        : "bears a stamp that does not verify";
    throw new UserError(`${name} ${whose}`, { hint: "ask its owner, or adopt it in a config first" });
  }
  if (parameter === undefined && standing.kind === "unstamped") throw undeclared(name);
}

function undeclared(name: ParameterName): UserError {
  return new UserError(`${name} is not declared in this environment`, {
    hint: "declare it first, so that its key and its owner are known",
  });
}

/** Whether more can read what lies under `key` than under the key that it lies under live. */
type Farther = (key: string, live: LiveParameter) => boolean;

function isFarther({ place }: Keyring, environment: Environment): Farther {
  const reach = reachOf(place, environment);
  return (key, { keyId }) => key !== keyId && reach(key) > reachBefore(keyId);
}

/** What a plan would count as a delete is not done beside a value either. @throws UserError */
function refuseEnd(parameter: DesiredParameter, standing: Standing): void {
  const end = standing.kind === "absent" ? undefined : comingEnd(parameter, standing.live);
  if (end === undefined) return;
  throw new UserError(
    `${parameter.name} would be deleted at ${end}, by the Expiration policy of its config`,
    {
      hint: "apply that change first, with its guard, or mend the config",
    },
  );
}

/** What a plan would hold up by its exposure guard is not done by hand either. @throws UserError */
function refuseExposure(
  parameter: DesiredParameter,
  live: LiveParameter | undefined,
  isFartherThan: Farther,
): void {
  if (live === undefined) return;
  const { name, type, key } = parameter;
  if (live.type !== "SecureString") {
    if (type !== "SecureString") return;
    throw new UserError(`${name} is a ${live.type} live, and its config wants a SecureString`, {
      hint: "apply first, with the name under adopt where it is not ours yet; then put the value",
    });
  }
  const lowered = type !== undefined && type !== "SecureString";
  if (!lowered && !isFartherThan(key, live)) return;
  throw new UserError(
    `${name} would be exposed: its config has a ${lowered ? "plain type" : "key that more may use"}`,
    {
      hint: "apply that change first, with its guard, or mend the config",
    },
  );
}

/**
 * Puts an earlier version again, with its description, type and key as they were; tier and data type are the live
 * parameter's, which takes neither back.
 * @throws UserError
 */
export async function restoreVersion(
  { store, ring, environment, parameter }: HandWrite,
  name: ParameterName,
  version: number,
): Promise<Handwritten> {
  const live = await describeOne(store, name);
  refuseOthers(parameter, standingOf(ring, environment.owner, name, live), name);
  const then = (await store.history(name)).find((kept) => kept.version === version);
  const [reading] = await store.read([{ name, version }]);
  if (live === undefined || then === undefined || reading?.kind === "absent" || reading === undefined) {
    throw new UserError(`${name} has no version ${version}`, {
      hint: "Parameter Store keeps the last 100 versions",
    });
  }
  if (reading.kind === "denied") throw new UserError(`version ${version} of ${name} may not be read`);
  const wasPlain = then.type !== "SecureString";
  if (live.type === "SecureString" && (wasPlain || isFarther(ring, environment)(then.keyId ?? "", live))) {
    throw new UserError(
      `${name} would be exposed: its version ${version} ${wasPlain ? `is a ${then.type}` : "lies under a key that more may use"}`,
      {
        hint: `paraform rollback ${name} --to-version ${version} plans its value with the key that the config has`,
      },
    );
  }
  return putAsIs(store, reading.value, { ...then, tier: live.tier, dataType: live.dataType }, live);
}

/** Puts `value` over `live` with the attributes of `as`, and no stamp of its own. */
async function putAsIs(
  store: Store,
  value: Secret,
  as: LiveParameter,
  live: LiveParameter,
): Promise<Handwritten> {
  const { name } = live;
  const outcome = await store.put({
    name,
    value,
    type: as.type,
    description: as.description,
    overwrite: true,
    ...(as.keyId === undefined ? {} : { keyId: as.keyId }),
    tier: as.tier,
    dataType: as.dataType,
  });
  if (outcome.kind === "written") return met(outcome.version, live.version);
  const code = outcome.kind === "exists" ? "ParameterAlreadyExists" : outcome.code;
  throw new UserError(`${name} was not written: ${code}`, {
    hint:
      outcome.kind === "unknown"
        ? "no answer came: look at its version before you try again"
        : "check what this identity may do",
  });
}

/** A version higher than the one after `before` overwrote others; a lower one, what was made anew after a deletion. */
function met(version: number, before: number): Handwritten {
  const recreated = version <= before;
  const first = recreated ? 1 : before + 1;
  return { version, overwritten: versionsBetween(first - 1, version), recreated };
}
