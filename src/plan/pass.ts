import type { DesiredGraph } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { LiveParameter, Reading } from "../store/store.ts";
import { combine } from "../values/combine.ts";
import { inTurn } from "../values/in-turn.ts";
import type { Decision, ValueSource } from "./decision.ts";
import type { KeptCopies } from "./kept-name.ts";
import type { Keyring } from "./keyring.ts";
import type { Replacing } from "./replacing.ts";

/** Everything that a plan is decided from: no store, no clock. */
export interface World {
  readonly ring: Keyring;
  readonly owner: string;
  readonly graph: DesiredGraph;
  readonly live: ReadonlyMap<ParameterName, LiveParameter>;
  /** Copies kept of what was deleted. */
  readonly kept: KeptCopies;
  readonly supplied: ReadonlyMap<
    ParameterName,
    /** `whenAbsent`: only where nothing is live. */
    Omit<ValueSource & { kind: "supplied" }, "kind"> & { readonly whenAbsent?: true }
  >;
  /** Whether apply can ask a person for a static value that nothing else supplies. */
  readonly prompts: boolean;
  /** Values read so far, because a former pass wanted them. */
  readonly known: ReadonlyMap<ParameterName, Reading>;
  readonly selects: (name: ParameterName) => boolean;
  readonly regenerates: (name: ParameterName) => boolean;
  /** Names that whoever plans may not write. */
  readonly held: ReadonlySet<ParameterName>;
  /** The versions whose values are to come back, as the history tells them. */
  readonly earlier: ReadonlyMap<ParameterName, LiveParameter>;
  /** The fingerprint of the run that is being resumed. */
  readonly run: string | undefined;
  /** What applies that were cut were to replace: they may have deleted it, and not made it again. */
  readonly replacing: Replacing;
  readonly deep: boolean;
  /**
   * The graph is an outsider's proposal: nothing in the plan hangs on a secret together with what the proposal asks
   * of it, such as a pattern. One question for each parameter, and the answers would spell the secret.
   */
  readonly untrusted: boolean;
}

/** One walk over the graph, sources first: what is decided so far, and which values would sharpen the next walk. */
export interface Pass {
  readonly world: World;
  readonly decisions: Map<ParameterName, Decision>;
  readonly values: Map<ParameterName, Secret | undefined>;
  /** Those that can be told without reading any more. */
  readonly atHand: Map<ParameterName, Secret | undefined>;
  readonly wants: Set<ParameterName>;
}

/** The live value as far as it was read; what was not is wanted. */
export function liveValue(pass: Pass, name: ParameterName): Secret | undefined {
  const reading = pass.world.known.get(name);
  if (reading === undefined) pass.wants.add(name);
  return reading?.kind === "value" ? reading.value : undefined;
}

/** The value that `name` will have after apply, as far as it can be told; what would have to be read is wanted. */
export function valueAfter(pass: Pass, name: ParameterName): Secret | undefined {
  const live: ValueOf = (one) => liveValue(pass, one);
  return inTurn(pass.values, name, (one, input) => decidedValue(pass.decisions.get(one), live, input));
}

/** The same as far as it can be told from what is at hand: nothing is wanted for it. */
export function valueAtHand(pass: Pass, name: ParameterName): Secret | undefined {
  const live: ValueOf = (one) => {
    const reading = pass.world.known.get(one);
    return reading?.kind === "value" ? reading.value : undefined;
  };
  return inTurn(pass.atHand, name, (one, input) => decidedValue(pass.decisions.get(one), live, input));
}

type ValueOf = (name: ParameterName) => Secret | undefined;

function decidedValue(
  decided: Decision | undefined,
  liveValueOf: ValueOf,
  inputValueOf: ValueOf,
): Secret | undefined {
  if (decided === undefined) return undefined;
  const { parameter, source, moving } = decided;
  switch (source.kind) {
    case "supplied":
      return source.value;
    case "live":
      return liveValueOf(parameter.name);
    case "moved":
      return moving === undefined ? undefined : liveValueOf(moving.from.name);
    case "followed": {
      const { rule } = parameter;
      return rule.kind === "copy" || rule.kind === "merge" ? combine(rule, inputValueOf) : undefined;
    }
    case "asked":
    case "earlier":
    case "generated":
    case "derived":
      return undefined;
  }
}
