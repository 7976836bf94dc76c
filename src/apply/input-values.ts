import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import { type Decision, formerLive } from "../plan/decision.ts";
import type { LiveParameter, Reading, Selector, Store } from "../store/store.ts";
import { combine } from "../values/combine.ts";
import { inTurn } from "../values/in-turn.ts";

/** Why a value cannot be had: it may not be read, is not the one that was planned, or the store did not say. */
export type Missing =
  | { readonly kind: "denied" | "moved"; readonly name: ParameterName }
  | { readonly kind: "unread"; readonly name: ParameterName; readonly failure: UserError };

/** A live value as it was planned. */
interface Root {
  readonly name: ParameterName;
  readonly lastModified: number;
  readonly selector: Selector;
}

/**
 * The values that writes need, fetched at the last moment: sources at their planned version. A replica's value
 * is computed from its source, so the applier needs no right to decrypt replicas.
 */
export class InputValues {
  readonly #store: Store;
  readonly #decisions: ReadonlyMap<ParameterName, Decision>;
  readonly #values = new Map<ParameterName, Secret | Missing>();

  constructor(store: Store, decisions: ReadonlyMap<ParameterName, Decision>) {
    this.#store = store;
    this.#decisions = decisions;
  }

  /** Remembers what this run made or was given. */
  set(name: ParameterName, value: Secret): void {
    this.#values.set(name, value);
  }

  /** Reads all live values that the values of `names` are made of and that are not at hand yet, in one go. */
  async fetch(names: readonly ParameterName[]): Promise<void> {
    const needed = this.#roots(names);
    if (needed.length === 0) return;
    try {
      const readings = await this.#store.read(needed.map(({ selector }) => selector));
      for (const [index, { name, lastModified }] of needed.entries()) {
        this.#values.set(name, received(name, lastModified, readings[index]));
      }
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure;
      for (const { name } of needed) this.#values.set(name, { kind: "unread", name, failure });
    }
  }

  /** The value that `name` has after its write, from what was set and fetched. */
  get(name: ParameterName): Secret | Missing {
    return inTurn(this.#values, name, (one, inputValue) => this.#followed(one, inputValue));
  }

  #followed(
    name: ParameterName,
    inputValue: (input: ParameterName) => Secret | Missing | undefined,
  ): Secret | Missing {
    const rule = this.#decisions.get(name)?.parameter.rule;
    if (rule?.kind !== "copy" && rule?.kind !== "merge") return { kind: "moved", name };
    let missing: Missing | undefined;
    const value = combine(rule, (input) => {
      const found = inputValue(input);
      if (found === undefined || !isMissing(found)) return found;
      missing ??= found;
      return undefined;
    });
    return value ?? missing ?? { kind: "moved", name };
  }

  #roots(names: readonly ParameterName[]): readonly Root[] {
    const needed: Root[] = [];
    const seen = new Set<ParameterName>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name) || this.#values.has(name)) continue;
      seen.add(name);
      const decision = this.#decisions.get(name);
      if (decision?.source.kind === "followed") open.push(...decision.inputs.map((input) => input.name));
      if (decision?.source.kind === "supplied") this.#values.set(name, decision.source.value);
      if (decision?.source.kind === "earlier") {
        const { version, lastModified } = decision.source.then;
        needed.push({ name, lastModified, selector: { name, version } });
      }
      const live = decision === undefined ? undefined : valueLive(decision);
      if (live === undefined) continue;
      const { version, lastModified } = live;
      needed.push({ name, lastModified, selector: { name: live.name, version } });
    }
    return needed;
  }
}

/** Where the value lies that apply puts again; for a move that has begun, under the new name already. */
function valueLive(decision: Decision): LiveParameter | undefined {
  const { source, moving } = decision;
  if (source.kind !== "live" && source.kind !== "moved") return undefined;
  const begun = moving?.begun;
  return begun === undefined || begun.kind === "absent" ? formerLive(decision) : begun.live;
}

export function isMissing(value: Secret | Missing): value is Missing {
  return "kind" in value;
}

function received(name: ParameterName, lastModified: number, reading: Reading | undefined): Secret | Missing {
  if (reading?.kind === "denied") return { kind: "denied", name };
  if (reading?.kind !== "value" || reading.lastModified !== lastModified) return { kind: "moved", name };
  return reading.value;
}
