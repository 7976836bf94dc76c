import { comparePlans } from "../apply/compare.ts";
import { unfinishedRun } from "../apply/lock.ts";
import { type ApplyResult, nothingLeft } from "../apply/outcome.ts";
import { type PassedOver, passedOver } from "../apply/passed-over.ts";
import { guardedNow, refusal } from "../apply/refusal.ts";
import { isGenuine } from "../apply/run.ts";
import { stale } from "../apply/stale.ts";
import { UserError } from "../model/error.ts";
import { parsedJson } from "../model/parsed-json.ts";
import { type ApplyRequest, planEnvironment } from "../pipeline.ts";
import { isDeep } from "../plan/deep-mark.ts";
import { planMac } from "../plan/fingerprint.ts";
import { type Keyring, sameMac } from "../plan/keyring.ts";
import { FORMAT_VERSION, type Plan, planSchema } from "../plan/plan.ts";
import { finishRun } from "./finish-run.ts";
import type { Host, Surroundings } from "./host.ts";
import { timedPlan } from "./plan-result.ts";
import type { OpenSession } from "./session.ts";

/** Reads a plan file. What it says is not trusted before `checkSaved`. @throws UserError */
export async function openSaved(host: Host, file: string, environment?: string): Promise<Plan> {
  const data = parsePlan(await host.load(file), file);
  if (environment !== undefined && environment !== data.environment.name) {
    throw new UserError(`${file} is a plan of another environment than ${environment}`, {
      hint: "the file names its environment: leave --env away",
    });
  }
  return data;
}

/** The plan that `text` holds; `file` is what errors call it. @throws UserError for what is no whole plan of a known format */
export function parsePlan(text: string, file: string): Plan {
  const document = parsedJson(text);
  const version = versionOf(document);
  if (version === undefined)
    throw new UserError(`${file} is no plan file`, { hint: "it may be truncated: plan again" });
  if (version.split(".")[0] !== FORMAT_VERSION.split(".")[0]) {
    throw new UserError(`${file} has a plan format that this paraform does not know`, {
      hint: "it was made by a newer paraform: use that one, or plan again",
    });
  }
  const { data } = planSchema.safeParse(isNewer(version) ? withoutUnknown(document) : document);
  if (data === undefined)
    throw new UserError(`${file} is not a whole plan`, { hint: "it was edited or damaged: plan again" });
  return data;
}

/** A later minor version of the format that we know. */
function isNewer(version: string): boolean {
  return Number(version.split(".")[1]) > Number(FORMAT_VERSION.split(".")[1]);
}

/** A minor version only adds: what it added is left out, so that the rest can be shown. */
function withoutUnknown(document: unknown): unknown {
  const known = structuredClone(document);
  for (const issue of planSchema.safeParse(known).error?.issues ?? []) {
    if (issue.code !== "unrecognized_keys") continue;
    const holder = issue.path.reduce<unknown>(
      (found, key) => (found as Record<PropertyKey, unknown>)[key],
      known,
    );
    for (const key of issue.keys) delete (holder as Record<string, unknown>)[key];
  }
  return known;
}

export interface CheckedPlan {
  readonly todo: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
  /** An apply of this very plan was cut. */
  readonly resumed: boolean;
  /** Another apply was cut, and this one would take its place. */
  readonly passedOver: PassedOver | undefined;
  readonly ring: Keyring;
  readonly intent: string;
  /** It holds as what metadata alone decides. */
  readonly blind: boolean;
}

/**
 * Everything that apply checks before it takes the lock: MAC, place, completeness, and that a fresh plan of
 * the same inputs says the same. @throws UserError stale (4), refused (3) or another error (1)
 */
export async function checkSaved(
  host: Surroundings,
  session: OpenSession,
  saved: Plan,
  allow: Readonly<Record<string, number>>,
): Promise<CheckedPlan> {
  if (isNewer(saved.format_version)) {
    throw new UserError(
      `the plan has format ${saved.format_version}, and this paraform knows ${FORMAT_VERSION}`,
      { hint: "apply it with the paraform that made it, or plan again" },
    );
  }
  if (!saved.complete)
    throw new UserError("the plan is incomplete and cannot be applied", { hint: "plan again" });
  if (saved.environment.endpoint !== session.endpoint) tellElsewhere(host);
  const cut = await unfinishedRun(session.store, saved.environment.name);
  const { fingerprint } = saved;
  const request = { inputs: saved.inputs, deep: isDeep(saved), resume: { fingerprint } };
  const fresh = await timedPlan(host, session, () => planEnvironment(session, request));
  if (!fresh.complete) throw fresh.failure;
  if (!sameMac(planMac(fresh.ring, saved), saved.mac)) {
    throw new UserError("the plan file was edited, or made with another digest key", { hint: "plan again" });
  }
  const { planned, todo, done, differences } = comparePlans(saved, fingerprint, fresh.planned);
  if (differences.length > 0) throw stale(saved, differences);
  const resumed = cut?.fingerprint === fingerprint && isGenuine(fresh.ring, cut);
  const refused = refusal(fresh.ring, guardedNow(saved, planned), allow, resumed ? cut : undefined);
  if (refused !== undefined) throw refused;
  const { ring, intent } = fresh;
  const { owner } = session.config.environment;
  return {
    todo,
    done,
    resumed,
    passedOver: passedOver(ring, owner, fresh.planned.live, cut, fingerprint, session.store.now()),
    ring,
    intent,
    blind: planned === fresh.planned.blind,
  };
}

/** What is left of a saved plan, and how to carry it out. */
export type SavedRequest = Pick<ApplyRequest, "approved" | "request" | "ring" | "run" | "intent"> & {
  /** What is told before it is carried out. */
  readonly passedOver: PassedOver | undefined;
  readonly blind: boolean;
  /** The addresses of what is left. */
  readonly todo: ReadonlySet<string>;
};

/**
 * Checks `saved` as `checkSaved` does and has `carryOut` do what is left of it. Where all is done nothing is, and a run
 * that was cut after its last write is closed.
 */
export async function finishSaved(
  host: Surroundings & Pick<Host, "holder">,
  session: OpenSession,
  saved: Plan,
  allow: Readonly<Record<string, number>>,
  carryOut: (request: SavedRequest) => Promise<ApplyResult>,
): Promise<ApplyResult> {
  const checked = await checkSaved(host, session, saved, allow);
  const { todo, resumed, ring, intent, blind } = checked;
  const run = saved.fingerprint;
  if (todo.size > 0) {
    const request = { inputs: saved.inputs, deep: isDeep(saved) };
    return carryOut({
      approved: saved,
      request,
      ring,
      run,
      intent,
      blind,
      todo,
      passedOver: checked.passedOver,
    });
  }
  if (resumed) await finishRun(host, session);
  return nothingLeft(saved, run);
}

/** The plan's own endpoint is not called for it, and not named here: nothing has proved the file yet. */
function tellElsewhere(host: Surroundings): void {
  const text =
    "The plan was made at another endpoint than is called now: paraform show names it, --endpoint-url gives it.";
  host.say(`Warning: ${text}\n`);
  host.emit?.({ type: "log", "@level": "warn", "@message": text, code: "other_endpoint" });
}

function versionOf(document: unknown): string | undefined {
  if (typeof document !== "object" || document === null || !("format_version" in document)) return undefined;
  return typeof document.format_version === "string" ? document.format_version : undefined;
}
