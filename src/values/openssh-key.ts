import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";

/** The container of OpenSSH's private keys, its PROTOCOL.key. */
const MAGIC = Buffer.from("openssh-key-v1\0");
const BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END = "-----END OPENSSH PRIVATE KEY-----";
const LINE = 70;
/** An unencrypted container is padded to this many bytes. */
const BLOCK = 8;

/** An Ed25519 key as ssh-keygen writes it, without a passphrase; `check` are four random bytes. */
export function openSshPrivateKey(key: KeyObject, check: Buffer): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const blob = publicBlob(key);
  const [open, seed] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const secret = Buffer.concat([
    check,
    check,
    field("ssh-ed25519"),
    field(open),
    field(Buffer.concat([seed, open])),
    field(""),
  ]);
  const padding = Buffer.from(Array.from({ length: -secret.length & (BLOCK - 1) }, (_, index) => index + 1));
  const container = Buffer.concat([
    MAGIC,
    field("none"),
    field("none"),
    field(""),
    uint32(1),
    field(blob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = container.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `${[BEGIN, ...lines, END].join("\n")}\n`;
}

/**
 * The public half of a private key as a line of authorized_keys, without a comment and a newline. Reads PEM without
 * a passphrase (Ed25519, RSA, the NIST curves) and OpenSSH's own format, which holds it in clear. `undefined` for
 * anything else.
 */
export function sshPublicKey(text: string): string | undefined {
  const blob = text.startsWith(BEGIN) ? containedBlob(text) : pemBlob(text);
  if (blob === undefined) return undefined;
  const algorithm = readField(blob, 0)?.toString("latin1");
  return algorithm === undefined ? undefined : `${algorithm} ${blob.toString("base64")}`;
}

function pemBlob(text: string): Buffer | undefined {
  try {
    return publicBlob(createPrivateKey(text));
  } catch {
    return undefined;
  }
}

/** The public key in the container's clear part; of several the first. */
function containedBlob(text: string): Buffer | undefined {
  const container = Buffer.from(text.replaceAll(/-----[^-]+-----/g, ""), "base64");
  if (!container.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  for (const _ of ["cipher", "key derivation", "its options"]) {
    const skipped = readField(container, at);
    if (skipped === undefined) return undefined;
    at += 4 + skipped.length;
  }
  return readField(container, at + 4);
}

/** The wire format of a public key (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4). @throws TypeError for any other kind of key */
function publicBlob(key: KeyObject): Buffer {
  const jwk = createPublicKey(key).export({ format: "jwk" });
  const bytes = (text: string | undefined) => Buffer.from(text ?? "", "base64url");
  switch (`${jwk.kty} ${jwk.crv ?? ""}`) {
    case "OKP Ed25519":
      return Buffer.concat([field("ssh-ed25519"), field(bytes(jwk.x))]);
    case "RSA ":
      return Buffer.concat([field("ssh-rsa"), field(unsigned(bytes(jwk.e))), field(unsigned(bytes(jwk.n)))]);
    case "EC P-256":
    case "EC P-384":
    case "EC P-521":
      return curveBlob(jwk, bytes);
    default:
      throw new TypeError("ssh knows no such key");
  }
}

function curveBlob(jwk: JsonWebKey, bytes: (text: string | undefined) => Buffer): Buffer {
  const curve = `nistp${jwk.crv?.slice(2)}`;
  const point = Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]);
  return Buffer.concat([field(`ecdsa-sha2-${curve}`), field(curve), field(point)]);
}

/** A number whose first bit is set would read as negative. */
function unsigned(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function readField(from: Buffer, at: number): Buffer | undefined {
  if (at + 4 > from.length) return undefined;
  const length = from.readUInt32BE(at);
  return at + 4 + length > from.length ? undefined : from.subarray(at + 4, at + 4 + length);
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
