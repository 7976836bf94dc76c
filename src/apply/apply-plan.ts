import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import { type Action, actionOf } from "../plan/action.ts";
import type { Decision, Input } from "../plan/decision.ts";
import { type Keyring, valueDigest } from "../plan/keyring.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import { type Stamp, stampIdentity, valueIdentity } from "../plan/stamp.ts";
import type { Store } from "../store/store.ts";
import { type Former, putBack, readFormer } from "./former.ts";
import { InputValues, type Missing } from "./input-values.ts";
import type { Lease } from "./lock.ts";
import { makeValue, neededValues, type Unfit } from "./make-value.ts";
import { type ApplyResult, failedBy, type Outcome } from "./outcome.ts";
import { removeParameter, restForReuse } from "./remove.ts";
import { markedStore } from "./sent-mark.ts";
import { CONFLICT, tagBefore, UNANSWERED, writeParameter } from "./write.ts";

export interface ApplyOptions {
  readonly store: Store;
  readonly ring: Keyring;
  readonly approved: Plan;
  /** Made under the lock and found equal to what was approved. */
  readonly plan: Plan;
  readonly decisions: ReadonlyMap<ParameterName, Decision>;
  /** The addresses to change; others of the plan are left alone. */
  readonly todo: ReadonlySet<string>;
  /** Finished by an earlier run of the same plan. */
  readonly done: ReadonlySet<string>;
  /** The fingerprint that every stamp of this run bears. */
  readonly run: string;
  /** What a person gave for the values that the plan asks for. */
  readonly asked: ReadonlyMap<ParameterName, Secret>;
  readonly lease: Lease;
  readonly stopped: () => "interrupted" | "terminated" | null;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called right before a change is begun; what is skipped is not begun. */
  readonly begin?: (address: string, action: Action) => void;
  readonly report: (address: string, action: Action, outcome: Outcome) => void;
}

/**
 * Executes what was approved: sources before what follows from them, the destinations of one config back
 * to back with their sources read before the first of them, deletes last. A failed parameter makes its
 * followers skipped; the rest goes on.
 */
export async function applyPlan(given: ApplyOptions): Promise<ApplyResult> {
  const { store, isChanged } = markedStore(given.store);
  const options = { ...given, store };
  const pending = [...options.decisions.values()].filter(({ parameter }) => options.todo.has(parameter.name));
  const run = new ApplyRun(options, pending);
  const changes = new Map(options.plan.resource_changes.map((change) => [change.address, change]));
  for (const decision of pending) {
    await run.step(changes.get(decision.parameter.name) as ResourceChange, async (change) => {
      await run.fetchFor(decision.parameter.origin.file);
      return run.write(change, decision);
    });
  }
  for (const change of changes.values()) {
    if (actionOf(change) === "delete" && options.todo.has(change.address)) {
      await run.step(change, () => removeParameter(store, change, options.lease));
    }
  }
  return { ...run.result(), written: isChanged() };
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

class ApplyRun {
  readonly #options: ApplyOptions;
  readonly #values: InputValues;
  readonly #outcomes: { address: string; action: Action; outcome: Outcome }[] = [];
  readonly #stamps = new Map<ParameterName, Stamp>();
  readonly #lost = new Set<string>();
  readonly #overwritten: { address: string; version: number }[] = [];
  readonly #recreated: string[] = [];
  /** What each config's changes need to be read, until it is. */
  readonly #needed = new Map<string, ParameterName[]>();
  #stopped: ApplyResult["stopped"] = null;

  constructor(options: ApplyOptions, pending: readonly Decision[]) {
    this.#options = options;
    const planned = new Set<ParameterName>(pending.map(({ parameter }) => parameter.name));
    for (const decision of pending) {
      const { file } = decision.parameter.origin;
      const { kind } = decision.source;
      const own = kind === "live" || kind === "earlier";
      const needed = neededValues(decision).filter((name) => own || !planned.has(name));
      this.#needed.set(file, [...(this.#needed.get(file) ?? []), ...needed]);
    }
    this.#values = new InputValues(options.store, options.decisions);
    for (const [name, value] of options.asked) {
      if (options.todo.has(name)) this.#values.set(name, value);
    }
    for (const change of options.approved.resource_changes) {
      if (options.done.has(change.address)) this.#record(change, { kind: "done" });
    }
  }

  /** Reads every source of a config's changes before the first of them is written. */
  async fetchFor(file: string): Promise<void> {
    const needed = this.#needed.get(file);
    this.#needed.delete(file);
    if (needed !== undefined) await this.#values.fetch(needed);
  }

  /** Runs one change unless the run has to stop or something it follows from is lost. */
  async step(change: ResourceChange, execute: (change: ResourceChange) => Promise<Outcome>): Promise<void> {
    this.#stopped ??= this.#options.stopped();
    if (this.#stopped === null && !(await this.#options.lease.ensure())) this.#stopped = "lease_lost";
    if (this.#stopped !== null) return this.#record(change, { kind: "skipped", on: null });
    const on = change.origin?.sources.find(({ address }) => this.#lost.has(address))?.address;
    if (on !== undefined) return this.#record(change, { kind: "skipped", on });
    this.#options.begin?.(change.address, actionOf(change));
    try {
      this.#record(change, await execute(change));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#record(change, failedBy(error));
    }
  }

  async write(change: ResourceChange, decision: Decision): Promise<Outcome> {
    const { store, ring, run, plan, lease, sleep } = this.#options;
    const { name } = decision.parameter;
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
      const removed = await removeParameter(store, change, lease);
      if (removed.kind === "failed") return removed;
      if (!(await restForReuse(lease, sleep))) return NOT_MADE_AGAIN;
      standing = { kind: "absent" };
    }
    await tagBefore(store, ring, { ...decision, standing }, lease);
    const draft = { decision: { ...decision, standing }, value, sources, run, owner: plan.environment.owner };
    const { outcome, overwritten, recreated } = await writeParameter(store, ring, draft, lease);
    this.#overwritten.push(...overwritten.map((version) => ({ address: name, version })));
    if (recreated) this.#recreated.push(name);
    if (outcome.kind === "failed") return former === undefined ? outcome : this.#putBack(former, outcome);
    this.#values.set(name, value);
    this.#stamps.set(name, outcome.stamp);
    if (decision.source.kind === "live" && overwritten.length > 0) return OUTRUN;
    return { kind: "applied", version: outcome.version };
  }

  /** A replacement that was refused leaves nothing live, and what was there comes back; any other may have left something. */
  async #putBack(former: Former, refused: Outcome & { kind: "failed" }): Promise<Outcome> {
    if (refused.code === UNANSWERED || refused.code === CONFLICT) return refused;
    const { store, lease } = this.#options;
    const fate = FATES[await putBack(store, former, lease)];
    const { hint = "plan again once that is mended" } = refused;
    return { ...refused, message: `${refused.message}; ${fate}`, hint };
  }

  result(): Omit<ApplyResult, "written"> {
    return {
      environment: this.#options.plan.environment.name,
      fingerprint: this.#options.run,
      outcomes: this.#outcomes,
      stopped: this.#stopped,
      overwritten: this.#overwritten,
      recreated: this.#recreated,
    };
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

  #record(change: ResourceChange, outcome: Outcome): void {
    const action = actionOf(change);
    this.#outcomes.push({ address: change.address, action, outcome });
    if (outcome.kind === "failed" || outcome.kind === "skipped") this.#lost.add(change.address);
    this.#options.report(change.address, action, outcome);
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
