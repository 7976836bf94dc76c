import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision } from "../plan/decision.ts";
import type { Keyring } from "../plan/keyring.ts";
import { saysTags } from "../plan/resource-change.ts";
import { readStamp, type Stamp } from "../plan/stamp.ts";
import { describeOne } from "../store/describe-one.ts";
import type { LiveParameter, ParameterWrite, Store } from "../store/store.ts";
import { compose, type Draft } from "./draft.ts";
import { type Leave, putWithLeave } from "./leave.ts";
import { failedBy, type Outcome } from "./outcome.ts";

type Failed = Outcome & { readonly kind: "failed" };

/** What became of one write, and what it did to others on its way, also where it failed in the end. */
export interface Written extends Readonly<Met> {
  /** `stamp` is what followers bind to. */
  readonly outcome: { readonly kind: "written"; readonly version: number; readonly stamp: Stamp } | Failed;
}

interface Met {
  /** Foreign versions that were overwritten. */
  overwritten: readonly number[];
  /** Somebody had deleted it, and it was made anew. */
  recreated: boolean;
}

/** How often a write is sent again after an answer was lost and the live stamp says that it was not done. */
const RESENDS = 3;
/** How often a stamp is put again because foreign writes made its version untrue. */
const RESTAMPS = 3;

/**
 * Writes one parameter. PutParameter is never resent blindly: after a lost answer the live stamp decides
 * between done, not done and conflict. After an update the returned version must be the planned one; a
 * higher one tells of foreign versions overwritten, a lower one of a deletion in between, and in both
 * cases the stamp is put again so that it tells the truth.
 */
export async function writeParameter(
  store: Store,
  ring: Keyring,
  draft: Draft,
  leave: Leave,
): Promise<Written> {
  const met: Met = { overwritten: [], recreated: false };
  try {
    return { outcome: await write(store, ring, draft, leave, met), ...met };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { outcome: failedBy(error), ...met };
  }
}

/** @throws StoreError when it was not sent, or what was made anew could not be tagged */
async function write(
  store: Store,
  ring: Keyring,
  draft: Draft,
  leave: Leave,
  met: Met,
): Promise<Written["outcome"]> {
  const { parameter, standing } = draft.decision;
  const { name } = parameter;
  let base = standing.kind === "absent" ? 0 : standing.live.version;
  for (let attempt = 0; attempt <= RESTAMPS; attempt += 1) {
    const composed = compose(ring, draft, base + 1, store.now());
    const { stamp } = composed;
    const sent = await send(store, ring, composed.write, stamp, base, leave);
    if (sent.kind === "failed") return sent;
    const { version } = sent;
    if (version === base + 1) return { kind: "written", version, stamp };
    const anew = version <= base;
    const foreign = await foreignVersions(store, ring, name, draft.run, anew ? 0 : base, version);
    met.overwritten = [...met.overwritten, ...foreign];
    met.recreated ||= anew;
    if (anew) await addTags(store, draft.decision, leave);
    base = version;
  }
  return failed("contended", "others keep writing it", "find out who writes it and run the same apply again");
}

/** The code of a write that may have been done: its answers were lost and no live stamp tells of it. */
export const UNANSWERED = "unanswered";
/** The code of a write that somebody else's stands in the way of. */
export const CONFLICT = "conflict";

type Sent = { readonly kind: "sent"; readonly version: number } | Failed;

async function send(
  store: Store,
  ring: Keyring,
  write: ParameterWrite,
  stamp: Stamp,
  base: number,
  leave: Leave,
): Promise<Sent> {
  for (let resends = 0; resends <= RESENDS; resends += 1) {
    const outcome = await putWithLeave(store, write, leave);
    if (outcome.kind === "written") return { kind: "sent", version: outcome.version };
    if (outcome.kind === "refused") return refused(outcome.code, write.keyId);
    const live = await found(store, ring, write.name, stamp);
    if (live === "unknown") {
      return failed(
        UNANSWERED,
        "the store gave no answer, and whether it was written cannot be told",
        "run the same apply again",
      );
    }
    if (live.ours) return { kind: "sent", version: live.version };
    if (outcome.kind === "exists" || live.version !== base) {
      return failed(CONFLICT, "somebody else wrote it meanwhile", "plan again");
    }
  }
  return failed(
    UNANSWERED,
    "the store gave no answer and the write was not done",
    "run the same apply again",
  );
}

