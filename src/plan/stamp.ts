import type { DesiredParameter } from "../graph/graph.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { ParameterName } from "../model/name.ts";
import type { ParameterType, Rule, RuleKind, ValueKind } from "../model/rule.ts";
import { type Keyring, sameMac, stampHash, stampMac } from "./keyring.ts";

/**
 * What paraform writes at the end of a description, in the same PutParameter as the value:
 * `{paraform:1 owner kind version time rule attributes sources [lineage] [moved] fingerprint digest key mac}`.
 * `version` is the one that the write must produce, `time` is in seconds of the store's clock,
 * `rule`, `attributes` and `sources` are 66-bit keyed hashes, `lineage` one more where the value follows from others:
 * of the names of the secrets that it is made of in the end; `moved` two more where it is a move that was written:
 * of the former name, and of what lay there; `fingerprint` is the plan's,
 * `digest` the value's, `key` the id of the digest key, `mac` covers all of it and the name.
 */
export interface Stamp {
  readonly owner: string;
  readonly kind: Exclude<RuleKind, "exists">;
  readonly version: number;
  readonly time: number;
  readonly rule: string;
  readonly attributes: string;
  readonly sources: string;
  readonly lineage?: string;
  readonly moved?: string;
  readonly fingerprint: string;
  readonly digest: string;
  readonly keyId: string;
  readonly mac: string;
}

/** PutParameter's limit on a description, in characters (API reference, PutParameter). */
const LONGEST_DESCRIPTION = 1024;

const ANY_STAMP = /(?:^| )\{paraform:\d+ [^{}]*\}$/;
/** A stamp anywhere: what somebody wrote after it does not make a parameter nobody's. */
const TRACE_OF_STAMP = /\{paraform:\d+ /;
const STAMP = new RegExp(
  "\\{paraform:1 (?<owner>[A-Za-z0-9._/-]{1,64}) (?<kind>static|value|copy|merge|generate) " +
    "(?<version>[1-9][0-9]{0,9}) (?<time>[0-9]{1,12}) (?<rule>[\\w-]{11}) (?<attributes>[\\w-]{11}) " +
    "(?<sources>[\\w-]{11}) (?:(?<lineage>[\\w-]{11}) )?(?:(?<moved>[\\w-]{22}) )?(?<fingerprint>[0-9a-f]{32}) (?<digest>[\\w-]{22}) (?<keyId>[0-9a-f]{8}) (?<mac>[\\w-]{22})\\}$",
);

/** A live description taken apart: the user's own text, and its stamp if it bears one that verifies. */
export type Signed =
  | { readonly kind: "unstamped"; readonly text: string }
  | { readonly kind: "invalid"; readonly text: string }
  | { readonly kind: "stamped"; readonly text: string; readonly stamp: Stamp };

function macFields(name: ParameterName, stamp: Omit<Stamp, "mac">): readonly string[] {
  return [
    name,
    stamp.owner,
    stamp.kind,
    String(stamp.version),
    String(stamp.time),
    stamp.rule,
    stamp.attributes,
    stamp.sources,
    stamp.fingerprint,
    stamp.digest,
    stamp.keyId,
    ...optionalFields(stamp),
  ];
}

/** They are of different lengths: neither is taken for the other. */
function optionalFields({ lineage, moved }: Pick<Stamp, "lineage" | "moved">): readonly string[] {
  return [lineage, moved].flatMap((field) => field ?? []);
}

type Optional = "lineage" | "moved";
/** The fields of a stamp as a description has them. */
type Fields = Record<Exclude<keyof Stamp, Optional>, string> & Record<Optional, string | undefined>;

/** True for a description with a stamp of any version and key, whether it verifies or not. */
export function bearsStamp(description: string): boolean {
  return TRACE_OF_STAMP.test(description);
}

/** What the value is that this write put: only what is derived was bound to a source. */
export function stampedKind(ring: Keyring, { kind, keyId, sources }: Stamp): Exclude<ValueKind, "exists"> {
  if (kind !== "generate") return kind;
  return isMadeOf(ring, { keyId, sources }, []) ? "generated" : "derived";
}

/** What a copy or merge binds to: everything that this write said. */
export function stampIdentity({ mac }: Stamp): string {
  return `stamp:${mac}`;
}

/** What a derived value binds to: the value alone, so that it outlives what only changes beside it. */
export function valueIdentity({ keyId, digest }: Pick<Stamp, "keyId" | "digest">): string {
  return `value:${keyId}.${digest}`;
}

/** The user's own text of a description, whatever stamp it ends in. */
export function unstampedText(description: string): string {
  return description.replace(ANY_STAMP, "");
}

/** Reads the stamp of a description. A stamp copied from another name, environment or account does not verify. */
export function readStamp(ring: Keyring, name: ParameterName, description: string): Signed {
  const found = ANY_STAMP.exec(description);
  if (found === null)
    return { kind: TRACE_OF_STAMP.test(description) ? "invalid" : "unstamped", text: description };
  const text = description.slice(0, found.index);
  const groups = STAMP.exec(found[0])?.groups as Fields | undefined;
  if (groups === undefined) return { kind: "invalid", text };
  const { lineage, moved, ...fields } = groups;
  const stamp: Stamp = {
    ...fields,
    ...(lineage === undefined ? {} : { lineage }),
    ...(moved === undefined ? {} : { moved }),
    kind: fields.kind as Stamp["kind"],
    version: Number(fields.version),
    time: Number(fields.time),
  };
  const expected = stampMac(ring, stamp.keyId, macFields(name, stamp));
  if (expected === undefined || !sameMac(expected, stamp.mac)) return { kind: "invalid", text };
  return { kind: "stamped", text, stamp };
}

/** Completes a stamp with the current key's MAC. */
export function signStamp(ring: Keyring, name: ParameterName, fields: Omit<Stamp, "keyId" | "mac">): Stamp {
  return signWith(ring, name, { ...fields, keyId: ring.currentId });
}

function signWith(ring: Keyring, name: ParameterName, unsigned: Omit<Stamp, "mac">): Stamp {
  return { ...unsigned, mac: stampMac(ring, unsigned.keyId, macFields(name, unsigned)) as string };
}

/** The same description with a stamp that says the same of another write, under the key that its hashes are made with. */
export function restampedDescription(
  ring: Keyring,
  name: ParameterName,
  { text, stamp: { mac: _, ...stamp } }: Signed & { kind: "stamped" },
  write: Pick<Stamp, "version" | "time" | "fingerprint">,
): string {
  return stampedDescription(text, signWith(ring, name, { ...stamp, ...write }));
}

/** The description to write: the user's text, cut so that the stamp fits into 1,024 characters, and the stamp. */
export function stampedDescription(text: string, stamp: Stamp): string {
  const { owner, kind, version, time, rule, attributes, sources, fingerprint, digest, keyId, mac } = stamp;
  const hashes = [rule, attributes, sources, ...optionalFields(stamp)];
  const mark = `{paraform:1 ${[owner, kind, version, time, ...hashes, fingerprint, digest, keyId, mac].join(" ")}}`;
  const room = LONGEST_DESCRIPTION - mark.length - 1;
  const kept = text.length <= room ? text : text.slice(0, room).replace(/[\uD800-\uDBFF]$/, "");
  return kept === "" ? mark : `${kept} ${mark}`;
}

/** The hash of a rule without a literal's value, which the digest covers. `undefined` when the ring lacks the key. */
export function ruleHash(ring: Keyring, id: string, rule: Rule): string | undefined {
  return stampHash(ring, id, "rule", ruleFields(rule));
}

/** What a rule is, in full, but for a literal's value. */
export function ruleFields(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case "copy":
      return [rule.kind, rule.source];
    case "merge":
      return [
        rule.kind,
        ...rule.parts.flatMap((part) =>
          part.kind === "literal" ? ["literal", part.text] : ["reference", part.name, part.encoding],
        ),
      ];
    case "generate":
      return [rule.kind, canonicalJson(rule.recipe)];
    case "static":
    case "value":
    case "exists":
      return [rule.kind];
  }
}

