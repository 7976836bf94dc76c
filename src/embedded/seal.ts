import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { MasterKey } from "./master-key.ts";

/**
 * What a value is sealed under: a KMS key's ARN, or `undefined` for a String, which is encrypted at rest all the
 * same; and the parameter's ARN, AWS's encryption context `PARAMETER_ARN`. Both are authenticated with the value, so
 * a ciphertext opens only where it was put.
 */
export interface SealContext {
  readonly keyArn: string | undefined;
  readonly parameterArn: string;
}

const NONCE = 12;
const TAG = 16;

/** AES-256-GCM under a random nonce: the same value never looks the same twice. */
export function seal(master: MasterKey, context: SealContext, value: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", master.subkey(purposeOf(context)), nonce);
  cipher.setAAD(associatedData(context));
  const body = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws Error when the bytes were not sealed with this key in this context. */
export function unseal(master: MasterKey, context: SealContext, sealed: Buffer): string {
  const decipher = createDecipheriv(
    "aes-256-gcm",
    master.subkey(purposeOf(context)),
    sealed.subarray(0, NONCE),
  );
  decipher.setAAD(associatedData(context));
  decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString("utf8");
}

function purposeOf(context: SealContext): string {
  return context.keyArn === undefined ? "values at rest" : `kms key ${context.keyArn}`;
}

/** JSON, so that no two contexts give the same bytes. */
function associatedData(context: SealContext): Buffer {
  return Buffer.from(JSON.stringify([context.keyArn ?? null, context.parameterArn]));
}
