import type { ParameterName } from "../model/name.ts";
import type { ValueKind } from "../model/rule.ts";
import type { LiveParameter } from "../store/store.ts";
import type { Keyring } from "./keyring.ts";
import { readStamp, type Stamp, stampedKind, stampIdentity, valueIdentity } from "./stamp.ts";

/**
 * Where a live parameter stands towards us, told by metadata alone. `touched`: somebody wrote it after our
 * stamp, or restored or remade it with our stamp on it.
 */
export type Standing =
  | { readonly kind: "absent" }
  | { readonly kind: "unstamped"; readonly live: LiveParameter; readonly text: string }
  | { readonly kind: "invalid"; readonly live: LiveParameter; readonly text: string }
  | {
      readonly kind: "stamped";
      readonly live: LiveParameter;
      readonly text: string;
      readonly stamp: Stamp;
      readonly valueKind: Exclude<ValueKind, "exists">;
      readonly ours: boolean;
      readonly touched: boolean;
    };

/** How far a write's LastModifiedDate may lie from the time in its stamp: ten minutes, in milliseconds (SPEC §5). */
const STAMP_TOLERANCE = 10 * 60 * 1000;

export function standingOf(
  ring: Keyring,
  owner: string,
  name: ParameterName,
  live: LiveParameter | undefined,
): Standing {
  if (live === undefined) return { kind: "absent" };
  const signed = readStamp(ring, name, live.description);
  if (signed.kind !== "stamped") return { kind: signed.kind, live, text: signed.text };
  const { stamp, text } = signed;
  const touched = !isStampOf(live, stamp);
  const valueKind = stampedKind(ring, stamp);
  return { kind: "stamped", live, text, stamp, valueKind, ours: stamp.owner === owner, touched };
}

/** Whether a stamp was written with what is live: nobody has written since. */
export function isStampOf(
  { version, lastModified }: Pick<LiveParameter, "version" | "lastModified">,
  stamp: Stamp,
): boolean {
  return version === stamp.version && Math.abs(lastModified - stamp.time * 1000) <= STAMP_TOLERANCE;
}

/**
 * What copies and merges bind to: a valid and current stamp's MAC, else version and LastModifiedDate, so that a
 * source deleted and made anew at the same version is another source.
 */
export function identityOf(standing: Exclude<Standing, { kind: "absent" }>): string {
  return isCurrent(standing) ? stampIdentity(standing.stamp) : liveIdentity(standing.live);
}

/** What derived values bind to: the digest in a valid and current stamp, else version and LastModifiedDate. */
export function valueIdentityOf(standing: Exclude<Standing, { kind: "absent" }>): string {
  return isCurrent(standing) ? valueIdentity(standing.stamp) : liveIdentity(standing.live);
}

function isCurrent(standing: Standing): standing is Standing & { kind: "stamped" } {
  return standing.kind === "stamped" && !standing.touched;
}

function liveIdentity({ version, lastModified }: LiveParameter): string {
  return `live:${version}:${lastModified}`;
}

/** True for what a run with this fingerprint wrote and nobody has touched since. */
export function writtenBy(run: string | undefined, standing: Standing): boolean {
  return (
    standing.kind === "stamped" && standing.ours && !standing.touched && standing.stamp.fingerprint === run
  );
}
