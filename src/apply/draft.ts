import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { Decision } from "../plan/decision.ts";
import { type Keyring, valueDigest } from "../plan/keyring.ts";
import {
  attributesHash,
  ruleHash,
  type Stamp,
  signStamp,
  sourcesHash,
  stampedDescription,
} from "../plan/stamp.ts";
import type { LiveParameter, ParameterWrite } from "../store/store.ts";

/** What a write is made of, its value at hand. */
export interface Draft {
  readonly decision: Decision;
  readonly value: Secret;
  readonly sources: readonly { readonly name: ParameterName; readonly identity: string }[];
  /** The fingerprint of the run. */
  readonly run: string;
  readonly owner: string;
}

/** A value above 4,096 bytes, or with policies, needs the advanced tier (user guide, "Managing parameter tiers"). */
const STANDARD_BYTES = 4096;

/**
 * The write that makes `version` of a parameter, and the stamp it bears. Everything is said: also what the live
 * parameter has and the config does not, which an overwrite that leaves it out would keep. `now` is the store's
 * time in milliseconds.
 */
export function compose(
  ring: Keyring,
  { decision, value, sources, run, owner }: Draft,
  version: number,
  now: number,
): { readonly write: ParameterWrite; readonly stamp: Stamp } {
  const { parameter, type, standing } = decision;
  const { name, rule, policies, allowedPattern, dataType, tags } = parameter;
  const id = ring.currentId;
  const live = standing.kind === "absent" ? undefined : standing.live;
  const stamp = signStamp(ring, name, {
    owner,
    kind: rule.kind === "exists" ? "static" : rule.kind,
    version,
    time: Math.floor(now / 1000),
    rule: ruleHash(ring, id, rule) as string,
    attributes: attributesHash(ring, id, parameter, type) as string,
    sources: sourcesHash(ring, id, sources) as string,
    fingerprint: run,
    digest: valueDigest(ring, id, name, value) as string,
  });
  const overwrite = version > 1;
  const sentPolicies = policies ?? (live?.policies === undefined ? undefined : "[{}]");
  const sentPattern = allowedPattern ?? (live?.allowedPattern === undefined ? undefined : "");
  const write: ParameterWrite = {
    name,
    value,
    type,
    description: stampedDescription(parameter.description, stamp),
    overwrite,
    ...(type === "SecureString" ? { keyId: parameter.key } : {}),
    tier: tierFor(decision, live, value),
    ...(sentPolicies === undefined ? {} : { policies: sentPolicies }),
    ...(sentPattern === undefined ? {} : { allowedPattern: sentPattern }),
    dataType,
    ...(!overwrite && Object.keys(tags).length > 0 ? { tags } : {}),
  };
  return { write, stamp };
}

/** Never lower than what is live: Parameter Store takes no way back from Advanced. */
function tierFor(
  { parameter }: Decision,
  live: LiveParameter | undefined,
  value: Secret,
): ParameterWrite["tier"] {
  if (live?.tier === "Advanced") return "Advanced";
  if (parameter.tier !== undefined) return parameter.tier;
  return value.bytes > STANDARD_BYTES || parameter.policies !== undefined ? "Advanced" : "Standard";
}
