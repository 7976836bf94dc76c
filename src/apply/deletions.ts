import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { LiveParameter, ParameterWrite, Reading, Store } from "../store/store.ts";
import type { Former } from "./former.ts";
import { keptCopy } from "./kept-copy.ts";
import { putWithLeave } from "./leave.ts";
import type { Lease } from "./lock.ts";
import type { Outcome } from "./outcome.ts";
import { type Heir, removeParameter } from "./remove.ts";

/** How often a copy is sent when no answer comes and reading it back does not show it. */
const SENDINGS = 4;

export interface DeletionOptions {
  readonly store: Store;
  readonly ring: Keyring;
  readonly lease: Lease;
  /** The fingerprint of the run. */
  readonly run: string;
  /** The KMS key of the copies that are kept of what is deleted; null to keep none. */
  readonly keepUnder: string | null;
}

type Removed = Awaited<ReturnType<typeof removeParameter>>;
type Failed = Outcome & { kind: "failed" };

const PURGE = "apply --purge deletes without keeping a copy";

/** Deletes what a plan deletes, each parameter only after a copy of it is kept. */
export class Deletions {
  readonly #options: DeletionOptions;
  readonly #doomed: readonly LiveParameter[];
  #readings: ReadonlyMap<ParameterName, Reading> | undefined;

  /** `doomed` is all that will be deleted: their values are read together, right before the first one goes. */
  constructor(options: DeletionOptions, doomed: readonly LiveParameter[]) {
    this.#options = options;
    this.#doomed = doomed;
  }

  /** `known` is what the caller has of it already. @throws StoreError */
  async remove(
    live: LiveParameter,
    known: Partial<Pick<Former, "value" | "tags">> = {},
    heir?: Heir,
  ): Promise<Removed> {
    const { store, lease } = this.#options;
    const failed = await this.#keep(live, known);
    if (failed !== undefined) return failed;
    if (!(await lease.ensure())) return fail("NotStarted", "the lock could not be kept long enough");
    return removeParameter(store, live, lease, heir);
  }

  async #keep(
    live: LiveParameter,
    { value: known, tags = {} }: Partial<Pick<Former, "value" | "tags">>,
  ): Promise<Failed | undefined> {
    const { store, ring, run, keepUnder } = this.#options;
    if (keepUnder === null) return undefined;
    const value = known ?? (await this.#valueOf(live));
    if (!("expose" in value)) return value;
    const copy = keptCopy(
      ring,
      { live, value, ...(Object.keys(tags).length === 0 ? {} : { tags }) },
      { keyId: keepUnder, run, now: store.now() },
    );
    if (copy === undefined) return fail("copy_too_large", "it is too large for a copy to be kept", PURGE);
    return this.#write(copy);
  }

  async #valueOf(live: LiveParameter): Promise<Secret | Failed> {
    this.#readings ??= await this.#readAll();
    const reading = this.#readings.get(live.name);
    if (reading?.kind === "denied") {
      return fail("copy_denied", "its value may not be read, and so no copy of it kept", PURGE);
    }
    const isPlanned = reading?.kind === "value" && reading.lastModified === live.lastModified;
    return isPlanned ? reading.value : fail("conflict", "somebody wrote it since the plan", "plan again");
  }

  async #readAll(): Promise<ReadonlyMap<ParameterName, Reading>> {
    const selectors = this.#doomed.map(({ name, version }) => ({ name, version }));
    const readings = await this.#options.store.read(selectors);
    return new Map(selectors.map(({ name }, index) => [name, readings[index] ?? { kind: "absent" }]));
  }

  /** Where the answer is lost, the copy is read back before it is sent again. */
  async #write(copy: ParameterWrite): Promise<Failed | undefined> {
    const { store, lease } = this.#options;
    for (let sending = 1; sending <= SENDINGS; sending += 1) {
      const sent = await putWithLeave(store, copy, lease);
      if (sent.kind === "written") return undefined;
      if (sent.kind === "refused") return fail(sent.code, "the copy of it that is kept was refused", PURGE);
      if (await this.#isKept(copy)) return undefined;
    }
    return fail(
      "unanswered",
      "the store gave no answer when a copy of it was to be kept",
      "run the same apply again",
    );
  }

  async #isKept({ name, value }: ParameterWrite): Promise<boolean> {
    try {
      const [reading] = await this.#options.store.read([{ name }]);
      return reading?.kind === "value" && reading.value.equals(value);
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }
}

function fail(code: string, message: string, hint?: string): Failed {
  return { kind: "failed", code, message, ...(hint === undefined ? {} : { hint }) };
}
