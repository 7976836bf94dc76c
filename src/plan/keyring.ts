import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { ParameterName } from "../model/name.ts";
import { Secret } from "../model/secret.ts";

/** What every digest is bound to beside its name: the same value elsewhere has another digest. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly environment: string;
}

interface Subkeys {
  readonly digest: Buffer;
  readonly stamp: Buffer;
  readonly plan: Buffer;
}

/** The environment's digest keys: the current one makes digests and stamps, earlier ones still verify them. */
export interface Keyring {
  readonly place: Place;
  readonly currentId: string;
  readonly keys: ReadonlyMap<string, Subkeys>;
}

/** 132 bits in 22 characters, and 66 bits in 11: base64url characters carry six bits each. */
const LONG = 22;
const SHORT = 11;

/** A fresh digest key of 32 random bytes, put before the earlier ones of `previous`. */
export function newDigestKey(previous?: Secret): Secret {
  const fresh = randomBytes(32).toString("base64");
  return new Secret(previous === undefined ? fresh : `${fresh}\n${previous.expose()}`);
}

/** Reads the digest key's parameter: one base64 key of 32 bytes a line, the current one first. `undefined` when it is none. */
export function openKeyring(value: Secret, place: Place): Keyring | undefined {
  const keys = new Map<string, Subkeys>();
  for (const line of value.expose().split("\n")) {
    const key = Buffer.from(line, "base64");
    if (key.length !== 32 || key.toString("base64") !== line) return undefined;
    keys.set(keyId(key), {
      digest: subkey(key, "digest"),
      stamp: subkey(key, "stamp"),
      plan: subkey(key, "plan"),
    });
  }
  const currentId = keys.keys().next().value;
  return currentId === undefined ? undefined : { place, currentId, keys };
}

function subkey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `paraform/1/${purpose}`, 32));
}

/** Names a key without telling it: eight hex digits of a hash of a derived key. */
function keyId(key: Buffer): string {
  return createHash("sha256").update(subkey(key, "id")).digest("hex").slice(0, 8);
}

/** HMAC-SHA-256 over fields that are each prefixed with their length, so that no two lists of fields read the same. */
function mac(key: Buffer, fields: readonly string[]): string {
  const hmac = createHmac("sha256", key);
  for (const field of fields) {
    const bytes = Buffer.from(field, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.digest("base64url");
}

function macWith(
  ring: Keyring,
  purpose: keyof Subkeys,
  id: string,
  label: string,
  fields: readonly string[],
): string | undefined {
  const keys = ring.keys.get(id);
  if (keys === undefined) return undefined;
  const { account, region, environment } = ring.place;
  return mac(keys[purpose], [label, account, region, environment, ...fields]);
}

/** The keyed digest of a value under its name: 132 bits. `undefined` when the ring lacks the key `id`. */
export function valueDigest(
  ring: Keyring,
  id: string,
  name: ParameterName,
  value: Secret,
): string | undefined {
  return macWith(ring, "digest", id, "value", [name, value.expose()])?.slice(0, LONG);
}

/** A short keyed hash of something that a stamp sums up: 66 bits, themselves under the stamp's MAC. */
export function stampHash(
  ring: Keyring,
  id: string,
  label: string,
  fields: readonly string[],
): string | undefined {
  return macWith(ring, "stamp", id, label, fields)?.slice(0, SHORT);
}

/** The MAC of a stamp: 132 bits. */
export function stampMac(ring: Keyring, id: string, fields: readonly string[]): string | undefined {
  return macWith(ring, "stamp", id, "stamp", fields)?.slice(0, LONG);
}

/** Names the copy that is kept of a deleted parameter: 132 bits. `undefined` when the ring lacks the key `id`. */
export function keptHash(ring: Keyring, id: string, name: ParameterName): string | undefined {
  return macWith(ring, "plan", id, "kept name", [name])?.slice(0, LONG);
}

/** The MAC of a kept copy. `undefined` when the ring lacks the key `id`. */
export function keptMac(ring: Keyring, id: string, document: string): string | undefined {
  return macWith(ring, "plan", id, "kept", [document])?.slice(0, LONG);
}

/** A keyed hash for plans as 32 hex digits (128 bits), under the current key or another one of the ring. */
export function planHash(
  ring: Keyring,
  label: string,
  fields: readonly string[],
  id = ring.currentId,
): string {
  const { account, region, environment } = ring.place;
  const keys = ring.keys.get(id) as Subkeys;
  const text = mac(keys.plan, [label, account, region, environment, ...fields]);
  return Buffer.from(text, "base64url").toString("hex").slice(0, 32);
}

/** Compares two MACs in constant time. */
export function sameMac(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
