import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import { actionOf } from "../plan/action.ts";
import type { Decision, Input } from "../plan/decision.ts";
import { keptCopyOf } from "../plan/kept-name.ts";
import { valueDigest } from "../plan/keyring.ts";
import type { ResourceChange } from "../plan/plan.ts";
import { type Stamp, stampIdentity, valueIdentity } from "../plan/stamp.ts";
import type { ApplyOptions } from "./apply-options.ts";
import { Deletions } from "./deletions.ts";
import { depart, doomedBy } from "./departures.ts";
import { type Former, putBack, readFormer } from "./former.ts";
import { InputValues, type Missing } from "./input-values.ts";
import { makeValue, neededValues, type Unfit } from "./make-value.ts";
import { type ApplyResult, failedBy, type Outcome } from "./outcome.ts";
import { Progress } from "./progress.ts";
import { REST, restForReuse } from "./rest.ts";
import { markedStore } from "./sent-mark.ts";
import { CONFLICT, tagBefore, UNANSWERED, writeParameter } from "./write.ts";

/**
 * Executes what was approved: sources before what follows from them, the destinations of one config back
 * to back with their sources read before the first of them, deletes last. A failed parameter makes its
 * followers skipped; the rest goes on.
 */
export async function applyPlan(given: ApplyOptions): Promise<ApplyResult> {
  const { store, isChanged } = markedStore(given.store);
  const options = { ...given, store };
  const pending = [...options.decisions.values()].filter(({ parameter }) => options.todo.has(parameter.name));
  const progress = new Progress(options);
  const deletions = new Deletions(options, doomedBy(options));
  const run = new ApplyRun(options, deletions, progress, pending);
  const changes = new Map(options.plan.resource_changes.map((change) => [change.address, change]));
  for (const decision of pending) {
    const change = changes.get(decision.parameter.name) as ResourceChange;
    await progress.step(change, async () => {
      await run.fetchFor(decision.parameter.origin.file);
      return run.write(change, decision);
    });
  }
  await depart(options, deletions, progress);
  return { ...progress.result(), written: isChanged() };
}

/** A value that paraform only puts again with other attributes won over one that somebody put in that instant. */
const OUTRUN: Outcome = {
  kind: "failed",
  code: "overwritten",
  message: "somebody put another value in the instant of the write, and it was overwritten",
  hint: "put that version again, then apply again",
};

/** Only while the lock is held may it be written. */
const NOT_MADE_AGAIN: Outcome = {
  kind: "failed",
  code: "NotStarted",
  message: "the lock was lost; it is deleted and not made again",
  hint: "run the same apply again",
};

/** What is said of what a refused replacement had deleted. */
const FATES = {
  done: "what was there is put back",
  "not done": "it is deleted and not made again",
  unknown: "whether what was there is put back cannot be told",
} as const;

/** Its name still rests, and only while the lock is held may it be written. */
const NOT_STARTED: Outcome = { kind: "failed", code: "NotStarted", message: "the lock was lost" };

class ApplyRun {
  readonly #options: ApplyOptions;
  readonly #deletions: Deletions;
  readonly #progress: Progress;
  readonly #values: InputValues;
  readonly #stamps = new Map<ParameterName, Stamp>();
  /** What each config's changes need to be read, until it is. */
  readonly #needed = new Map<string, ParameterName[]>();

  constructor(options: ApplyOptions, deletions: Deletions, progress: Progress, pending: readonly Decision[]) {
    this.#options = options;
    this.#deletions = deletions;
    this.#progress = progress;
    const planned = new Set<ParameterName>(pending.map(({ parameter }) => parameter.name));
    for (const decision of pending) {
      const { file } = decision.parameter.origin;
      const { kind } = decision.source;
      const own = kind === "live" || kind === "moved" || kind === "earlier";
      const needed = neededValues(decision).filter((name) => own || !planned.has(name));
      this.#needed.set(file, [...(this.#needed.get(file) ?? []), ...needed]);
    }
    this.#values = new InputValues(options.store, options.decisions);
    for (const [name, value] of options.asked) {
      if (options.todo.has(name)) this.#values.set(name, value);
    }
  }

  /** Reads every source of a config's changes before the first of them is written. */
  async fetchFor(file: string): Promise<void> {
    const needed = this.#needed.get(file);
    this.#needed.delete(file);
    if (needed !== undefined) await this.#values.fetch(needed);
  }

