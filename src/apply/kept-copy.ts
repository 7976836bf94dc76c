import { z } from "zod";
import type { ParameterName } from "../model/name.ts";
import { parsedJson } from "../model/parsed-json.ts";
import { expirationOf } from "../model/policies.ts";
import { Secret } from "../model/secret.ts";
import { keptName } from "../plan/kept-name.ts";
import { type Keyring, keptMac, sameMac } from "../plan/keyring.ts";
import type { LiveParameter, ParameterWrite } from "../store/store.ts";

/** How long a copy is kept, in milliseconds: 30 days. */
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;
/** An Advanced parameter's value (API reference, PutParameter). */
const LARGEST = 8192;

const keptDocument = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  value: z.string(),
  type: z.enum(["String", "StringList", "SecureString"]),
  key: z.string().optional(),
  tier: z.enum(["Standard", "Advanced"]),
  dataType: z.string(),
  /** As it was, stamp and all. */
  description: z.string().optional(),
  policies: z.string().optional(),
  pattern: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  version: z.number(),
  /** Milliseconds since 1970: the last write before the deletion, and the deletion. */
  lastModified: z.number(),
  deleted: z.number(),
  /** The fingerprint of the run that deleted it. */
  run: z.string(),
});

const signed = z.strictObject({ document: keptDocument, keyId: z.string(), mac: z.string() });

/** What is kept of a parameter that apply deletes. */
export type KeptDocument = z.infer<typeof keptDocument>;

/** What goes first from a document that is too large: a value without them is better than none. */
const OPTIONAL = ["tags", "pattern", "policies", "description"] as const;

export interface Deleted {
  readonly live: LiveParameter;
  readonly value: Secret;
  /** Where the config says them: nothing else tells which tags are live. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The write that keeps a copy of what is about to be deleted: encrypted under the environment's own key `keyId`, and
 * gone by itself after 30 days. `undefined` where not even the least of it fits into one parameter. `now` is the
 * store's time in milliseconds.
 */
export function keptCopy(
  ring: Keyring,
  { live, value, tags }: Deleted,
  { keyId, run, now }: { readonly keyId: string; readonly run: string; readonly now: number },
): ParameterWrite | undefined {
  const whole: KeptDocument = {
    format: 1,
    name: live.name,
    value: value.expose(),
    type: live.type,
    ...(live.keyId === undefined ? {} : { key: live.keyId }),
    tier: live.tier,
    dataType: live.dataType,
    description: live.description,
    ...(live.policies === undefined ? {} : { policies: live.policies }),
    ...(live.allowedPattern === undefined ? {} : { pattern: live.allowedPattern }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    version: live.version,
    lastModified: live.lastModified,
    deleted: now,
    run,
  };
  const text = OPTIONAL.reduce(
    (found, _, index) => (fits(found) ? found : sign(ring, without(whole, OPTIONAL.slice(0, index + 1)))),
    sign(ring, whole),
  );
  if (!fits(text)) return undefined;
  const expiration = { Timestamp: new Date(now + KEPT_FOR).toISOString() };
  return {
    name: keptName(ring, live.name),
    value: new Secret(text),
    type: "SecureString",
    description: keptDescription(live.name),
    overwrite: true,
    keyId,
    tier: "Advanced",
    policies: JSON.stringify([{ Type: "Expiration", Version: "1.0", Attributes: expiration }]),
    dataType: "text",
  };
}

/** The document in a copy that was read; `undefined` for anything but what this environment kept of `name`. */
export function openKeptCopy(ring: Keyring, name: ParameterName, text: Secret): KeptDocument | undefined {
  const { data } = signed.safeParse(parsedJson(text.expose()));
  if (data === undefined || data.document.name !== name) return undefined;
  const expected = keptMac(ring, data.keyId, JSON.stringify(data.document));
  return expected !== undefined && sameMac(expected, data.mac) ? data.document : undefined;
}

const DESCRIPTION = "paraform keeps this copy of ";

function keptDescription(name: ParameterName): string {
  return `${DESCRIPTION}${name}`;
}

/** Of a copy for lists, and not to be relied on. */
export interface KeptLabel {
  /** Whose copy it is. */
  readonly name: string;
  /** The time at which all copies of that name go. */
  readonly until: string;
  /** The number of the newest: one name's copies are versions of one parameter, and each deletion makes another. */
  readonly copy: number;
}

/** What metadata say of a copy. */
export function keptLabel({ description, policies, version }: LiveParameter): KeptLabel | undefined {
  if (!description.startsWith(DESCRIPTION)) return undefined;
  const until = expirationOf(policies);
  return until === undefined
    ? undefined
    : { name: description.slice(DESCRIPTION.length), until, copy: version };
}

function sign(ring: Keyring, document: KeptDocument): string {
  const keyId = ring.currentId;
  return JSON.stringify({ document, keyId, mac: keptMac(ring, keyId, JSON.stringify(document)) });
}

function without(document: KeptDocument, keys: readonly (keyof KeptDocument)[]): KeptDocument {
  const left = Object.entries(document).filter(([key]) => !keys.some((one) => one === key));
  return Object.fromEntries(left) as KeptDocument;
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= LARGEST;
}
