import { createHash } from "node:crypto";

/** Names a host by what a process cannot see alike from another host, boot or process namespace. */
export function hostId(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}
