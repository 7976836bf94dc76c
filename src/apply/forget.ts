import { UserError } from "../model/error.ts";
import type { Secret } from "../model/secret.ts";
import { bearsStamp, unstampedText } from "../plan/stamp.ts";
import { describeOne } from "../store/describe-one.ts";
import type { LiveParameter, ParameterWrite, Store } from "../store/store.ts";
import { type Leave, putWithLeave } from "./leave.ts";
import type { Outcome } from "./outcome.ts";

/** How often it is sent when no answer comes and the live parameter still bears our stamp. */
const SENDINGS = 4;
/** Not an empty text: whether an overwrite takes that for none or for no change is AWS's secret. */
const NO_DESCRIPTION = "no longer kept by paraform";

/**
 * Leaves a parameter alive and unowned: the same value, type, key and attributes, its description without our stamp.
 * Where the answer is lost, the live description tells whether it was done.
 * @throws StoreError when nothing was written
 */
export async function forgetParameter(
  store: Store,
  live: LiveParameter,
  value: Secret,
  leave: Leave,
): Promise<{ readonly outcome: Outcome; readonly overwritten: readonly number[] }> {
  const next = live.version + 1;
  for (let sending = 1; sending <= SENDINGS; sending += 1) {
    const sent = await putWithLeave(store, withoutStamp(live, value), leave);
    if (sent.kind === "written") return forgotten(live.version, sent.version);
    if (sent.kind === "refused") return failed(sent.code, "Parameter Store refused the write");
    const now = await describe(store, live);
    if (now === undefined) break;
    if (now.version === next && !bearsStamp(now.description)) return forgotten(live.version, next);
    if (now.version !== live.version)
      return failed("conflict", "somebody else wrote it meanwhile", "plan again");
  }
  return failed("unanswered", "the store gave no answer", "run the same apply again");
}

function withoutStamp(live: LiveParameter, value: Secret): ParameterWrite {
  const text = withoutTraces(unstampedText(live.description));
  return {
    name: live.name,
    value,
    type: live.type,
    description: text === "" ? NO_DESCRIPTION : text,
    overwrite: true,
    ...(live.keyId === undefined ? {} : { keyId: live.keyId }),
    tier: live.tier,
    ...(live.allowedPattern === undefined ? {} : { allowedPattern: live.allowedPattern }),
    dataType: live.dataType,
  };
}

/** What looks like a stamp in somebody's own text would be taken for a broken one, once there is none after it. */
function withoutTraces(text: string): string {
  return text.replaceAll("{paraform:", "(paraform:");
}

/** Versions in between are somebody else's, and still in the history. */
function forgotten(from: number, version: number) {
  const overwritten = Array.from({ length: Math.max(0, version - from - 1) }, (_, index) => from + 1 + index);
  return { outcome: { kind: "applied", version } as const, overwritten };
}

function failed(code: string, message: string, hint?: string) {
  const outcome = { kind: "failed", code, message, ...(hint === undefined ? {} : { hint }) } as const;
  return { outcome, overwritten: [] };
}

async function describe(store: Store, { name }: LiveParameter): Promise<LiveParameter | undefined> {
  try {
    return await describeOne(store, name);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
