import { type Origin, warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import { valueFaults } from "../model/value-fault.ts";
import { LARGEST_VALUE } from "../model/value-size.ts";
import type { Application } from "./application.ts";
import { type Checkout, hasApplication } from "./checkout.ts";
import { type Condition, judge } from "./condition.ts";
import { findCycles } from "./cycles.ts";
import type { PhalanxEnvironment } from "./phalanx-environment.ts";
import type { SecretDefinition } from "./secrets-file.ts";

/** Where a secret's value comes from, once every condition is judged. `application` is absent for its own. */
export type SecretRule =
  | { readonly kind: "static" }
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "copy"; readonly application: string; readonly key: string; readonly at: Origin }
  | { readonly kind: "generate"; readonly type: string; readonly source?: string; readonly at: Origin };

/** A secret that its condition lets be. */
export interface ResolvedSecret {
  readonly application: string;
  readonly definition: SecretDefinition;
  readonly rule: SecretRule;
}

/** What happens to a secret that cannot be carried over as it is. */
export const BECOMES_STATIC =
  "it is written as static: a live value stands until a person or a source gives another";

/**
 * Decides what each secret of the enabled applications is: value before copy before generate before static, as in
 * Phalanx (services/secrets.py, _resolve_secret). What cannot be carried over is reported and static, never left
 * out: nothing that is live is lost by it.
 */
export function resolveSecrets(
  applications: readonly Application[],
  environment: PhalanxEnvironment,
  checkout: Checkout,
  reports: Problem[],
): ResolvedSecret[] {
  const standing = new Map<string, ResolvedSecret>();
  const gone = new Map<string, Condition>();
  for (const application of applications) {
    for (const definition of application.secrets) {
      const id = idOf(application.name, definition.key);
      const { condition } = definition;
      if (condition !== undefined && !holds(application, id, condition, reports)) gone.set(id, condition);
      else {
        const rule = ruleOf(application, definition, id, reports);
        standing.set(id, { application: application.name, definition, rule });
      }
    }
  }
  for (const [id, secret] of standing) {
    const fault = sourceFault(secret);
    if (fault === undefined) continue;
    reports.push(warningAt(fault.at, `${id}: ${fault.summary}`, BECOMES_STATIC));
    standing.set(id, { ...secret, rule: { kind: "static" } });
  }
  breakCycles(standing, reports);
  return [...standing.values()];

  /** Why what a secret follows from is not there. */
  function sourceFault({ application, rule }: ResolvedSecret): { at: Origin; summary: string } | undefined {
    const source = sourceOf(application, rule);
    if (source === undefined || (rule.kind !== "copy" && rule.kind !== "generate")) return undefined;
    const id = idOf(source.application, source.key);
    if (standing.has(id)) return undefined;
    const what = rule.kind === "copy" ? `copies ${id}` : `is generated from ${id}`;
    return { at: rule.at, summary: `${what}, ${whyGone(source.application, id)}` };
  }

  function whyGone(application: string, id: string): string {
    const condition = gone.get(id);
    if (condition !== undefined) return `whose condition ${condition.path} is false`;
    if (environment.applications.get(application) === true) return "which is in no secrets file";
    if (environment.applications.has(application) || hasApplication(checkout, application))
      return `and ${application} is not enabled`;
    return `and there is no application ${application}`;
  }
}

function ruleOf(
  application: Application,
  definition: SecretDefinition,
  id: string,
  reports: Problem[],
): SecretRule {
  const { copy, generate, value, at } = definition;
  const copies = copy !== undefined && stanzaHolds(application, id, copy.condition, reports);
  const generates = generate !== undefined && stanzaHolds(application, id, generate.condition, reports);
  const conflict = (kept: string, dropped: string) =>
    reports.push(
      warningAt(at, `${id}: has ${kept} and ${dropped}: ${kept} is kept`, "Phalanx refuses both together"),
    );
  if (value !== undefined) {
    if (copies) conflict("value", "copy");
    if (generates) conflict("value", "generate");
    const fault = valueFault(value);
    if (fault === undefined) return { kind: "value", value };
    reports.push(warningAt(at, `${id}: ${fault}`, BECOMES_STATIC));
    return { kind: "static" };
  }
  if (copies) {
    if (generates) conflict("copy", "generate");
    return { kind: "copy", application: copy.application, key: copy.key, at: copy.at };
  }
  if (!generates) return { kind: "static" };
  const { type, source } = generate;
  return { kind: "generate", type, at: generate.at, ...(source === undefined ? {} : { source }) };
}

/** What PutParameter refuses of a value, in its most generous tier. */
function valueFault(value: string): string | undefined {
  const [fault] = valueFaults(value, { bytes: LARGEST_VALUE.Advanced });
  switch (fault) {
    case "empty":
      return "its value is empty, and Parameter Store keeps none";
    case "too_large":
      return `its value has more than ${LARGEST_VALUE.Advanced} bytes, the most that Parameter Store keeps`;
    case "nested":
      return "its value holds {{…}}, which Parameter Store refuses";
    default:
      return undefined;
  }
}

function stanzaHolds(
  application: Application,
  id: string,
  condition: Condition | undefined,
  reports: Problem[],
): boolean {
  return condition === undefined || holds(application, id, condition, reports);
}

/** A condition that no values file could make true is as good as certainly a slip of the pen. */
function holds(application: Application, id: string, { path, at }: Condition, reports: Problem[]): boolean {
  const verdict = judge(application.values, path);
  switch (verdict.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "broken": {
      const place = `${verdict.at.file}:${verdict.at.line}`;
      const summary = `${id}: condition ${path} leads through what is no mapping at ${place}; it is taken for false`;
      reports.push(warningAt(at, summary, "mend the path or the values; Phalanx stops here"));
      return false;
    }
    case "absent": {
      const dead = application.valuesElsewhere().every((values) => judge(values, path).kind === "absent");
      if (dead) {
        const summary = `${id}: condition ${path} is in no values file of ${application.name}, so it is never true`;
        reports.push(warningAt(at, summary, "look for a typo; values of subcharts do not count"));
      }
      return false;
    }
  }
}

function breakCycles(standing: Map<string, ResolvedSecret>, reports: Problem[]): void {
  const inputs = new Map<string, readonly string[]>();
  for (const [id, { application, rule }] of standing) {
    const source = sourceOf(application, rule);
    if (source !== undefined) inputs.set(id, [idOf(source.application, source.key)]);
  }
  for (const cycle of findCycles(inputs)) {
    for (const id of cycle.slice(1)) {
      const secret = standing.get(id);
      if (secret === undefined) continue;
      const summary = `${id}: follows from itself: ${cycle.join(" → ")}`;
      reports.push(warningAt(secret.definition.at, summary, BECOMES_STATIC));
      standing.set(id, { ...secret, rule: { kind: "static" } });
    }
  }
}

/** The application and key that a rule's value follows from. */
export function sourceOf(
  application: string,
  rule: SecretRule,
): { readonly application: string; readonly key: string } | undefined {
  if (rule.kind === "copy") return { application: rule.application, key: rule.key };
  if (rule.kind === "generate" && rule.source !== undefined) return { application, key: rule.source };
  return undefined;
}

/** A secret as Phalanx speaks of it. */
export function idOf(application: string, key: string): string {
  return `${application}/${key}`;
}
