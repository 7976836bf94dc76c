import type { Secret } from "../model/secret.ts";
import type { LiveParameter } from "../store/store.ts";
import { changesValue, type Decision } from "./decision.ts";
import { plannedEnd } from "./ending.ts";
import { decisionHash } from "./fingerprint.ts";
import { type Keyring, planHash, valueDigest } from "./keyring.ts";
import type { Undeclared } from "./orphans.ts";
import type { PlanAttributes, ResourceChange } from "./plan.ts";
import { attributesHash } from "./stamp.ts";
import type { Standing } from "./standing.ts";
import { tierOf } from "./tier.ts";

/** What may be shown of a value: its text where it is public, else a digest, else nothing. */
type Shown = NonNullable<PlanAttributes["value"]> | undefined;

/** The live value where it may be shown, and the planned one where the decision has it at hand. */
export interface KnownValues {
  readonly shows: { readonly before: boolean; readonly after: boolean };
  readonly before: Secret | undefined;
  readonly after: Secret | undefined;
}

/** One desired parameter as the plan document shows it; keeping is a `no-op`. */
export function desiredChange(ring: Keyring, decision: Decision, values: KnownValues): ResourceChange {
  const { parameter, standing, verdict, inputs, moving } = decision;
  const changes = verdict.kind === "change";
  const { shows } = values;
  const before = standing.kind === "absent" ? null : beforeOf(standing, values.before);
  const after = changes ? afterOf(ring, decision, values) : before;
  const unknown = changes && after?.value === undefined;
  const end = plannedEnd(decision);
  return {
    address: parameter.name,
    ...(changes && moving !== undefined ? { previous_address: moving.from.name } : {}),
    type: "aws_ssm_parameter",
    change: {
      actions: actionsOf(verdict),
      before,
      after,
      after_unknown: unknown ? { value: true } : {},
      before_sensitive: before !== null && !shows.before ? { value: true } : {},
      after_sensitive: after !== null && !(changes ? shows.after : shows.before) ? { value: true } : {},
    },
    action_reason: changes ? verdict.reason : null,
    origin: {
      rule: parameter.rule.kind,
      sources: inputs.map(({ name, version, planned }) => ({
        address: name,
        version: planned ? "planned" : (version ?? 0),
      })),
      ...suppliedBy(decision),
      file: parameter.origin.file,
      line: parameter.origin.line,
    },
    precondition: changes && standing.kind !== "absent" ? preconditionOf(standing.live) : null,
    ...(end === undefined ? {} : { expires: end }),
    decision: changes ? decisionHash(ring, decision) : null,
  };
}

/** The deletion of what is ours and no longer declared. */
export function orphanChange(ring: Keyring, { name, standing }: Undeclared): ResourceChange {
  return {
    address: name,
    type: "aws_ssm_parameter",
    change: {
      actions: ["delete"],
      before: liveAttributes(standing.live, standing.text, digestIn(standing)),
      after: null,
      after_unknown: {},
      before_sensitive: { value: true },
      after_sensitive: {},
    },
    action_reason: "not_in_config",
    origin: null,
    precondition: preconditionOf(standing.live),
    decision: planHash(ring, "delete", [name]),
  };
}

/** What is left alive and unowned: all stays as it is but our stamp. */
export function forgetChange(ring: Keyring, { name, standing }: Undeclared): ResourceChange {
  const before = liveAttributes(standing.live, standing.text, digestIn(standing));
  return {
    address: name,
    type: "aws_ssm_parameter",
    change: {
      actions: ["forget"],
      before,
      after: { ...before, version: standing.live.version + 1 },
      after_unknown: {},
      before_sensitive: { value: true },
      after_sensitive: { value: true },
    },
    action_reason: "not_in_config",
    origin: null,
    precondition: preconditionOf(standing.live),
    decision: planHash(ring, "forget", [name]),
  };
}

function actionsOf(verdict: Decision["verdict"]): ResourceChange["change"]["actions"] {
  if (verdict.kind !== "change") return ["no-op"];
  return verdict.action === "replace" ? ["delete", "create"] : [verdict.action];
}

