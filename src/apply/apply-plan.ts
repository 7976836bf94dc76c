import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import { type Action, actionOf } from "../plan/action.ts";
import type { Decision, Input } from "../plan/decision.ts";
import { type Keyring, valueDigest } from "../plan/keyring.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import { type Stamp, stampIdentity, valueIdentity } from "../plan/stamp.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { Draft } from "./draft.ts";
import { InputValues, type Missing } from "./input-values.ts";
import type { Lease } from "./lock.ts";
import { makeValue, neededValues, type Unfit } from "./make-value.ts";
import type { ApplyResult, Outcome } from "./outcome.ts";
import { removeParameter, restForReuse } from "./remove.ts";
import { tagBefore, UNANSWERED, type Written, writeParameter } from "./write.ts";

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
export async function applyPlan(options: ApplyOptions): Promise<ApplyResult> {
  const run = new ApplyRun(options);
  const changes = new Map(options.plan.resource_changes.map((change) => [change.address, change]));
  const pending = [...options.decisions.values()].filter(({ parameter }) => options.todo.has(parameter.name));
  for (const [index, decision] of pending.entries()) {
    await run.step(changes.get(decision.parameter.name) as ResourceChange, async (change) => {
      await run.fetchGroup(pending, index);
      return run.write(change, decision);
    });
  }
  for (const change of changes.values()) {
    if (actionOf(change) === "delete" && options.todo.has(change.address)) {
      await run.step(change, () => removeParameter(options.store, change, options.lease));
    }
  }
  return run.result();
}

/** A value that paraform only puts again with other attributes won over one that somebody put in that instant. */
const OUTRUN: Outcome = {
  kind: "failed",
  code: "overwritten",
  message: "somebody put another value in the instant of the write, and it was overwritten",
  hint: "put that version again, then apply again",
};

class ApplyRun {
  readonly #options: ApplyOptions;
  readonly #values: InputValues;
  readonly #outcomes: { address: string; action: Action; outcome: Outcome }[] = [];
  readonly #stamps = new Map<ParameterName, Stamp>();
  readonly #lost = new Set<string>();
  readonly #overwritten: { address: string; version: number }[] = [];
  readonly #recreated: string[] = [];
  #written = false;
  #group: string | undefined;
  #stopped: ApplyResult["stopped"] = null;

  constructor(options: ApplyOptions) {
    this.#options = options;
    this.#values = new InputValues(options.store, options.decisions);
    for (const [name, value] of options.asked) {
      if (options.todo.has(name)) this.#values.set(name, value);
    }
    for (const change of options.approved.resource_changes) {
      if (options.done.has(change.address)) this.#record(change, { kind: "done" });
    }
  }

  /** Reads every source of a config's changes before the first of them is written. */
  async fetchGroup(pending: readonly Decision[], from: number): Promise<void> {
    const file = pending[from]?.parameter.origin.file;
    if (file === this.#group) return;
    this.#group = file;
    const members = pending.slice(from).filter(({ parameter }) => parameter.origin.file === file);
    const planned = new Set<ParameterName>(pending.map(({ parameter }) => parameter.name));
    const needed = members.flatMap((member) => {
      const { kind } = member.source;
      const own = kind === "live" || kind === "earlier";
      return neededValues(member).filter((name) => own || !planned.has(name));
    });
    await this.#values.fetch(needed);
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
      this.#record(change, failure(error));
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
    let standing = decision.standing;
    if (actionOf(change) === "replace") {
      const removed = await removeParameter(store, change, lease);
      if (removed.kind === "failed") return removed;
      this.#written = true;
      if (!(await restForReuse(lease, sleep)))
        return { kind: "failed", code: "NotStarted", message: "the lock was lost" };
      standing = { kind: "absent" };
    }
    await tagBefore(store, ring, { ...decision, standing }, lease);
    const draft = { decision: { ...decision, standing }, value, sources, run, owner: plan.environment.owner };
    const written = await writeParameter(store, ring, draft, lease);
    this.#written ||= written.kind === "written" || written.code === UNANSWERED;
    if (written.kind === "failed") {
      return actionOf(change) === "replace" ? this.#putBack(decision, draft, written) : written;
    }
    this.#values.set(name, value);
    this.#stamps.set(name, written.stamp);
    this.#overwritten.push(...written.overwritten.map((version) => ({ address: name, version })));
    if (written.recreated) this.#recreated.push(name);
    if (decision.source.kind === "live" && written.overwritten.length > 0) return OUTRUN;
    return { kind: "applied", version: written.version };
  }

  /** A replacement that was refused leaves nothing live: what was there comes back, with the value at hand. */
  async #putBack(
    { parameter, standing }: Decision,
    draft: Draft,
    refused: Written & { kind: "failed" },
  ): Promise<Outcome> {
    if (standing.kind === "absent") return refused;
    const { store, ring, lease } = this.#options;
    const former = { ...draft.decision, parameter: { ...parameter, dataType: standing.live.dataType } };
    const back = await writeParameter(store, ring, { ...draft, decision: former }, lease);
    const fate = back.kind === "written" ? "what was there is put back" : "it is deleted and not made again";
    return { ...refused, message: `${refused.message}; ${fate}` };
  }

  result(): ApplyResult {
    return {
      environment: this.#options.plan.environment.name,
      fingerprint: this.#options.run,
      outcomes: this.#outcomes,
      written: this.#written,
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
    this.#written ||= outcome.kind === "applied";
    this.#outcomes.push({ address: change.address, action, outcome });
    if (outcome.kind === "failed" || outcome.kind === "skipped") this.#lost.add(change.address);
    this.#options.report(change.address, action, outcome);
  }
}

function failure(error: UserError): Outcome {
  const { message, hint } = error;
  const code = error instanceof StoreError ? error.code : "store";
  return { kind: "failed", code, message, ...(hint === undefined ? {} : { hint }) };
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
      return failure(value.failure);
  }
}
