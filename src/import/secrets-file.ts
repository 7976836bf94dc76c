import { type Origin, warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import type { Condition } from "./condition.ts";
import { textOf, type YamlMap, type YamlMember, type YamlNode } from "./yaml-node.ts";

/** A secret as a `secrets.yaml` of Phalanx describes it (docs/developers/secrets-spec.rst), conditions not yet judged. */
export interface SecretDefinition {
  readonly key: string;
  /** The place of its key. */
  readonly at: Origin;
  readonly description?: string;
  readonly condition?: Condition;
  readonly copy?: CopyStanza;
  readonly generate?: GenerateStanza;
  /** A public constant. */
  readonly value?: string;
  /** Its field in 1Password holds base64 of the value. */
  readonly encoded: boolean;
}

export interface CopyStanza {
  readonly application: string;
  readonly key: string;
  readonly condition?: Condition;
  readonly at: Origin;
}

export interface GenerateStanza {
  readonly type: string;
  /** A key of the same application. */
  readonly source?: string;
  readonly condition?: Condition;
  readonly at: Origin;
}

/** Phalanx's generators, and whether each has a source. */
const GENERATORS: ReadonlyMap<string, boolean> = new Map([
  ["password", false],
  ["gafaelfawr-token", false],
  ["fernet-key", false],
  ["rsa-private-key", false],
  ["oidc-clients", false],
  ["bcrypt-password-hash", true],
  ["mtime", true],
]);

const ENTRY_KEYS = ["description", "if", "copy", "generate", "value", "onepassword"];

/**
 * The secrets of one file, in its order. What Phalanx would refuse is reported and left out of its entry, which is
 * then what remains of it: at the least a static secret, whose live value nothing touches.
 */
export function readSecrets(root: YamlMap, application: string, reports: Problem[]): SecretDefinition[] {
  return [...root.members].flatMap(([key, member]) => {
    if (typeof key === "string") return [readSecret(key, member, application, reports)];
    reports.push(warningAt(member.keyAt, "a secret's key is no text and is left out", "put it in quotes"));
    return [];
  });
}

function readSecret(
  key: string,
  { keyAt: at, value: entry }: YamlMember,
  application: string,
  reports: Problem[],
): SecretDefinition {
  const report = (place: Origin, summary: string, hint?: string) => {
    reports.push(warningAt(place, `${application}/${key}: ${summary}`, hint));
  };
  const fields = fieldsOf(entry, at, "the secret", ENTRY_KEYS, report);
  const description = text(fields, "description", report);
  const condition = readCondition(fields, report);
  const copy = readCopy(fields.get("copy"), report);
  const generate = readGenerate(fields.get("generate"), report);
  const value = text(fields, "value", report);
  const encoded = readEncoded(fields.get("onepassword"), report);
  if (description === undefined && (copy === undefined || copy.condition !== undefined))
    report(at, "description must be set", "Phalanx refuses a secret without one, unless it is always a copy");
  return {
    key,
    at,
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition }),
    ...(copy === undefined ? {} : { copy }),
    ...(generate === undefined ? {} : { generate }),
    ...(value === undefined ? {} : { value }),
    encoded,
  };
}

type Report = (at: Origin, summary: string, hint?: string) => void;
type Fields = ReadonlyMap<string, YamlMember>;

function readCopy(member: YamlMember | undefined, report: Report): CopyStanza | undefined {
  if (member === undefined) return undefined;
  const fields = fieldsOf(member.value, member.keyAt, "copy", ["application", "key", "if"], report);
  const application = text(fields, "application", report);
  const key = text(fields, "key", report);
  const condition = readCondition(fields, report);
  if (application === undefined || key === undefined) {
    report(member.keyAt, "copy names no application and key and is left out");
    return undefined;
  }
  return { application, key, at: member.keyAt, ...(condition === undefined ? {} : { condition }) };
}

function readGenerate(member: YamlMember | undefined, report: Report): GenerateStanza | undefined {
  if (member === undefined) return undefined;
  const fields = fieldsOf(member.value, member.keyAt, "generate", ["type", "source", "if"], report);
  const type = text(fields, "type", report);
  const source = text(fields, "source", report);
  const condition = readCondition(fields, report);
  const needsSource = GENERATORS.get(type ?? "");
  if (type === undefined || needsSource === undefined) {
    const known = [...GENERATORS.keys()].join(", ");
    report(member.keyAt, "generate has no type that is known and is left out", `known: ${known}`);
    return undefined;
  }
  if (needsSource && source === undefined) {
    report(member.keyAt, `generate of type ${type} names no source and is left out`);
    return undefined;
  }
  if (!needsSource && source !== undefined)
    report(member.keyAt, `generate of type ${type} takes no source, which is left out`);
  return {
    type,
    at: member.keyAt,
    ...(needsSource && source !== undefined ? { source } : {}),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** What else an `onepassword` says, Phalanx passes over. */
function readEncoded(member: YamlMember | undefined, report: Report): boolean {
  if (member === undefined) return false;
  if (member.value.kind !== "map") {
    report(member.keyAt, "onepassword is no mapping and is left out");
    return false;
  }
  const encoded = member.value.members.get("encoded");
  if (encoded === undefined) return false;
  if (encoded.value.kind === "scalar" && typeof encoded.value.value === "boolean") return encoded.value.value;
  report(encoded.keyAt, "encoded is neither true nor false and counts as false");
  return false;
}

function readCondition(fields: Fields, report: Report): Condition | undefined {
  const path = text(fields, "if", report);
  const at = fields.get("if")?.keyAt;
  return path === undefined || at === undefined ? undefined : { path, at };
}

/** A field that is no text is reported without what stands there. */
function text(fields: Fields, key: string, report: Report): string | undefined {
  const member = fields.get(key);
  if (member === undefined) return undefined;
  const found = textOf(member.value);
  if (found === undefined) report(member.keyAt, `${key} is no text and is left out`, "put it in quotes");
  return found;
}

function fieldsOf(
  node: YamlNode,
  at: Origin,
  what: string,
  known: readonly string[],
  report: Report,
): Fields {
  if (node.kind !== "map") {
    report(at, `${what} is no mapping`);
    return new Map();
  }
  const fields = new Map<string, YamlMember>();
  for (const [key, member] of node.members) {
    if (typeof key === "string" && known.includes(key)) fields.set(key, member);
    else report(member.keyAt, `an unknown key of ${what} is left out`, `known here: ${known.join(", ")}`);
  }
  return fields;
}
