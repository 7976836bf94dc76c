import type { DesiredParameter } from "../graph/graph.ts";
import { isAwsManaged } from "../model/aws-managed-key.ts";
import type { LiveParameter } from "../store/store.ts";
import type { Keyring } from "./keyring.ts";
import { attributesHash, readStamp } from "./stamp.ts";

/** Whether more can read what somebody wrote since than what we wrote: it lies in clear, or under a key of AWS's own. */
export function isOpenedOutside(ring: Keyring, parameter: DesiredParameter, live: LiveParameter): boolean {
  if (live.type === "SecureString") return isAwsManaged(live.keyId ?? "") && !isAwsManaged(parameter.key);
  const signed = readStamp(ring, live.name, live.description);
  if (signed.kind !== "stamped") return false;
  return attributesHash(ring, signed.stamp.keyId, parameter, live.type) !== signed.stamp.attributes;
}
