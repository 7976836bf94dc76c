import type { ParameterName } from "../model/name.ts";
import type { Keyring } from "../plan/keyring.ts";
import { standingOf, writtenBy } from "../plan/standing.ts";
import type { LiveParameter } from "../store/store.ts";
import { isGenuine, isOutdated, type Run } from "./run.ts";

/** A run that was cut and that another apply takes the place of: from then on nobody can resume it. */
export interface PassedOver {
  /** The store's time when it began, in milliseconds. */
  readonly started: number;
  readonly changes: number;
  /** How many of them bear no stamp of it: at most so many are left, for what is deleted bears none. */
  readonly left: number;
  /** It cannot be resumed any more, whatever apply this is. */
  readonly outdated: boolean;
}

/** What a run with the fingerprint `run` passes over; `undefined` where `cut` is that run, is forged or has nothing left. `now` is the store's time. */
export function passedOver(
  ring: Keyring,
  owner: string,
  live: ReadonlyMap<ParameterName, LiveParameter>,
  cut: Run | undefined,
  run: string,
  now: number,
): PassedOver | undefined {
  if (cut === undefined || cut.fingerprint === run || !isGenuine(ring, cut)) return undefined;
  const written = [...live].filter(([name, one]) =>
    writtenBy(cut.fingerprint, standingOf(ring, owner, name, one)),
  );
  const { started, changes } = cut;
  const left = changes - written.length;
  return left > 0 ? { started, changes, left, outdated: isOutdated(cut, now) } : undefined;
}
