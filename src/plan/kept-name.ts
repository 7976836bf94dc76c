import type { ParameterName } from "../model/name.ts";
import { keptRoot } from "../model/own-name.ts";
import type { LiveParameter } from "../store/store.ts";
import { type Keyring, keptHash } from "./keyring.ts";

/** The copies that apply keeps of what it deletes, by their own names, as metadata tell of them. */
export type KeptCopies = ReadonlyMap<ParameterName, LiveParameter>;

/** The name of the copy kept of `name`: a keyed hash, for a long path would not fit below another one. */
export function keptName(ring: Keyring, name: ParameterName, keyId = ring.currentId): ParameterName {
  return `${keptRoot(ring.place.environment)}${keptHash(ring, keyId, name)}` as ParameterName;
}

/** The newest copy kept of `name`, under whichever digest key; `undefined` where there is none. */
export function keptCopyOf(ring: Keyring, kept: KeptCopies, name: ParameterName): LiveParameter | undefined {
  if (kept.size === 0) return undefined;
  return [...ring.keys.keys()]
    .flatMap((id) => kept.get(keptName(ring, name, id)) ?? [])
    .toSorted((a, b) => b.lastModified - a.lastModified)[0];
}
