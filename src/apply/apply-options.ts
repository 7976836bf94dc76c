import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { Action } from "../plan/action.ts";
import type { Decision } from "../plan/decision.ts";
import type { KeptCopies } from "../plan/kept-name.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Planned } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { LiveParameter, Store } from "../store/store.ts";
import type { Lease } from "./lock.ts";
import type { Outcome } from "./outcome.ts";

/** A plan to carry out, and everything that it is carried out with. */
export interface ApplyOptions {
  readonly store: Store;
  readonly ring: Keyring;
  readonly approved: Plan;
  /** Made under the lock and found equal to what was approved. */
  readonly plan: Plan;
  readonly decisions: ReadonlyMap<ParameterName, Decision>;
  readonly stampedSecrets: Planned["stampedSecrets"];
  /** What the plan was made from. */
  readonly live: ReadonlyMap<ParameterName, LiveParameter>;
  readonly kept: KeptCopies;
  /** The addresses to change; others of the plan are left alone. */
  readonly todo: ReadonlySet<string>;
  /** Finished by an earlier run of the same plan. */
  readonly done: ReadonlySet<string>;
  /** The fingerprint that every stamp of this run bears. */
  readonly run: string;
  /** What a person gave for the values that the plan asks for. */
  readonly asked: ReadonlyMap<ParameterName, Secret>;
  /** The KMS key of the copies that are kept of what is deleted; null to keep none. */
  readonly keepUnder: string | null;
  readonly lease: Lease;
  readonly stopped: () => "interrupted" | "terminated" | null;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Told at every second of a name that is waited for before it can be used again, and how long still, in milliseconds. */
  readonly waiting: (name: ParameterName, milliseconds: number) => void;
  /** Called right before a change is begun; what is skipped is not begun. */
  readonly begin?: (address: string, action: Action) => void;
  readonly report: (address: string, action: Action, outcome: Outcome) => void;
}
