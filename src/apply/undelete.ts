import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { unexpiredPolicies } from "../model/policies.ts";
import { Secret } from "../model/secret.ts";
import { type KeptCopies, keptCopyOf } from "../plan/kept-name.ts";
import type { Keyring } from "../plan/keyring.ts";
import { readStamp, restampedDescription } from "../plan/stamp.ts";
import { isStampOf } from "../plan/standing.ts";
import { describeOne } from "../store/describe-one.ts";
import type { LiveParameter, ParameterWrite, Store } from "../store/store.ts";
import { type KeptDocument, openKeptCopy } from "./kept-copy.ts";
import { REST, type Resting, restForReuse } from "./rest.ts";

/** No plan wrote it: the fingerprint of what a person brought back. */
const BY_HAND = "0".repeat(32);
/** No write makes this version: what bears it in its stamp was touched, whenever that was. */
const NEVER = 9_999_999_999;

export interface Undeletion extends Pick<Resting, "sleep" | "waiting"> {
  readonly store: Store;
  readonly ring: Keyring;
  readonly kept: KeptCopies;
  /** The number of an earlier deletion's copy; the newest unless said. */
  readonly copy?: number;
}

/**
 * Brings a deleted parameter back from the copy that was kept of it, never over one that is there. It is ours again
 * if it was: a fresh stamp says of it what its stamp said before.
 * @throws UserError when there is no copy of it, or something under its name
 */
export async function undelete(options: Undeletion, name: ParameterName): Promise<void> {
  const { store, ring, kept } = options;
  if ((await describe(store, name)) !== undefined) throw occupied(name);
  const newest = keptCopyOf(ring, kept, name);
  if (newest === undefined) {
    throw new UserError(`no copy of ${name} is kept`, {
      hint: "paraform undelete without a name lists the copies; each is kept for 30 days",
    });
  }
  const document = await readDocument(store, ring, name, newest, options.copy ?? newest.version);
  const lease = { ensure: async () => true };
  await restForReuse({ ...options, lease }, name, newest.lastModified + REST - store.now());
  const write = asItWas(ring, name, document, store.now());
  const outcome = await store.put(write);
  if (outcome.kind === "written") return;
  const live = await describe(store, name);
  if (outcome.kind === "unknown" && live?.description === write.description) return;
  if (outcome.kind === "exists" || live !== undefined) throw occupied(name);
  throw new UserError(`${name} was not brought back: ${outcome.code}`, {
    hint:
      outcome.kind === "unknown"
        ? "no answer came: run the same command again"
        : "check its key and what this identity may do; the copy is still kept",
  });
}

async function readDocument(
  store: Store,
  ring: Keyring,
  name: ParameterName,
  newest: LiveParameter,
  copy: number,
): Promise<KeptDocument> {
  const [reading] = await store.read([{ name: newest.name, version: copy }]);
  if (reading?.kind === "denied") {
    throw new UserError(`the copy of ${name} may not be read`, {
      hint: "this takes ssm:GetParameter on it and kms:Decrypt on the environment's own key",
    });
  }
  if (reading?.kind === "absent" && copy !== newest.version) {
    throw new UserError(`no copy ${copy} of ${name} is kept`, {
      hint: `the newest is ${newest.version}; Parameter Store keeps 100 of them`,
    });
  }
  const document = reading?.kind === "value" ? openKeptCopy(ring, name, reading.value) : undefined;
  if (document !== undefined) return document;
  throw new UserError(`the copy of ${name} is not one that paraform made`, {
    hint: "somebody overwrote or removed it: look at the history of the copy",
  });
}

function asItWas(ring: Keyring, name: ParameterName, document: KeptDocument, now: number): ParameterWrite {
  const { value, type, key, tier, dataType, pattern, tags } = document;
  const policies = unexpiredPolicies(document.policies, now);
  return {
    name,
    value: new Secret(value),
    type,
    description: descriptionNow(ring, name, document, now),
    overwrite: false,
    ...(key === undefined ? {} : { keyId: key }),
    tier,
    dataType,
    ...(policies === undefined ? {} : { policies }),
    ...(pattern === undefined ? {} : { allowedPattern: pattern }),
    ...(tags === undefined ? {} : { tags }),
  };
}

/** What was touched outside when it was deleted comes back as touched: its value is not the one that was stamped. */
function descriptionNow(
  ring: Keyring,
  name: ParameterName,
  { description = "", version, lastModified }: KeptDocument,
  now: number,
): string {
  const signed = readStamp(ring, name, description);
  if (signed.kind !== "stamped") return description;
  return restampedDescription(ring, name, signed, {
    version: isStampOf({ version, lastModified }, signed.stamp) ? 1 : NEVER,
    time: Math.floor(now / 1000),
    fingerprint: BY_HAND,
  });
}

async function describe(store: Store, name: ParameterName): Promise<LiveParameter | undefined> {
  return await describeOne(store, name);
}

function occupied(name: ParameterName): UserError {
  return new UserError(`${name} is there, and nothing is written over it`, {
    hint: "remove it first, or put the value that it shall have",
  });
}
