import { createHash } from "node:crypto";

/** A file as somebody approved it, every byte of it. */
export function fileDigest(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
