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
import type { Draft } from "./draft.ts";
import { InputValues, type Missing } from "./input-values.ts";
import { makeValue, neededValues, type Unfit } from "./make-value.ts";
import type { ApplyResult, Outcome } from "./outcome.ts";
import { failure, Progress } from "./progress.ts";
import { REST, restForReuse } from "./rest.ts";
import { tagBefore, UNANSWERED, type Written, writeParameter } from "./write.ts";

/**
 * Executes what was approved: sources before what follows from them, the destinations of one config back
 * to back with their sources read before the first of them, deletes last. A failed parameter makes its
 * followers skipped; the rest goes on.
 */
export async function applyPlan(options: ApplyOptions): Promise<ApplyResult> {
  const progress = new Progress(options);
  const deletions = new Deletions(options, doomedBy(options));
  const run = new ApplyRun(options, deletions, progress);
  const changes = new Map(options.plan.resource_changes.map((change) => [change.address, change]));
  const pending = [...options.decisions.values()].filter(({ parameter }) => options.todo.has(parameter.name));
  for (const [index, decision] of pending.entries()) {
    const change = changes.get(decision.parameter.name) as ResourceChange;
    await progress.step(change, async () => {
      await run.fetchGroup(pending, index);
      return run.write(change, decision);
    });
  }
  await depart(options, deletions, progress);
  return progress.result();
}

/** A value that paraform only puts again with other attributes won over one that somebody put in that instant. */
const OUTRUN: Outcome = {
  kind: "failed",
  code: "overwritten",
  message: "somebody put another value in the instant of the write, and it was overwritten",
  hint: "put that version again, then apply again",
};

const LOCK_LOST: Outcome = { kind: "failed", code: "NotStarted", message: "the lock was lost" };

class ApplyRun {
  readonly #options: ApplyOptions;
  readonly #deletions: Deletions;
  readonly #progress: Progress;
  readonly #values: InputValues;
  readonly #stamps = new Map<ParameterName, Stamp>();
  #group: string | undefined;

  constructor(options: ApplyOptions, deletions: Deletions, progress: Progress) {
    this.#options = options;
    this.#deletions = deletions;
    this.#progress = progress;
    this.#values = new InputValues(options.store, options.decisions);
    for (const [name, value] of options.asked) {
      if (options.todo.has(name)) this.#values.set(name, value);
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
      const own = kind === "live" || kind === "moved" || kind === "earlier";
      return neededValues(member).filter((name) => own || !planned.has(name));
    });
    await this.#values.fetch(needed);
  }

  /** A move is finished later, when its former name goes: `undefined` until then. */
  async write(change: ResourceChange, decision: Decision): Promise<Outcome | undefined> {
    const { store, ring, run, plan, lease } = this.#options;
    const { name, tags } = decision.parameter;
    if (decision.moving?.begun !== undefined) return undefined;
    const value = await makeValue(decision, this.#values, store.now());
    if ("kind" in value) return value.kind === "unfit" ? unfit(value) : missing(value);
    if (!this.#isPlanned(change, value)) return missing({ kind: "moved", name });
    const sources = decision.inputs.map((input) => ({
      name: input.name,
      identity: this.#identity(decision, input),
    }));
    let standing = decision.standing;
    if (actionOf(change) === "replace" && standing.kind !== "absent") {
      const removed = await this.#deletions.remove(standing.live, tags);
      if (removed.kind === "failed") return removed;
      this.#progress.wrote();
      standing = { kind: "absent" };
      if (!(await restForReuse(this.#options, name))) return LOCK_LOST;
    } else if (standing.kind === "absent") {
      if (!(await restForReuse(this.#options, name, this.#restLeft(name)))) return LOCK_LOST;
    }
    await tagBefore(store, ring, { ...decision, standing }, lease);
    const draft = { decision: { ...decision, standing }, value, sources, run, owner: plan.environment.owner };
    const written = await writeParameter(store, ring, draft, lease);
    if (written.kind === "written" || written.code === UNANSWERED) this.#progress.wrote();
    if (written.kind === "failed") {
      return actionOf(change) === "replace" ? this.#putBack(decision, draft, written) : written;
    }
    this.#values.set(name, value);
    this.#stamps.set(name, written.stamp);
    this.#progress.overwrote(name, written.overwritten);
    if (written.recreated) this.#progress.recreated(name);
    if (decision.source.kind === "live" && written.overwritten.length > 0) return OUTRUN;
    return actionOf(change) === "move" ? undefined : { kind: "applied", version: written.version };
  }

  /** How long a name still rests that a run has just deleted, as the copy that was kept of it tells. */
  #restLeft(name: ParameterName): number {
    const { ring, kept, store } = this.#options;
    const copy = keptCopyOf(ring, kept, name);
    return copy === undefined ? 0 : copy.lastModified + REST - store.now();
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
      return failure(value.failure);
  }
}
