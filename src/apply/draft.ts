import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { Decision } from "../plan/decision.ts";
import { type Keyring, valueDigest } from "../plan/keyring.ts";
import { moveMark } from "../plan/move.ts";
import {
  attributesHash,
  lineageHash,
  ruleHash,
  type Stamp,
  signStamp,
  sourcesHash,
  stampedDescription,
} from "../plan/stamp.ts";
import { tierOf } from "../plan/tier.ts";
import type { ParameterWrite } from "../store/store.ts";

/** What a write is made of, its value at hand. */
export interface Draft {
  readonly decision: Decision;
  readonly value: Secret;
  readonly sources: readonly { readonly name: ParameterName; readonly identity: string }[];
  /** What it is made of in the end, where it follows from others. */
  readonly secrets: ReadonlySet<ParameterName> | undefined;
  /** The fingerprint of the run. */
  readonly run: string;
  readonly owner: string;
}

/**
 * The write that makes `version` of a parameter, and the stamp it bears. Everything is said: also what the live
 * parameter has and the config does not, which an overwrite that leaves it out would keep. `now` is the store's
 * time in milliseconds.
 */
export function compose(
  ring: Keyring,
  { decision, value, sources, secrets, run, owner }: Draft,
  version: number,
  now: number,
): { readonly write: ParameterWrite; readonly stamp: Stamp } {
  const { parameter, type, standing, moving } = decision;
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
    ...(secrets === undefined ? {} : { lineage: lineageHash(ring, id, secrets) as string }),
    ...(moving === undefined ? {} : { moved: moveMark(ring, id, moving) }),
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
    tier: tierOf(parameter, live, value.bytes) ?? "Standard",
    ...(sentPolicies === undefined ? {} : { policies: sentPolicies }),
    ...(sentPattern === undefined ? {} : { allowedPattern: sentPattern }),
    dataType,
    ...(!overwrite && Object.keys(tags).length > 0 ? { tags } : {}),
  };
  return { write, stamp };
}
