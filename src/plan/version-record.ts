import type { LiveParameter } from "../store/store.ts";
import type { Keyring } from "./keyring.ts";
import { type Stamp, valueIdentity } from "./stamp.ts";
import { type Standing, standingOf } from "./standing.ts";

/** One kept version of a parameter without its value: who wrote it, and what its stamp says of it. */
export interface VersionRecord {
  readonly version: number;
  readonly last_modified: string;
  readonly last_modified_user?: string;
  /** `ours`: written by paraform for this owner. `outside`: bears no stamp, or one that was made for another version. */
  readonly written_by: "ours" | "other_owner" | "outside" | "unverified";
  readonly owner?: string;
  /** The rule that made it, as the stamp says. */
  readonly rule?: string;
  /** The fingerprint of the plan that wrote it; null for what `put` wrote by hand. */
  readonly plan?: string | null;
  /** The newest of the earlier versions whose stamp tells the same digest: the value came back, or stayed. */
  readonly same_value_as?: number;
  readonly labels: readonly string[];
}

/** No plan wrote it: the fingerprint in the stamp of what a person put by hand. */
export const BY_HAND = "0".repeat(32);

/**
 * Every kept version as its metadata tell it, in the order of `history`, the oldest first. Digests of two digest keys
 * cannot be compared, so across `init --rekey` no value is told to be the same.
 */
export function versionRecords(
  ring: Keyring,
  owner: string,
  history: readonly LiveParameter[],
): readonly VersionRecord[] {
  const newest = new Map<string, number>();
  return history.map((kept) => {
    const standing = standingOf(ring, owner, kept.name, kept);
    const stamp = standing.kind === "stamped" && !standing.touched ? standing.stamp : undefined;
    if (stamp === undefined) return versionRecord(owner, kept, standing, undefined, undefined);
    const value = valueIdentity(stamp);
    const same = newest.get(value);
    newest.set(value, kept.version);
    return versionRecord(owner, kept, standing, stamp, same);
  });
}

/** `stamp`: the version's own. */
function versionRecord(
  owner: string,
  kept: LiveParameter,
  standing: Standing,
  stamp: Stamp | undefined,
  same: number | undefined,
): VersionRecord {
  return {
    version: kept.version,
    last_modified: new Date(kept.lastModified).toISOString(),
    ...(kept.lastModifiedUser === undefined ? {} : { last_modified_user: kept.lastModifiedUser }),
    written_by:
      standing.kind === "invalid"
        ? "unverified"
        : stamp === undefined
          ? "outside"
          : stamp.owner === owner
            ? "ours"
            : "other_owner",
    ...(stamp === undefined
      ? {}
      : {
          owner: stamp.owner,
          rule: stamp.kind,
          plan: stamp.fingerprint === BY_HAND ? null : stamp.fingerprint,
        }),
    ...(same === undefined ? {} : { same_value_as: same }),
    labels: kept.labels ?? [],
  };
}