  /** A move is finished later, when its former name goes: `undefined` until then. */
  async write(change: ResourceChange, decision: Decision): Promise<Outcome | undefined> {
    const { store, ring, run, plan, lease } = this.#options;
    const { name } = decision.parameter;
    if (decision.moving?.begun !== undefined) return undefined;
    const value = await makeValue(decision, this.#values, store.now());
    if ("kind" in value) return value.kind === "unfit" ? unfit(value) : missing(value);
    if (!this.#isPlanned(change, value)) return missing({ kind: "moved", name });
    const sources = decision.inputs.map((input) => ({
      name: input.name,
      identity: this.#identity(decision, input),
    }));
    let { standing } = decision;
    let former: Former | undefined;
    if (actionOf(change) === "replace" && standing.kind !== "absent") {
      former = await readFormer(store, ring, { ...decision, standing }, value);
      const removed = await this.#deletions.remove(standing.live, former);
      if (removed.kind === "failed") return removed;
      if (!(await restForReuse(this.#options, name))) return NOT_MADE_AGAIN;
      standing = { kind: "absent" };
    } else if (standing.kind === "absent") {
      if (!(await restForReuse(this.#options, name, this.#restLeft(name)))) return NOT_STARTED;
    }
    await tagBefore(store, ring, { ...decision, standing }, lease);
    const draft = {
      decision: { ...decision, standing },
      value,
      sources,
      secrets: this.#options.stampedSecrets.get(name),
      run,
      owner: plan.environment.owner,
    };
    const { outcome, overwritten, recreated } = await writeParameter(store, ring, draft, lease);
    this.#progress.overwrote(name, overwritten);
    if (recreated) this.#progress.recreated(name);
    if (outcome.kind === "failed") return former === undefined ? outcome : this.#putBack(former, outcome);
    this.#values.set(name, value);
    this.#stamps.set(name, outcome.stamp);
    if (decision.source.kind === "live" && overwritten.length > 0) return OUTRUN;
    return actionOf(change) === "move" ? undefined : { kind: "applied", version: outcome.version };
  }

  /** How long a name still rests that a run has just deleted, as the copy that was kept of it tells. */
  #restLeft(name: ParameterName): number {
    const { ring, kept, store } = this.#options;
    const copy = keptCopyOf(ring, kept, name);
    return copy === undefined ? 0 : copy.lastModified + REST - store.now();
  }

  /** A replacement that was refused leaves nothing live, and what was there comes back; any other may have left something. */
  async #putBack(former: Former, refused: Outcome & { kind: "failed" }): Promise<Outcome> {
    if (refused.code === UNANSWERED || refused.code === CONFLICT) return refused;
    const { store, lease } = this.#options;
    const fate = FATES[await putBack(store, former, lease)];
    const { hint = "plan again once that is mended" } = refused;
    return { ...refused, message: `${refused.message}; ${fate}`, hint };
  }

  /** Where the plan knows the value's digest, nothing else is written. */
  #isPlanned({ address, change }: ResourceChange, value: Secret): boolean {
    const expected = change.after?.value;
    if (typeof expected !== "object") return true;
    const [keyId = "", digest] = expected.$digest.split(".");
    return valueDigest(this.#options.ring, keyId, address as ParameterName, value) === digest;
  }

  #identity({ parameter }: Decision, { name, identity }: Input): string {
    const written = this.#stamps.get(name);
    if (written === undefined) return identity ?? "";
    return parameter.rule.kind === "generate" ? valueIdentity(written) : stampIdentity(written);
  }
}

function unfit({ code, failure: { message, hint } }: Unfit): Outcome {
  return { kind: "failed", code, message, ...(hint === undefined ? {} : { hint }) };
}

function missing(value: Missing): Outcome {
  switch (value.kind) {
    case "denied":
      return {
        kind: "failed",
        code: "source_denied",
        message: `the value of ${value.name} may not be read`,
        hint: "apply needs ssm:GetParameters on it and kms:Decrypt on its key",
      };
    case "moved":
      return {
        kind: "failed",
        code: "source_moved",
        message: `${value.name} is no longer what was planned`,
        hint: "plan again",
      };
    case "unread":
      return failedBy(value.failure);
  }
}
