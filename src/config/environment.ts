import type { SourceLocation } from "./source-location.ts";

/** Where an environment's parameters live. `path` and `endpoint` are absolute. */
export type StoreLocation =
  | {
      readonly kind: "parameter-store";
      readonly account: string;
      readonly region: string;
      readonly profile?: string;
      readonly roleArn?: string;
      readonly endpoint?: string;
    }
  | { readonly kind: "embedded"; readonly path: string };

/** A path prefix (it begins and ends with a slash) that is swept for what is no longer declared. */
export interface Scope {
  readonly path: string;
  readonly exclusive: boolean;
}

export interface Guards {
  readonly delete: { readonly count: number; readonly percent: number };
  readonly update: { readonly percent: number };
  readonly regenerate: { readonly count: number };
  /** Absent: broadening is counted and never refused. */
  readonly broaden?: { readonly count: number };
}

/** `environment.json`, trusted: every path resolved, every default filled in. Globs match whole names. */
export interface Environment {
  readonly name: string;
  /** The file it was read from, as shown to users. */
  readonly file: string;
  readonly store: StoreLocation;
  readonly owner: string;
  readonly scopes: readonly Scope[];
  readonly keys: readonly { readonly path: string; readonly key: string }[];
  readonly replicationKey?: string;
  /** Under which replicas may still lie. */
  readonly formerReplicationKey?: string;
  readonly digestKey: { readonly kmsKey: string; readonly id?: string };
  readonly sources: readonly SourceLocation[];
  readonly public: readonly string[];
  readonly grants?: readonly { readonly source: string; readonly to: string }[];
  readonly protect: readonly string[];
  readonly ignore: readonly string[];
  readonly guards: Guards;
  readonly namespaces: { readonly service: string; readonly shared: string };
  readonly tags: Readonly<Record<string, string>>;
}
