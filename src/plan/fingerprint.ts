import { canonicalJson } from "../model/canonical-json.ts";
import type { ParameterName } from "../model/name.ts";
import type { Secret } from "../model/secret.ts";
import type { Decision } from "./decision.ts";
import { type Keyring, planHash, valueDigest } from "./keyring.ts";
import type { Plan, PlanInputs, ResourceChange } from "./plan.ts";
import { attributeFields, ruleFields } from "./stamp.ts";
import { identityOf } from "./standing.ts";

/**
 * A keyed hash of what one change writes: rule and attributes in full (a stamp's own hashes of them are short), and the value by its digest or by the identities of
 * what it follows from. It does not depend on which values the planner may read, so a planner without a
 * single right to decrypt and an applier with all of them decide the same.
 */
export function decisionHash(ring: Keyring, decision: Decision): string {
  const { parameter, type } = decision;
  const rule = JSON.stringify(ruleFields(parameter.rule));
  const attributes = JSON.stringify(attributeFields(parameter, type));
  const fields = [...valueFields(ring, decision), ...movingFields(decision)];
  return planHash(ring, "change", [parameter.name, rule, attributes, ...fields]);
}

/** A move is bound to what lies under the former name, which it deletes. */
function movingFields({ moving }: Decision): readonly string[] {
  if (moving === undefined) return [];
  const { from, standing } = moving;
  const { version, lastModified } = standing.live;
  return ["moved", from.name, identityOf(standing), String(version), String(lastModified)];
}

function valueFields(ring: Keyring, decision: Decision): readonly string[] {
  const { parameter, source, inputs } = decision;
  switch (source.kind) {
    case "supplied":
      return ["digest", valueDigest(ring, ring.currentId, parameter.name, source.value) as string];
    case "asked":
    case "generated":
    case "live":
    case "moved":
      return [source.kind];
    case "earlier":
      return [source.kind, String(source.then.version), String(source.then.lastModified)];
    case "followed":
    case "derived":
      return inputs.flatMap(({ name, identity, planned, written }) => [
        name,
        planned || written ? "planned" : (identity ?? ""),
      ]);
  }
}

/**
 * What will be done to what. No time, no place in a file, no order and nothing of what stays as it is enters; nor do
 * acknowledged guards, which are about whether it is done: what was approved can be acknowledged afterwards.
 */
export function fingerprintOf(
  ring: Keyring,
  owner: string,
  inputs: PlanInputs,
  changes: readonly ResourceChange[],
): string {
  const done = changes
    .filter(({ change }) => change.actions[0] !== "no-op")
    .map(({ address, previous_address, change, precondition, decision }) =>
      JSON.stringify([address, previous_address ?? null, change.actions, precondition, decision]),
    )
    .sort();
  return planHash(ring, "fingerprint", [owner, shapingJson(inputs), ...done]);
}

/** What somebody means to have: config, supplied values and inputs, whatever is live. Acknowledged guards are no part of it. */
export interface Intent {
  readonly configDigest: string;
  readonly inputs: PlanInputs;
  readonly supplied: ReadonlyMap<ParameterName, { readonly value: Secret }>;
}

/** A keyed hash of it, under the current key or another one of the ring. */
export function intentHash(
  ring: Keyring,
  { configDigest, inputs, supplied }: Intent,
  id = ring.currentId,
): string {
  const values = [...supplied]
    .map(([name, { value }]) => `${name} ${valueDigest(ring, id, name, value)}`)
    .sort();
  return planHash(ring, "intent", [configDigest, shapingJson(inputs), ...values], id);
}

/** What of a plan's inputs says what will be done. */
function shapingJson(inputs: PlanInputs): string {
  return canonicalJson({ ...inputs, allow: {} });
}

/** The MAC of a whole plan document, whatever its `mac` says. */
export function planMac(ring: Keyring, plan: Plan): string {
  return planHash(ring, "document", [canonicalJson({ ...plan, mac: "" })]);
}
