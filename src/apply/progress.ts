import { UserError } from "../model/error.ts";
import { actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import type { ApplyOptions } from "./apply-options.ts";
import { type ApplyResult, failedBy, type Outcome } from "./outcome.ts";

/** How far a run has come: which changes are made, failed or skipped, and whether it may go on. */
export class Progress {
  readonly #options: ApplyOptions;
  readonly #outcomes: ApplyResult["outcomes"][number][] = [];
  readonly #begun = new Set<string>();
  readonly #lost = new Set<string>();
  readonly #overwritten: { address: string; version: number }[] = [];
  readonly #recreated: string[] = [];
  #stopped: ApplyResult["stopped"] = null;

  constructor(options: ApplyOptions) {
    this.#options = options;
    for (const change of options.approved.resource_changes) {
      if (options.done.has(change.address)) this.#record(change, { kind: "done" });
    }
  }

  /**
   * Runs one change unless the run has to stop or something it follows from is lost. `execute` returns `undefined`
   * for a change that a later step finishes.
   */
  async step(change: ResourceChange, execute: () => Promise<Outcome | undefined>): Promise<void> {
    this.#stopped ??= this.#options.stopped();
    if (this.#stopped === null && !(await this.#options.lease.ensure())) this.#stopped = "lease_lost";
    if (this.#stopped !== null) return this.#record(change, { kind: "skipped", on: null });
    const on = change.origin?.sources.find(({ address }) => this.#lost.has(address))?.address;
    if (on !== undefined) return this.#record(change, { kind: "skipped", on });
    if (!this.#begun.has(change.address)) this.#options.begin?.(change.address, actionOf(change));
    this.#begun.add(change.address);
    try {
      const outcome = await execute();
      if (outcome !== undefined) this.#record(change, outcome);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#record(change, failedBy(error));
    }
  }

  /** True for a change that failed or was skipped. */
  isLost(address: string): boolean {
    return this.#lost.has(address);
  }

  overwrote(address: string, versions: readonly number[]): void {
    this.#overwritten.push(...versions.map((version) => ({ address, version })));
  }

  recreated(address: string): void {
    this.#recreated.push(address);
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

  #record(change: ResourceChange, outcome: Outcome): void {
    const action = actionOf(change);
    this.#outcomes.push({ address: change.address, action, outcome });
    if (outcome.kind === "failed" || outcome.kind === "skipped") this.#lost.add(change.address);
    this.#options.report(change.address, action, outcome);
  }
}
