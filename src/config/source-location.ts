import path from "node:path";
import type { Origin } from "./origin.ts";
import type { SourceShape } from "./source-schema.ts";

/** A source of static values, trusted: paths absolute, defaults filled in, times in milliseconds. */
export type SourceLocation = Located &
  (
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "dotenv"; readonly path: string; readonly prefix: string }
    | { readonly kind: "sops"; readonly path: string }
    | { readonly kind: "phalanx"; readonly path: string; readonly names: string }
    | { readonly kind: "environment"; readonly prefix: string }
    | {
        readonly kind: "command";
        readonly command: readonly string[];
        readonly folder: string;
        readonly environment: readonly string[];
        readonly timeout: number;
      }
    | { readonly kind: "stdin" }
    | {
        readonly kind: "onepassword";
        readonly connect: string;
        readonly vault: string;
        readonly map: readonly OnePasswordEntry[];
      }
    | {
        readonly kind: "vault";
        readonly address?: string;
        readonly namespace?: string;
        readonly mount: string;
        readonly map: readonly VaultEntry[];
      }
    | { readonly kind: "secrets-manager"; readonly map: readonly SecretsManagerEntry[] }
    | { readonly kind: "parameter"; readonly map: readonly ParameterEntry[] }
    | { readonly kind: "prompt" }
  );

export type SourceKind = SourceLocation["kind"];

/** The location of one kind. */
export type LocationOf<Kind extends SourceKind> = Extract<SourceLocation, { kind: Kind }>;

interface Located {
  /** Its place in environment.json. */
  readonly at: Origin;
}

/** Entries of a `map`: `names` is a pattern, every other text a template over its placeholders. */
export interface OnePasswordEntry {
  readonly names: string;
  readonly item: string;
  readonly section?: string;
  readonly field?: string;
  readonly encoded?: boolean;
}
export interface VaultEntry {
  readonly names: string;
  readonly path: string;
  readonly field: string;
}
export interface SecretsManagerEntry {
  readonly names: string;
  readonly secret: string;
  readonly field?: string;
}
export interface ParameterEntry {
  readonly names: string;
  readonly parameter: string;
}

/**
 * Whether a kind runs a program, or reads what belongs to the person at this machine rather than to the config:
 * `plan --untrusted` leaves these out (SPEC §8).
 */
export const TOUCHES_MACHINE: Readonly<Record<SourceKind, boolean>> = {
  file: false,
  dotenv: false,
  sops: true,
  phalanx: false,
  environment: true,
  command: true,
  stdin: true,
  onepassword: false,
  vault: false,
  "secrets-manager": false,
  parameter: false,
  prompt: true,
};

const ENVIRONMENT_PREFIX = "PARAFORM_VALUE_";
const COMMAND_SECONDS = 30;
/** Where `vault server -dev` and most installations mount KV version 2. */
const VAULT_MOUNT = "secret";

/** `folder` is environment.json's. */
export function readSource(source: SourceShape, folder: string, at: Origin): SourceLocation {
  switch (source.kind) {
    case "file":
    case "sops":
      return { kind: source.kind, at, path: path.resolve(folder, source.path) };
    case "phalanx":
      return { ...source, at, path: path.resolve(folder, source.path) };
    case "dotenv":
      return { kind: "dotenv", at, path: path.resolve(folder, source.path), prefix: source.prefix ?? "" };
    case "environment":
      return { kind: "environment", at, prefix: source.prefix ?? ENVIRONMENT_PREFIX };
    case "command": {
      const { command, environment = [], timeoutSeconds = COMMAND_SECONDS } = source;
      return { kind: "command", at, command, folder, environment, timeout: timeoutSeconds * 1000 };
    }
    case "vault":
      return { ...source, at, mount: source.mount ?? VAULT_MOUNT };
    case "stdin":
    case "onepassword":
    case "secrets-manager":
    case "parameter":
    case "prompt":
      return { ...source, at };
  }
}
