import { UserError } from "../model/error.ts";
import type { Secret } from "../model/secret.ts";
import type { Decision } from "../plan/decision.ts";
import { type Keyring, valueDigest } from "../plan/keyring.ts";
import type { Standing } from "../plan/standing.ts";
import { describeOne } from "../store/describe-one.ts";
import type { LiveParameter, ParameterWrite, Store } from "../store/store.ts";
import { type Leave, putWithLeave } from "./leave.ts";

/** What a replacement takes away: a live parameter with its value, as far as that may be read. */
export interface Former {
  readonly live: LiveParameter;
  readonly value: Secret | undefined;
  /** As the config says them: nothing else tells which tags are live. */
  readonly tags: Readonly<Record<string, string>>;
}

/** How often it is put back when no answer comes and it is not there. */
const SENDINGS = 3;

/**
 * Reads what is about to be replaced. `made` is the value that takes its place: where the stamp proves that it is the
 * same, no right to read the live one is needed.
 * @throws StoreError
 */
export async function readFormer(
  store: Store,
  ring: Keyring,
  { parameter, standing }: Decision & { readonly standing: Exclude<Standing, { kind: "absent" }> },
  made: Secret,
): Promise<Former> {
  const { live } = standing;
  const { name, tags } = parameter;
  const isSame =
    standing.kind === "stamped" &&
    !standing.touched &&
    valueDigest(ring, standing.stamp.keyId, name, made) === standing.stamp.digest;
  if (isSame) return { live, value: made, tags };
  const [reading] = await store.read([{ name, version: live.version }]);
  const isLive = reading?.kind === "value" && reading.lastModified === live.lastModified;
  return { live, value: isLive ? reading.value : undefined, tags };
}

/** Makes it again as it was, description and stamp and all. `unknown` where no answer tells. */
export async function putBack(
  store: Store,
  former: Former,
  leave: Leave,
): Promise<"done" | "not done" | "unknown"> {
  if (former.value === undefined) return "not done";
  const write = asItWas(former, former.value);
  try {
    for (let sending = 1; sending <= SENDINGS; sending += 1) {
      if (!(await leave.ensure())) return "not done";
      const outcome = await putWithLeave(store, write, leave);
      if (outcome.kind === "written") return "done";
      if (outcome.kind === "refused") return "not done";
      const live = await describeOne(store, write.name);
      if (live !== undefined) return live.description === write.description ? "done" : "not done";
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return "unknown";
}

function asItWas({ live, tags }: Former, value: Secret): ParameterWrite {
  const { name, type, description, keyId, tier, policies, allowedPattern, dataType } = live;
  return {
    name,
    value,
    type,
    description,
    overwrite: false,
    ...(keyId === undefined ? {} : { keyId }),
    tier,
    ...(policies === undefined ? {} : { policies }),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
    dataType,
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
  };
}
