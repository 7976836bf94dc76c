import { createHash } from "node:crypto";

/** What every name of AWS and of Terraform may be made of. */
const ORDINARY = /^[A-Za-z0-9_-]+$/;
const HASHED = /-[0-9a-f]{8}$/;

/**
 * `text` as a name that no other text has. An ordinary one is its own name; every other one, and one that looks as if
 * it had a hash already, has its characters replaced and ends in a hash of itself. So what a config adds never changes
 * the name of what was there.
 */
export function distinctName(text: string): string {
  return ORDINARY.test(text) && !HASHED.test(text) ? text : nameWithHash(text, text);
}

/** The same of a path: `a/b` is `a--b`, which `a-b` and `a--b` are not. */
export function distinctPath(path: string): string {
  const segments = path.split("/");
  const name = segments.join("--");
  return segments.some((segment) => /^-|--|-$/.test(segment)) ? nameWithHash(name, path) : distinctName(name);
}

/** `readable`, behind which a hash of `text` tells it from all others. */
export function nameWithHash(readable: string, text: string): string {
  return `${readable.replaceAll(/[^A-Za-z0-9_-]/g, "-")}-${hashOf(text)}`;
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