interface Found {
  /** 0 when there is none. */
  readonly version: number;
  /** The live version is the one that `stamp` was written with. */
  readonly ours: boolean;
}

/**
 * Looks for a write whose answer was lost. A foreign write that says no description keeps ours, stamp and all: of
 * the versions that bear the stamp only the first can be the one that was written with it.
 */
async function found(
  store: Store,
  ring: Keyring,
  name: ParameterName,
  stamp: Stamp,
): Promise<Found | "unknown"> {
  const bears = ({ description }: LiveParameter): boolean => {
    const signed = readStamp(ring, name, description);
    return signed.kind === "stamped" && signed.stamp.mac === stamp.mac;
  };
  try {
    const live = await describeOne(store, name);
    if (live === undefined) return { version: 0, ours: false };
    const { version } = live;
    if (!bears(live) || version === stamp.version) return { version, ours: bears(live) };
    return { version, ours: (await store.history(name)).find(bears)?.version === version };
  } catch (error) {
    if (error instanceof UserError) return "unknown";
    throw error;
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  AccessDeniedException: "this identity may not write it, or not use its key",
  InvalidKeyId: "its KMS key does not exist, is disabled, or may not be used",
  HierarchyTypeMismatchException: "Parameter Store does not change the type of a parameter in place",
  ParameterMaxVersionLimitExceeded: "its oldest version bears a label: move the label first",
  ParameterPatternMismatchException: "its value does not match its allowed pattern",
  NotStarted: "the lock could not be kept long enough",
};

function refused(code: string, key: string | undefined): Failed {
  if (code === "InvalidKeyId" && key !== undefined) {
    return failed(code, `its KMS key ${key} does not exist, is disabled, or may not be used`);
  }
  return failed(code, REFUSALS[code] ?? "Parameter Store refused the write");
}

function failed(code: string, message: string, hint?: string): Failed {
  return { kind: "failed", code, message, ...(hint === undefined ? {} : { hint }) };
}

/**
 * The versions between `after` and `before` that this very run did not write: somebody else's, still in the history.
 * All of them where the history may not be read: the stamp has to be put right all the same.
 */
async function foreignVersions(
  store: Store,
  ring: Keyring,
  name: ParameterName,
  run: string,
  after: number,
  before: number,
): Promise<readonly number[]> {
  const between = versionsBetween(after, before);
  const own = (await kept(store, name)).flatMap(({ version, description }) => {
    const signed = readStamp(ring, name, description);
    const ours = signed.kind === "stamped" && signed.stamp.fingerprint === run;
    return ours && signed.stamp.version === version ? [version] : [];
  });
  return between.filter((version) => !own.includes(version));
}

/** The versions after `after` and before `before`. */
export function versionsBetween(after: number, before: number): readonly number[] {
  return Array.from({ length: before - after - 1 }, (_, index) => after + 1 + index);
}

async function kept(store: Store, name: ParameterName): Promise<readonly LiveParameter[]> {
  try {
    return await store.history(name);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** An overwrite takes no tags: they are added before it, so that the stamp is written last and tells the truth. */
export async function tagBefore(
  store: Store,
  ring: Keyring,
  decision: Decision,
  leave: Leave,
): Promise<void> {
  if (decision.standing.kind !== "absent" && saysTags(ring, decision)) await addTags(store, decision, leave);
}

async function addTags(store: Store, { parameter }: Decision, leave: Leave): Promise<void> {
  if (Object.keys(parameter.tags).length > 0) await store.tag(parameter.name, parameter.tags, leave.outlasts);
}