function suppliedBy({ parameter, source }: Decision): { supplied_by?: string } {
  if (source.kind === "asked") return { supplied_by: "prompt" };
  if (source.kind === "earlier") return { supplied_by: `version ${source.then.version}` };
  return source.kind === "supplied" && parameter.rule.kind !== "value" ? { supplied_by: source.from } : {};
}

function preconditionOf(live: LiveParameter): NonNullable<ResourceChange["precondition"]> {
  return { version: live.version, last_modified: new Date(live.lastModified).toISOString() };
}

function beforeOf(
  standing: Exclude<Standing, { kind: "absent" }>,
  value: Secret | undefined,
): PlanAttributes {
  return liveAttributes(standing.live, standing.text, value?.publish() ?? digestIn(standing));
}

function afterOf(ring: Keyring, decision: Decision, values: KnownValues): PlanAttributes {
  const { parameter, standing, type, verdict } = decision;
  const { name, tags } = parameter;
  const live = standing.kind === "absent" ? undefined : standing.live;
  const replaced = verdict.kind === "change" && verdict.action === "replace";
  const former = replaced ? undefined : live;
  const tier = tierOf(parameter, former, values.after?.bytes) ?? former?.tier;
  const shown = shownAfter(ring, decision, values);
  return {
    name,
    type,
    ...(shown === undefined ? {} : { value: shown }),
    ...(parameter.description === "" ? {} : { description: parameter.description }),
    ...(type === "SecureString" ? { key_id: parameter.key } : {}),
    ...(tier === undefined ? {} : { tier }),
    ...(parameter.policies === undefined ? {} : { policies: parameter.policies }),
    ...(parameter.allowedPattern === undefined ? {} : { allowed_pattern: parameter.allowedPattern }),
    data_type: parameter.dataType,
    ...(saysTags(ring, decision) ? { tags: { ...tags } } : {}),
    version: live === undefined || replaced ? 1 : live.version + 1,
  };
}

/**
 * Whether a write also says the tags. Nothing tells which tags are live, so they are said unless our untouched
 * stamp proves that the attributes stay as they are.
 */
export function saysTags(ring: Keyring, { parameter, standing, type }: Decision): boolean {
  if (Object.keys(parameter.tags).length === 0) return false;
  if (standing.kind !== "stamped" || standing.touched) return true;
  return attributesHash(ring, standing.stamp.keyId, parameter, type) !== standing.stamp.attributes;
}

function shownAfter(ring: Keyring, decision: Decision, { shows, after: value }: KnownValues): Shown {
  const { parameter, standing, source } = decision;
  if (source.kind === "earlier")
    return source.stamp === undefined ? undefined : digestText(source.stamp.keyId, source.stamp.digest);
  if (value !== undefined) {
    if (shows.after) return value.publish();
    return digestText(ring.currentId, valueDigest(ring, ring.currentId, parameter.name, value) as string);
  }
  const stays = standing.kind === "stamped" && !standing.touched && !changesValue(decision);
  return stays ? digestIn(standing) : undefined;
}

function digestIn(standing: Standing): Shown {
  if (standing.kind !== "stamped" || standing.touched) return undefined;
  return digestText(standing.stamp.keyId, standing.stamp.digest);
}

function digestText(keyId: string, digest: string): Shown {
  return { $digest: `${keyId}.${digest}` };
}

function liveAttributes(live: LiveParameter, text: string, value: Shown): PlanAttributes {
  return {
    name: live.name,
    type: live.type,
    ...(value === undefined ? {} : { value }),
    ...(text === "" ? {} : { description: text }),
    ...(live.keyId === undefined ? {} : { key_id: live.keyId }),
    tier: live.tier,
    ...(live.policies === undefined ? {} : { policies: live.policies }),
    ...(live.allowedPattern === undefined ? {} : { allowed_pattern: live.allowedPattern }),
    data_type: live.dataType,
    version: live.version,
  };
}