/** The hash of every attribute that a write sets. `undefined` when the ring lacks the key. */
export function attributesHash(
  ring: Keyring,
  id: string,
  parameter: DesiredParameter,
  type: ParameterType,
): string | undefined {
  return stampHash(ring, id, "attributes", attributeFields(parameter, type));
}

/** Every attribute that a write sets, in full. */
export function attributeFields(parameter: DesiredParameter, type: ParameterType): readonly string[] {
  const tags = Object.entries(parameter.tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    parameter.description,
    type,
    type === "SecureString" ? parameter.key : "",
    parameter.tier ?? "",
    parameter.policies ?? "",
    parameter.allowedPattern ?? "",
    parameter.dataType,
    ...tags.flat(),
  ];
}

/** The hash of what a value follows from: each input with its identity. `undefined` when the ring lacks the key. */
export function sourcesHash(
  ring: Keyring,
  id: string,
  sources: readonly { readonly name: ParameterName; readonly identity: string }[],
): string | undefined {
  return stampHash(
    ring,
    id,
    "sources",
    sources.flatMap((source) => [source.name, source.identity]),
  );
}

/**
 * The hash of the secrets that a value is made of, whatever lies between them and it. `undefined` when the ring lacks
 * the key.
 */
export function lineageHash(
  ring: Keyring,
  id: string,
  secrets: ReadonlySet<ParameterName>,
): string | undefined {
  return stampHash(ring, id, "lineage", [...secrets].sort());
}

/** An input, by what a value is bound to; `undefined` for one that does not lie live. */
export interface BoundInput {
  readonly name: ParameterName;
  readonly identity: string | undefined;
}

/** Whether this write made its value of these inputs, as they are bound. */
export function isMadeOf(
  ring: Keyring,
  { keyId, sources }: Pick<Stamp, "keyId" | "sources">,
  inputs: readonly BoundInput[],
): boolean {
  const bound = inputs.map(({ name, identity }) => ({ name, identity: identity ?? "" }));
  return sourcesHash(ring, keyId, bound) === sources;
}
